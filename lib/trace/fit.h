// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Lines and cubic Béziers through the points of an edge. Between corners the longest line or cubic that stays within
// the tolerance is grown by galloping and bisection; both handles of a cubic are free: linear least squares,
// alternating with a Newton step of the parameters (Plass & Stone 1983).
#pragma once

#include <vector>

#include "base/stop.h"
#include "trace/edges.h"
#include "vector/document.h"

namespace imgmill::trace {

inline constexpr double kLoosest = 0.6;  // px: of all tolerances

struct FitOptions {
  double tolerance = 0.15;    // px, at full contrast
  double corner_angle = 0.5;  // radians from which a turn is a corner
  double smooth_angle = 0.8;  // radians up to which two curves are joined smoothly
  int iterations = 4;         // rounds of least squares for one curve
  int corrections = 2;        // steps in which the drawing is compared with the picture and corrected
  base::Stop stop;            // asked before each curve

  // px: the largest tolerance of what must be told surely, however faint it is.
  double sure() const { return 2 * tolerance; }
};

// How far a curve may leave a point, px.
double tolerance_at(const EdgePoint& point, const FitOptions& options);

// A closed outline, or an open one from the first point to the last. At least one point.
vector::Contour fit_closed(const std::vector<EdgePoint>& points, const FitOptions& options);
vector::Contour fit_open(const std::vector<EdgePoint>& points, const FitOptions& options);

}  // namespace imgmill::trace
