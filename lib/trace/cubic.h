// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// One line or one cubic Bézier through a run of points.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "vector/document.h"

namespace imgmill::trace {

// Points in order along a curve, with the distance a fit may keep from each and the way travelled up to it.
struct CurvePoints {
  std::vector<vector::Point> at;
  std::vector<double> tolerance;  // px
  std::vector<double> travelled;  // px

  int count() const { return static_cast<int>(at.size()); }
  void add(vector::Point p, double tolerance_px);
  void reserve(std::size_t points);
};

struct Cubic {
  vector::Point c1, c2;  // the handles; the ends are points of the run
};

// The direction a curve must take at an end, where it is given: a unit vector along the way travelled.
struct Ends {
  std::optional<vector::Point> leaving, arriving;
};

// Whether the chord from point `from` to point `to` keeps to the tolerance of every point between with
// `slack` px, or half of the tolerance, to spare.
bool fits_line(const CurvePoints& points, int from, int to, double slack);

// The cubic between two of the points that comes closest to those between. False when a point's tolerance is broken, or
// when the curve wanders where no points are. At most `iterations` rounds.
bool fit_cubic(const CurvePoints& points, int from, int to, const Ends& ends, int iterations, Cubic& cubic);

}  // namespace imgmill::trace
