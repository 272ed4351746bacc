// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/cubic.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "trace/linear_system.h"

namespace imgmill::trace {
namespace {

using vector::length;
using vector::Point;

Point evaluate(Point p0, const Cubic& c, Point p3, double t) {
  const double s = 1 - t;
  return p0 * (s * s * s) + c.c1 * (3 * s * s * t) + c.c2 * (3 * s * t * t) + p3 * (t * t * t);
}

// The fit tries many runs, so what it needs of the points lies side by side, and nothing is allocated.
class CubicFitter {
 public:
  CubicFitter(const CurvePoints& points, int from, int to, const Ends& ends) {
    set_unknowns(ends);
    p0_ = points.at[from], p3_ = points.at[to];
    const double begin = points.travelled[from];
    way_ = points.travelled[to] - begin;
    // Long runs are sampled: a curve that keeps to every second point keeps to all.
    const int inner = to - from - 1;
    stride_ = std::max(1, inner / kSampled);
    for (int k = from + 1; k < to; k += stride_, ++size_) {
      x_[size_] = points.at[k].x, y_[size_] = points.at[k].y;
      t_[size_] = (points.travelled[k] - begin) / way_;
      tolerance2_[size_] = points.tolerance[k] * points.tolerance[k];
    }
  }

  bool run(int iterations, Cubic& cubic) {
    double before = kWorst;
    for (int left = iterations; left-- > 0;) {
      if (!solve(cubic)) return false;
      reparametrise(cubic);
      const double excess = worst(cubic);
      if (excess <= 1) return sound(cubic);
      // If each of the rounds left mends as much as this one did. Not by std::pow, which differs between machines.
      const double share = excess / before;
      double hoped = excess;
      for (int round = 0; round < left; ++round) hoped *= share;
      if (share > 1 || hoped > 1) return false;
      before = excess;
    }
    return false;
  }

 private:
  static constexpr double kWorst = 12;  // times the tolerance, before the first round
  static constexpr int kSampled = 48, kMost = 2 * kSampled;
  using Values = std::array<double, kMost>;

  // A handle is free in x and y, or slides along a given direction from its end.
  void set_unknowns(const Ends& ends) {
    const auto add = [&](int handle, const std::optional<Point>& direction, double sense) {
      if (direction) {
        unknowns_[count_++] = {handle, *direction * sense};
      } else {
        unknowns_[count_++] = {handle, {1, 0}};
        unknowns_[count_++] = {handle, {0, 1}};
      }
    };
    add(0, ends.leaving, 1);
    add(1, ends.arriving, -1);
    slides_ = {ends.leaving.has_value(), ends.arriving.has_value()};
  }

  // Least squares for both handles with the parameters as they are.
  bool solve(Cubic& cubic) const {
    // What the handles weigh at the points, and what is left of these where the ends have had their share.
    const double first_end = slides_[0] ? 1 : 0, second_end = slides_[1] ? 1 : 0;
    double same[2] = {}, cross = 0;
    Point rest[2];
    for (int k = 0; k < size_; ++k) {
      const double t = t_[k], s = 1 - t;
      const double u = 3 * s * s * t, v = 3 * s * t * t;
      const double a = s * s * s + first_end * u, b = t * t * t + second_end * v;
      const double x = x_[k] - p0_.x * a - p3_.x * b, y = y_[k] - p0_.y * a - p3_.y * b;
      same[0] += u * u, cross += u * v, same[1] += v * v;
      rest[0].x += u * x, rest[0].y += u * y;
      rest[1].x += v * x, rest[1].y += v * y;
    }
    std::array<std::array<double, 5>, 4> rows{};  // the normal equations, right-hand side last
    for (int m = 0; m < count_; ++m) {
      const Unknown& p = unknowns_[m];
      for (int n = m; n < count_; ++n) {
        const Unknown& q = unknowns_[n];
        rows[m][n] = rows[n][m] = (p.handle == q.handle ? same[p.handle] : cross) * dot(p.direction, q.direction);
      }
      rows[m][4] = dot(p.direction, rest[p.handle]);
    }
    std::array<double, 4> length_of{};
    if (size_ * 2 < count_ || !trace::solve<4>(rows, static_cast<std::size_t>(count_), length_of)) {
      cubic = {p0_ + (p3_ - p0_) * (1.0 / 3), p0_ + (p3_ - p0_) * (2.0 / 3)};
      return !slides_[0] && !slides_[1];
    }
    cubic = {slides_[0] ? p0_ : Point{}, slides_[1] ? p3_ : Point{}};
    for (int m = 0; m < count_; ++m) {
      Point& handle = unknowns_[m].handle == 1 ? cubic.c2 : cubic.c1;
      handle = handle + unknowns_[m].direction * length_of[m];
      if (slides_[unknowns_[m].handle] && length_of[m] < 0) return false;  // the curve would turn back
    }
    return true;
  }

  // One Newton step each towards the parameter whose point is nearest. Written to be vectorised by the compiler.
  void reparametrise(const Cubic& c) {
    const Point a = c.c1 - p0_, b = c.c2 - c.c1, d = p3_ - c.c2, ba = b - a, db = d - b;
    for (int k = 0; k < size_; ++k) {
      const double t = t_[k], s = 1 - t;
      const double w0 = s * s * s, w1 = 3 * s * s * t, w2 = 3 * s * t * t, w3 = t * t * t;
      const double off_x = p0_.x * w0 + c.c1.x * w1 + c.c2.x * w2 + p3_.x * w3 - x_[k];
      const double off_y = p0_.y * w0 + c.c1.y * w1 + c.c2.y * w2 + p3_.y * w3 - y_[k];
      const double v0 = s * s, v1 = 2 * s * t, v2 = t * t;
      const double first_x = (a.x * v0 + b.x * v1 + d.x * v2) * 3, first_y = (a.y * v0 + b.y * v1 + d.y * v2) * 3;
      const double second_x = (ba.x * s + db.x * t) * 6, second_y = (ba.y * s + db.y * t) * 6;
      const double slope = first_x * first_x + first_y * first_y + (off_x * second_x + off_y * second_y);
      const double step = (off_x * first_x + off_y * first_y) / slope;
      const double moved = t - step, low = moved < 0 ? 0 : moved, bounded = low > 1 ? 1 : low;
      t_[k] = std::fabs(slope) < 1e-9 ? t : bounded;
    }
  }

  // Largest distance in units of the point's tolerance.
  double worst(const Cubic& c) const {
    Values off2;
    for (int k = 0; k < size_; ++k) {
      const double t = t_[k], s = 1 - t;
      const double w0 = s * s * s, w1 = 3 * s * s * t, w2 = 3 * s * t * t, w3 = t * t * t;
      const double x = p0_.x * w0 + c.c1.x * w1 + c.c2.x * w2 + p3_.x * w3 - x_[k];
      const double y = p0_.y * w0 + c.c1.y * w1 + c.c2.y * w2 + p3_.y * w3 - y_[k];
      off2[k] = (x * x + y * y) / tolerance2_[k];
    }
    double worst2 = 0;
    for (int k = 0; k < size_; ++k) {
      worst2 = std::max(worst2, off2[k]);
    }
    return std::sqrt(worst2);
  }

  // The points are near the curve; the curve must be near the points too, so it may not be much longer than they are.
  bool sound(const Cubic& cubic) const {
    constexpr int kSteps = 12;
    double way = 0;
    Point last = p0_;
    for (int k = 1; k <= kSteps; ++k) {
      const Point p = evaluate(p0_, cubic, p3_, double(k) / kSteps);
      way += length(p - last);
      last = p;
    }
    if (way > 1.1 * way_ + 0.3) return false;
    return length(cubic.c1 - p0_) <= way_ && length(cubic.c2 - p3_) <= way_;
  }

  struct Unknown {
    int handle;  // 0 or 1
    Point direction;
  };

  std::array<Unknown, 4> unknowns_{};
  int count_ = 0;
  std::array<bool, 2> slides_{};
  Point p0_, p3_;
  double way_ = 0;
  int stride_ = 1, size_ = 0;
  Values x_, y_, t_, tolerance2_;  // of the points between, `size_` of each
};

}  // namespace

void CurvePoints::add(Point p, double tolerance_px) {
  travelled.push_back(at.empty() ? 0 : travelled.back() + length(p - at.back()));
  at.push_back(p);
  tolerance.push_back(tolerance_px);
}

bool fits_line(const CurvePoints& points, int from, int to, double slack) {
  const Point a = points.at[from], chord = points.at[to] - a;
  const double chord_length = length(chord);
  if (chord_length < 1e-9) return to == from + 1;
  for (int k = from + 1; k < to; ++k) {
    const Point p = points.at[k] - a;
    if (std::fabs(cross(chord, p)) > std::max(points.tolerance[k] - slack, 0.5 * points.tolerance[k]) * chord_length)
      return false;
    const double along = dot(chord, p) / chord_length;
    if (along < -0.5 || along > chord_length + 0.5) return false;
  }
  return true;
}

bool fit_cubic(const CurvePoints& points, int from, int to, const Ends& ends, int iterations, Cubic& cubic) {
  if (to - from < 2 || points.travelled[to] - points.travelled[from] < 1e-6) {
    const Point a = points.at[from], b = points.at[to];
    cubic = {a + (b - a) * (1.0 / 3), a + (b - a) * (2.0 / 3)};
    return true;
  }
  return CubicFitter(points, from, to, ends).run(iterations, cubic);
}

}  // namespace imgmill::trace
