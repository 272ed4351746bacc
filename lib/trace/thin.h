// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Draws small writing and other ink that is hardly wider than pixels. Which of its strokes are connected and what they
// enclose can't be told from which pixels show more ink than ground: that is told from a shape of finer cells that
// covers as much of each pixel as the picture shows.
#pragma once

#include <vector>

#include "trace/execution.h"
#include "trace/fit.h"
#include "trace/layers.h"
#include "trace/paints.h"
#include "trace/parts.h"
#include "vector/document.h"

namespace imgmill::trace {

// Replaces the outlines of thin parts, by part, where finer ones come so much closer to the picture that their bytes
// are worth it: one of the parts then has those of all that are close together, and ground that shows in them has none.
// Inks that no pixel shows pure are told from how much of them what is written alike shows; the map and the parts get
// these paints.
void draw_thin(PaintMap& map, Parts& parts, const std::vector<Loop>& loops, const Layers& layers, const Raster& raster,
               const FitOptions& fit, std::vector<std::vector<vector::Contour>>& outlines, const Execution& execution);

}  // namespace imgmill::trace
