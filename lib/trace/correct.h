// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Renders the drawing, compares it with the picture and moves the points of its outlines to where the difference is
// least: steps of Gauss–Newton, each kept only where the error falls. The number of points stays.
#pragma once

#include <vector>

#include "base/stop.h"
#include "trace/paints.h"
#include "vector/document.h"

namespace imgmill::trace {

// Outlines of one paint, as they are drawn.
struct Layer {
  std::int32_t paint = 0;  // into the map's
  std::vector<vector::Contour> contours;
};

// `layers` bottom first; what they show of the map's paints is not changed. At most `steps` steps, small pictures twice
// as many, and large ones that are all texture none: up to 60 bytes for each pixel would be asked for.
void correct(std::vector<Layer>& layers, const PaintMap& map, const Raster& raster, int steps, const base::Stop& stop);

}  // namespace imgmill::trace
