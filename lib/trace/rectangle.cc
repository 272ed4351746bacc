// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/rectangle.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

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

constexpr std::size_t kUnknowns = 6;  // left, top, right, bottom, radius; the slant, in radians by a px

constexpr int kStride = 4;              // points over which their direction is taken
constexpr double kRoundest = 0.48;      // a slanted one with half discs at its ends is shorter as lines and arcs
constexpr double kLeastStraight = 0.2;  // of an outline, what has one of the four directions

// How far a point is outside, and how that follows the unknowns.
struct Distance {
  double off;
  std::array<double, kUnknowns> by;
};

Distance distance(const Rectangle& r, Point place) {
  const Point middle = (r.low + r.high) * 0.5, p = r.in(place);
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
  out.by[5] = ((right ? by_x : -by_x) * (p.y - middle.y) - (below ? by_y : -by_y) * (p.x - middle.x)) / r.reach();
  return out;
}

// One step of Gauss–Newton.
bool improve(Rectangle& r, const CurvePoints& points) {
  const std::size_t unknowns = r.is_slanted() ? kUnknowns : kUnknowns - 1;
  std::array<std::array<double, kUnknowns + 1>, kUnknowns> rows{};
  for (int k = 0; k + 1 < points.count(); ++k) {
    const Distance d = distance(r, points.at[k]);
    const double weight = 1 / (points.tolerance[k] * points.tolerance[k]);
    for (std::size_t m = 0; m < unknowns; ++m) {
      for (std::size_t n = 0; n < unknowns; ++n) rows[m][n] += weight * d.by[m] * d.by[n];
      rows[m][kUnknowns] -= weight * d.by[m] * d.off;
    }
  }
  std::array<double, kUnknowns> by{};
  if (!solve<kUnknowns>(rows, unknowns, by)) return false;
  r.low = r.low + Point{by[0], by[1]};
  r.high = r.high + Point{by[2], by[3]};
  const Point size = r.high - r.low;
  r.radius = std::min({r.radius + by[4], size.x / 2, size.y / 2});
  if (r.is_slanted()) r = r.turned(by[5] / r.reach());
  return r.radius >= kLeastRadius / 2;
}

bool keeps(const Rectangle& r, const CurvePoints& points, double loosest) {
  double squares = 0;
  for (int k = 0; k < points.count(); ++k) {
    const double off = distance(r, points.at[k]).off / std::min(points.tolerance[k], loosest);
    if (!(std::fabs(off) <= 1)) return false;
    squares += off * off;
  }
  return squares <= kShare * kShare * points.count();
}

// The one whose sides have that direction, or nearly so where it is slanted.
std::optional<Rectangle> fit(const CurvePoints& points, Point axis, double loosest) {
  Rectangle found;
  found.axis = axis;
  const Point first = found.in(points.at[0]);
  Point low = first, high = first;
  double twice_area = 0;
  for (int k = 0; k + 1 < points.count(); ++k) {
    const Point p = found.in(points.at[k]);
    low = {std::min(low.x, p.x), std::min(low.y, p.y)}, high = {std::max(high.x, p.x), std::max(high.y, p.y)};
    twice_area += cross(p - first, found.in(points.at[k + 1]) - first);
  }
  // What the corners leave free of the box is (4 − π) · radius².
  const Point size = high - low;
  const double free = size.x * size.y - std::fabs(twice_area) / 2, most = std::min(size.x, size.y) / 2;
  const double radius = std::sqrt(std::max(free, 0.0) / 0.8584073464102069);
  if (radius < kLeastRadius || radius > 1.1 * most + 0.5) return std::nullopt;
  found.low = low, found.high = high, found.radius = std::min(radius, most), found.clockwise = twice_area > 0;
  for (int k = 0; k < kRounds; ++k) {
    if (!improve(found, points)) return std::nullopt;
  }
  if (found.radius < kLeastRadius || !keeps(found, points, loosest)) return std::nullopt;
  return found;
}

// Half of the angle of a unit vector; plain arithmetic is the same everywhere.
Point halved(Point p) {
  const Point half{std::sqrt(std::max((1 + p.x) / 2, 0.0)), std::sqrt(std::max((1 - p.x) / 2, 0.0))};
  return p.y < 0 ? Point{half.x, -half.y} : half;
}

// That of four, square to each other, that most of an outline has: −45…45°. Four times the angle is the same for all,
// and goes around, and so out of the sum, where the outline is round.
std::optional<Point> main_direction(const CurvePoints& points) {
  const auto doubled = [](Point p) { return Point{p.x * p.x - p.y * p.y, 2 * p.x * p.y}; };
  Point sum;
  double way = 0;
  for (int k = 0; k + kStride < points.count(); ++k) {
    const Point step = points.at[k + kStride] - points.at[k];
    const double size = length(step);
    if (size == 0) continue;
    sum = sum + doubled(doubled(step * (1 / size))) * size;
    way += size;
  }
  const double straight = length(sum);
  if (!(straight > kLeastStraight * way)) return std::nullopt;
  return halved(halved(sum * (1 / straight)));
}

}  // namespace

std::optional<Rectangle> fit_rectangle(const CurvePoints& points, double sure) {
  if (points.count() < kFewest) return std::nullopt;
  if (const auto upright = fit(points, {1, 0}, std::numeric_limits<double>::infinity())) return upright;
  const std::optional<Point> axis = main_direction(points);
  if (!axis || axis->y == 0) return std::nullopt;
  const std::optional<Rectangle> slanted = fit(points, *axis, sure);
  if (!slanted) return std::nullopt;
  const Point size = slanted->high - slanted->low;
  if (slanted->radius > kRoundest * std::min(size.x, size.y)) return std::nullopt;
  return slanted;
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
  for (Point& p : at) p = r.out(p);
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
