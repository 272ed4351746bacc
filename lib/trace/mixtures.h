// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Explains the pixels that are no core: each becomes part of the paint that covers most of it. Pure pixels are flooded
// from the cores; an edge pixel is a mixture of two paints close by; what neither explains is a stroke too thin to have
// a core, whose paint is found from its own most extreme pixels.
#pragma once

#include "base/stop.h"
#include "trace/paints.h"

namespace imgmill::trace {

// Leaves no pixel without a paint.
void explain_mixtures(PaintMap& map, const Raster& raster, const TraceParams& params, const base::Stop& stop);

}  // namespace imgmill::trace
