// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A row of points as few straight lines: each as long as a line from its first point stays within the tolerance of all
// that it passes (the cone of directions that do so, after Williams 1978); then the corners go to where the lines
// closest to the points meet. One pass.
#pragma once

#include <vector>

#include "vector/document.h"

namespace imgmill::trace {

class Polyline {
 public:
  explicit Polyline(double tolerance) : tolerance_(tolerance) {}

  // Two points at least, about 1 px apart. The first and the last stay where they are. Appends to `out`.
  void operator()(const std::vector<vector::Point>& points, std::vector<vector::Point>& out);

 private:
  // Sums over points, from which the line closest to them follows.
  struct Moments {
    double n = 0, x = 0, y = 0, xx = 0, xy = 0, yy = 0;
  };
  struct Line {
    vector::Point at, direction;
  };

  void find_knots(const std::vector<vector::Point>& points);
  void sum_up(const std::vector<vector::Point>& points);
  Line closest_line(std::size_t first, std::size_t last) const;

  double tolerance_;
  std::vector<std::size_t> knots_;
  std::vector<Moments> sums_;  // of the points before each, relative to the first
};

}  // namespace imgmill::trace
