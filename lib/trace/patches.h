// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Draws connected regions as polygons, stacked: what is larger lies lower. Each border is drawn once, by the region
// above, and the one below runs on beneath it by the fewest straight ways; so no seam shows.
#pragma once

#include "trace/execution.h"
#include "trace/regions.h"
#include "vector/document.h"

namespace imgmill::trace {

// `regions` are 4-connected and opaque. Visible borders keep to about `tolerance` px from the pixels' edges, which the
// document's resolution follows.
vector::Document draw_patches(Regions regions, double tolerance, const Execution& execution);

}  // namespace imgmill::trace
