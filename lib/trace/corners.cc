// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/corners.h"

#include <algorithm>
#include <cmath>

namespace imgmill::trace {
namespace {

using vector::Point;

constexpr double kNear = 0.8;        // px: what is nearer to a corner shows its rounding
constexpr double kShortArm = 2.8;    // px
constexpr double kLongArm = 5.5;     // px
constexpr double kArc = 0.82;        // how much less short arms turn than long ones where the outline is an arc
constexpr double kMeetWithin = 1.8;  // px from the point to where the arms meet

struct Arm {
  int count = 0;
  Point mean, direction;  // unit, pointing away from the corner's point
  double residual = 0;    // px, root mean square
};

struct Sums {
  int n = 0;
  double x = 0, y = 0, xx = 0, xy = 0, yy = 0;
  void add(Point p) { ++n, x += p.x, y += p.y, xx += p.x * p.x, xy += p.x * p.y, yy += p.y * p.y; }
};

// Total least squares line; `towards` gives the sense of its direction.
Arm line_through(const Sums& s, Point towards) {
  Arm arm;
  arm.count = s.n;
  arm.mean = {s.x / s.n, s.y / s.n};
  const double a = s.xx / s.n - arm.mean.x * arm.mean.x, b = s.xy / s.n - arm.mean.x * arm.mean.y,
               c = s.yy / s.n - arm.mean.y * arm.mean.y;
  // The eigenvector of the larger eigenvalue, from the half angle formulas: plain arithmetic is the same everywhere.
  const double spread = std::sqrt((a - c) * (a - c) + 4 * b * b);
  const double cos2 = spread > 0 ? (a - c) / spread : 1;
  const double cos1 = std::sqrt(std::max((1 + cos2) / 2, 0.0)), sin1 = std::sqrt(std::max((1 - cos2) / 2, 0.0));
  arm.direction = {cos1, b < 0 ? -sin1 : sin1};
  if (dot(arm.direction, towards) < 0) arm.direction = arm.direction * -1;
  const double least = (a + c - spread) / 2;
  arm.residual = std::sqrt(std::max(least, 0.0));
  return arm;
}

class CornerFinder {
 public:
  CornerFinder(const std::vector<Point>& points, bool closed, double angle, double scale)
      : p_(points), n_(static_cast<int>(points.size())), closed_(closed), angle_(angle), scale_(scale) {}

  std::vector<Corner> run() {
    std::vector<Corner> corners;
    if (n_ < 5) return corners;
    turn_.resize(n_);
    for (int i = 0; i < n_; ++i) turn_[i] = turn(i);
    for (int i = 0; i < n_; ++i) {
      if (turn_[i] >= angle_ && is_peak(i)) corners.push_back({static_cast<std::size_t>(i), meeting(i)});
    }
    return corners;
  }

 private:
  // At most once around, either way.
  int wrap(int i) const { return !closed_ ? i : i < 0 ? i + n_ : i >= n_ ? i - n_ : i; }
  bool valid(int i) const { return closed_ || (i >= 0 && i < n_); }

  bool arm(int i, int step, double unscaled, Arm& out) const {
    const double length = unscaled * scale_;
    Sums sums;
    double travelled = 0;
    Point last = p_[i];
    for (int k = 1; k < n_ && valid(i + k * step); ++k) {
      const Point p = p_[wrap(i + k * step)];
      travelled += vector::length(p - last);
      if (travelled > length && sums.n >= 2) break;
      if (travelled > 2 * length) break;
      if (travelled >= kNear * scale_) sums.add(p);
      last = p;
    }
    if (sums.n < 2) return false;
    out = line_through(sums, last - p_[i]);
    return true;
  }

  static double between(const Arm& before, const Arm& after) {
    const Point in = before.direction * -1;
    return vector::angle_between(in, after.direction);
  }

  // Most points lie on straight or gently bent stretches, which two chords tell from a corner far more cheaply.
  bool bends_little(int i) const {
    const int span = static_cast<int>(3 * scale_);
    if (n_ <= 2 * span || !valid(i - span) || !valid(i + span)) return false;
    return vector::angle_between(p_[i] - p_[wrap(i - span)], p_[wrap(i + span)] - p_[i]) < 0.4 * angle_;
  }

  // The turn at a point in radians, 0 where it is no corner.
  double turn(int i) const {
    if (bends_little(i)) return 0;
    Arm before, after;
    if (!arm(i, -1, kShortArm, before) || !arm(i, +1, kShortArm, after)) return 0;
    const double near = between(before, after);
    if (near < angle_ * 0.8) return 0;
    Arm far_before, far_after;
    if (!arm(i, -1, kLongArm, far_before) || !arm(i, +1, kLongArm, far_after)) return near;
    const double far = between(far_before, far_after);
    if (far * kArc > near) return 0;  // grows with the arm: an arc
    return std::min(near, std::max(far, near * 0.9));
  }

  bool is_peak(int i) const {
    for (const int step : {-1, 1}) {
      double travelled = 0;
      Point last = p_[i];
      for (int k = 1; k < n_ && valid(i + k * step); ++k) {
        const int j = wrap(i + k * step);
        travelled += vector::length(p_[j] - last);
        if (travelled > 2.0 * scale_ && k > 1) break;
        last = p_[j];
        if (turn_[j] > turn_[i] || (turn_[j] == turn_[i] && j < i)) return false;
      }
    }
    return true;
  }

  // The farther of the points before and after: next to a corner some are left out.
  double gap(int i) const {
    double most = 0;
    for (const int step : {-1, 1}) {
      if (valid(i + step)) most = std::max(most, vector::length(p_[wrap(i + step)] - p_[i]));
    }
    return most;
  }

  Point meeting(int i) const {
    for (const double length : {kLongArm, kShortArm}) {
      Arm before, after;
      if (!arm(i, -1, length, before) || !arm(i, +1, length, after)) continue;
      if (length == kLongArm && (before.residual > 0.08 * scale_ || after.residual > 0.08 * scale_)) continue;
      const double det = cross(before.direction, after.direction);
      if (std::fabs(det) < 0.2) continue;
      const Point apart = after.mean - before.mean;
      const Point at = before.mean + before.direction * (cross(apart, after.direction) / det);
      if (vector::length(at - p_[i]) <= std::max(kMeetWithin, gap(i))) return at;
    }
    return p_[i];
  }

  const std::vector<Point>& p_;
  const int n_;
  const bool closed_;
  const double angle_;
  const double scale_;
  std::vector<double> turn_;
};

}  // namespace

std::vector<Corner> find_corners(const std::vector<Point>& points, bool closed, double angle, double scale) {
  return CornerFinder(points, closed, angle, scale).run();
}

}  // namespace imgmill::trace
