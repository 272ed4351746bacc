// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/polyline.h"

#include <cmath>

namespace imgmill::trace {
namespace {

using vector::cross;
using vector::length;
using vector::Point;

constexpr double kReach = 3;  // px that a corner may go at most

// The directions from an anchor that pass near every point so far.
class Cone {
 public:
  Cone(Point anchor, double tolerance) : anchor_(anchor), tolerance_(tolerance) {}

  // False where the line to `point` leaves the cone; else it narrows to what passes this point too.
  bool takes(Point point) {
    const Point d = point - anchor_;
    const double far = length(d);
    if (far <= tolerance_) return true;
    if (begun_ && (cross(low_, d) < 0 || cross(d, high_) < 0)) return false;
    const Point aside = Point{-d.y, d.x} * (tolerance_ / far);
    if (!begun_ || cross(low_, d - aside) > 0) low_ = d - aside;
    if (!begun_ || cross(d + aside, high_) > 0) high_ = d + aside;
    begun_ = true;
    return true;
  }

 private:
  Point anchor_;
  double tolerance_;
  Point low_, high_;
  bool begun_ = false;
};

}  // namespace

void Polyline::find_knots(const std::vector<Point>& points) {
  knots_.assign(1, 0);
  Cone cone(points[0], tolerance_);
  for (std::size_t k = 1; k < points.size(); ++k) {
    if (cone.takes(points[k])) continue;
    knots_.push_back(k - 1);
    cone = Cone(points[k - 1], tolerance_);
    cone.takes(points[k]);
  }
  knots_.push_back(points.size() - 1);
}

void Polyline::sum_up(const std::vector<Point>& points) {
  sums_.resize(points.size() + 1);
  Moments m;
  for (std::size_t k = 0; k < points.size(); ++k) {
    sums_[k] = m;
    m.add(points[k] - points[0]);
  }
  sums_[points.size()] = m;
}

Line Polyline::line_along(std::size_t first, std::size_t last) const {
  return closest_line(sums_[last + 1] - sums_[first]);
}

void Polyline::operator()(const std::vector<Point>& points, std::vector<Point>& out) {
  find_knots(points);
  out.push_back(points.front());
  if (knots_.size() > 2) {
    sum_up(points);
    Line before = line_along(knots_[0], knots_[1]);
    for (std::size_t k = 1; k + 1 < knots_.size(); ++k) {
      const Line after = line_along(knots_[k], knots_[k + 1]);
      Point at = points[knots_[k]] - points[0];
      const std::optional<Point> meet = meeting(before, after);
      if (meet && length(*meet - at) <= kReach) at = *meet;
      out.push_back(at + points[0]);
      before = after;
    }
  }
  out.push_back(points.back());
}

}  // namespace imgmill::trace
