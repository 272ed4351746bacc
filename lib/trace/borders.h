// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Moves the borders of regions to where their colours meet: a pixel goes over to the region beside it whose colour it
// is nearer to, or that holds more of its neighbours, unless that would part its own (iterated conditional modes, Besag
// 1986, under the simple-point rule). What blocks have left of steps becomes edges again.
#pragma once

#include "trace/execution.h"
#include "trace/regions.h"

namespace imgmill::trace {

// `regions` are 4-connected and stay so; none vanishes. Their areas and colours follow. Pixels on the rim stay.
void settle_borders(Regions& regions, const Raster& raster, const Execution& execution);

}  // namespace imgmill::trace
