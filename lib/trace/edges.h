// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Where an edge really runs. A pixel that two paints share says by its mixture how much of it each covers; the sum of
// the coverage along the axis nearest the normal is the position of the edge, exact for straight edges and a box
// filter.
#pragma once

#include <optional>
#include <vector>

#include "trace/paints.h"
#include "trace/parts.h"
#include "vector/document.h"

namespace imgmill::trace {

struct EdgePoint {
  vector::Point at;
  float contrast = 0;      // levels between the two paints
  bool disturbed = false;  // a third part touches: less to be trusted
  bool hard = false;       // no pixel is mixed here: the edge lies on the pixel grid, or was never antialiased
  bool smooth = false;  // no edge but where two shades of a smooth change meet; contrast is then the step between them
  bool stair = false;   // hard, and a step of a staircase: anywhere within half a pixel
};

class EdgeFinder {
 public:
  EdgeFinder(const PaintMap& map, const Parts& parts, const Raster& raster)
      : map_(map), parts_(parts), raster_(raster) {}

  // The points of the edge along `count` cracks of a loop from `first` on (cyclic), in order. Cracks that run along the
  // normal give none.
  std::vector<EdgePoint> find(const Loop& loop, std::size_t first, std::size_t count) const;

  // A rectangle in place of a part of up to four pixels on one ground, as the dots of small text are: too small for
  // points along its edge. Its mass is its area, its centroid the middle, and its sides are in proportion to the
  // largest sums of its rows and columns. None for larger parts, on more than one ground, and of those that hardly
  // show.
  std::optional<vector::Contour> spot(const Loop& loop) const;

  // What the paints on both sides of a crack tell of its edge; the place is not measured.
  EdgePoint glance(const Crack& crack) const;

 private:
  EdgePoint measure(const Crack& crack) const;
  float share_of_spot(const Loop& loop, std::int32_t ground, Pixel pixel) const;
  static void mark_stairs(std::vector<EdgePoint>& points, bool closed);

  const PaintMap& map_;
  const Parts& parts_;
  const Raster& raster_;
};

}  // namespace imgmill::trace
