// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A row of points as few straight lines: each as long as a line from its first point stays within the tolerance of all
// that it passes (the cone of directions that do so, after Williams 1978); then the corners go to where the lines
// closest to the points meet. One pass.
#pragma once

#include <vector>

#include "trace/closest_line.h"
#include "vector/document.h"

namespace imgmill::trace {

class Polyline {
 public:
  explicit Polyline(double tolerance) : tolerance_(tolerance) {}

  // Two points at least, about 1 px apart. The first and the last stay where they are. Appends to `out`.
  void operator()(const std::vector<vector::Point>& points, std::vector<vector::Point>& out);

 private:
  void find_knots(const std::vector<vector::Point>& points);
  void sum_up(const std::vector<vector::Point>& points);
  Line line_along(std::size_t first, std::size_t last) const;

  double tolerance_;
  std::vector<std::size_t> knots_;
  std::vector<Moments> sums_;  // of the points before each, relative to the first
};

}  // namespace imgmill::trace
