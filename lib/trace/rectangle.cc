// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/rectangle.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "trace/linear_system.h"

namespace imgmill::trace {
namespace {

using vector::Contour;
using vector::length;
using vector::Point;
using vector::Rectangle;

constexpr int kFewest = 12;           // points that tell a rectangle
constexpr int kRounds = 6;            // of Gauss–Newton
constexpr double kLeastRadius = 0.8;  // px: what is less is a corner
constexpr double kShare = 0.4;        // of the tolerance, the root of the mean square that the points may be off

// How far a point is outside, and how that follows left, top, right, bottom and radius.
struct Distance {
  double off;
  std::array<double, 5> by;
};

Distance distance(const Rectangle& r, Point p) {
  const Point middle = (r.low + r.high) * 0.5;
  const bool right = p.x > middle.x, below = p.y > middle.y;
  const double x = right ? p.x - r.high.x : r.low.x - p.x, y = below ? p.y - r.high.y : r.low.y - p.y;
  Distance out{std::max(x, y), {}};
  double by_x = x > y ? 1 : 0, by_y = x > y ? 0 : 1;
  if (x > -r.radius && y > -r.radius) {
    const Point spoke{x + r.radius, y + r.radius};
    const double size = length(spoke);
    by_x = spoke.x / size, by_y = spoke.y / size;
    out.off = size - r.radius;
    out.by[4] = by_x + by_y - 1;
  }
  out.by[right ? 2 : 0] = right ? -by_x : by_x;
  out.by[below ? 3 : 1] = below ? -by_y : by_y;
  return out;
}

// One step of Gauss–Newton.
bool improve(Rectangle& r, const CurvePoints& points) {
  std::array<std::array<double, 6>, 5> rows{};
  for (int k = 0; k + 1 < points.count(); ++k) {
    const Distance d = distance(r, points.at[k]);
    const double weight = 1 / (points.tolerance[k] * points.tolerance[k]);
    for (std::size_t m = 0; m < 5; ++m) {
      for (std::size_t n = 0; n < 5; ++n) rows[m][n] += weight * d.by[m] * d.by[n];
      rows[m][5] -= weight * d.by[m] * d.off;
    }
  }
  std::array<double, 5> by{};
  if (!solve<5>(rows, 5, by)) return false;
  r.low = r.low + Point{by[0], by[1]};
  r.high = r.high + Point{by[2], by[3]};
  const Point size = r.high - r.low;
  r.radius = std::min({r.radius + by[4], size.x / 2, size.y / 2});
  return r.radius >= kLeastRadius / 2;
}

bool keeps(const Rectangle& r, const CurvePoints& points) {
  double squares = 0;
  for (int k = 0; k < points.count(); ++k) {
    const double off = distance(r, points.at[k]).off / points.tolerance[k];
    if (!(std::fabs(off) <= 1)) return false;
    squares += off * off;
  }
  return squares <= kShare * kShare * points.count();
}

}  // namespace

std::optional<Rectangle> fit_rectangle(const CurvePoints& points) {
  if (points.count() < kFewest) return std::nullopt;
  Point low = points.at[0], high = low;
  double twice_area = 0;
  for (int k = 0; k + 1 < points.count(); ++k) {
    const Point p = points.at[k];
    low = {std::min(low.x, p.x), std::min(low.y, p.y)}, high = {std::max(high.x, p.x), std::max(high.y, p.y)};
    twice_area += cross(p - points.at[0], points.at[k + 1] - points.at[0]);
  }
  // What the corners leave free of the box is (4 − π) · radius².
  const Point size = high - low;
  const double free = size.x * size.y - std::fabs(twice_area) / 2, most = std::min(size.x, size.y) / 2;
  const double radius = std::sqrt(std::max(free, 0.0) / 0.8584073464102069);
  if (radius < kLeastRadius || radius > 1.1 * most + 0.5) return std::nullopt;
  Rectangle found{low, high, std::min(radius, most), twice_area > 0};
  for (int k = 0; k < kRounds; ++k) {
    if (!improve(found, points)) return std::nullopt;
  }
  if (found.radius < kLeastRadius || !keeps(found, points)) return std::nullopt;
  return found;
}

Contour contour_of(const Rectangle& r) {
  constexpr double kRise = 0.29289321881345254;  // of a quarter of a circle, by its radius: 1 − √½
  const double left = r.low.x, top = r.low.y, right = r.high.x, bottom = r.high.y, c = r.radius;
  std::array<Point, 8> at{{{left + c, top},
                           {right - c, top},
                           {right, top + c},
                           {right, bottom - c},
                           {right - c, bottom},
                           {left + c, bottom},
                           {left, bottom - c},
                           {left, top + c}}};
  // The other way around it begins with a line as well.
  if (!r.clockwise) std::reverse(at.begin() + 2, at.end()), std::swap(at[0], at[1]);
  Contour contour{at[0], {}, {}, r};
  for (std::size_t k = 1; k <= at.size(); ++k) {
    const Point to = at[k % at.size()];
    if (k % 2 == 1) {
      contour.segments.push_back(vector::line_to(to));
    } else {
      contour.segments.push_back(vector::arc_to(r.clockwise ? c * kRise : -c * kRise, to));
    }
  }
  return contour;
}

}  // namespace imgmill::trace
