// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The line closest to a number of points (total least squares), from sums over them, and where two such lines meet.
#pragma once

#include <cmath>
#include <optional>

#include "vector/document.h"

namespace imgmill::trace {

// Sums over points; the difference of two is that over the points between.
struct Moments {
  double n = 0, x = 0, y = 0, xx = 0, xy = 0, yy = 0;

  void add(vector::Point p) { n += 1, x += p.x, y += p.y, xx += p.x * p.x, xy += p.x * p.y, yy += p.y * p.y; }
  friend Moments operator-(const Moments& a, const Moments& b) {
    return {a.n - b.n, a.x - b.x, a.y - b.y, a.xx - b.xx, a.xy - b.xy, a.yy - b.yy};
  }
};

struct Line {
  vector::Point at, direction;  // of any length
};

// The eigenvector of the larger eigenvalue of a symmetric matrix, of any length; zero where both are equal.
inline vector::Point principal_direction(double xx, double xy, double yy) {
  const double half = (xx - yy) / 2, root = std::sqrt(half * half + xy * xy);
  return half >= 0 ? vector::Point{half + root, xy} : vector::Point{xy, root - half};
}

// Through the mean of the points, along the longer axis of their scatter.
inline Line closest_line(const Moments& m) {
  const double k = 1 / m.n, x = m.x * k, y = m.y * k;
  return {{x, y}, principal_direction(m.xx * k - x * x, m.xy * k - x * y, m.yy * k - y * y)};
}

// None where they hardly turn, for such lines meet anywhere.
inline std::optional<vector::Point> meeting(const Line& a, const Line& b) {
  constexpr double kLeastSine = 0.2;
  const double turn = cross(a.direction, b.direction);
  if (!(std::fabs(turn) > kLeastSine * length(a.direction) * length(b.direction))) return std::nullopt;
  return a.at + a.direction * (cross(b.at - a.at, b.direction) / turn);
}

}  // namespace imgmill::trace
