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
    const Point p = points[k] - points[0];
    m.n += 1, m.x += p.x, m.y += p.y, m.xx += p.x * p.x, m.xy += p.x * p.y, m.yy += p.y * p.y;
  }
  sums_[points.size()] = m;
}

// Through the mean of the points, along the longer axis of their scatter.
Polyline::Line Polyline::closest_line(std::size_t first, std::size_t last) const {
  const Moments &a = sums_[first], &b = sums_[last + 1];
  const double k = 1 / (b.n - a.n), x = (b.x - a.x) * k, y = (b.y - a.y) * k;
  const double xx = (b.xx - a.xx) * k - x * x, xy = (b.xy - a.xy) * k - x * y, yy = (b.yy - a.yy) * k - y * y;
  const double half = (xx - yy) / 2, root = std::sqrt(half * half + xy * xy);
  return {{x, y}, half >= 0 ? Point{half + root, xy} : Point{xy, root - half}};
}

void Polyline::operator()(const std::vector<Point>& points, std::vector<Point>& out) {
  find_knots(points);
  out.push_back(points.front());
  if (knots_.size() > 2) {
    constexpr double kLeastSine = 0.2;  // of two lines that meet; others do so anywhere
    sum_up(points);
    Line before = closest_line(knots_[0], knots_[1]);
    for (std::size_t k = 1; k + 1 < knots_.size(); ++k) {
      const Line after = closest_line(knots_[k], knots_[k + 1]);
      Point at = points[knots_[k]] - points[0];
      const double turn = cross(before.direction, after.direction);
      if (std::fabs(turn) > kLeastSine * length(before.direction) * length(after.direction)) {
        const double along = cross(after.at - before.at, after.direction) / turn;
        const Point meet = before.at + before.direction * along;
        if (length(meet - at) <= kReach) at = meet;
      }
      out.push_back(at + points[0]);
      before = after;
    }
  }
  out.push_back(points.back());
}

}  // namespace imgmill::trace
