// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Takes the noise of lossy compression out of a drawing and leaves its edges as they are, so that slopes can be told
// from ripples.
#pragma once

#include "base/stop.h"
#include "trace/cores.h"
#include "trace/regions.h"

namespace imgmill::trace {

// Each core pixel becomes the mean of those core pixels around it that are nearly of its colour (the sigma filter, Lee
// 1983), in pairs across from each other, so that an even slope stays as it is; other pixels stay. `cores` are found
// again among those that were: faint edges, flat within the noise, are flat no longer.
Raster denoise(const Raster& raster, Cores& cores, const base::Stop& stop);

}  // namespace imgmill::trace
