// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/cubic.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "trace/four.h"
#include "trace/linear_system.h"

namespace imgmill::trace {
namespace {

using vector::length;
using vector::Point;

Point evaluate(Point p0, const Cubic& c, Point p3, double t) {
  const double s = 1 - t;
  return p0 * (s * s * s) + c.c1 * (3 * s * s * t) + c.c2 * (3 * s * t * t) + p3 * (t * t * t);
}

// The fit tries many runs, so what it needs of the points lies side by side, by fours and relative to the first end,
// and nothing is allocated.
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
      const int block = size_ / 4, lane = size_ % 4;
      if (lane == 0) x_[block] = y_[block] = t_[block] = four(0.0f), tolerance2_[block] = four(1.0f);
      const Point at = points.at[k] - p0_;
      x_[block][lane] = static_cast<float>(at.x), y_[block][lane] = static_cast<float>(at.y);
      t_[block][lane] = static_cast<float>((points.travelled[k] - begin) / way_);
      tolerance2_[block][lane] = static_cast<float>(points.tolerance[k] * points.tolerance[k]);
    }
    blocks_ = (size_ + 3) / 4;
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
  using Values = std::array<Four, kMost / 4>;  // what is left over lies on the first end, within tolerance

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
    const float slid = slides_[1] ? 1 : 0;
    const Pair end(p3_ - p0_);
    Four first2{}, both{}, second2{}, first_x{}, first_y{}, second_x{}, second_y{};
    for (int k = 0; k < blocks_; ++k) {
      const Four t = t_[k], s = 1 - t;
      const Four u = 3 * s * s * t, v = 3 * s * t * t, share = t * t * t + slid * v;
      const Four x = x_[k] - end.x * share, y = y_[k] - end.y * share;
      first2 += u * u, both += u * v, second2 += v * v;
      first_x += u * x, first_y += u * y;
      second_x += v * x, second_y += v * y;
    }
    const double same[] = {sum(first2), sum(second2)}, cross = sum(both);
    const Point rest[] = {{sum(first_x), sum(first_y)}, {sum(second_x), sum(second_y)}};
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
    cubic = {p0_, slides_[1] ? p3_ : p0_};
    for (int m = 0; m < count_; ++m) {
      Point& handle = unknowns_[m].handle == 1 ? cubic.c2 : cubic.c1;
      handle = handle + unknowns_[m].direction * length_of[m];
      if (slides_[unknowns_[m].handle] && length_of[m] < 0) return false;  // the curve would turn back
    }
    return true;
  }

  // One Newton step each towards the parameter whose point is nearest.
  void reparametrise(const Cubic& c) {
    const Pair a(c.c1 - p0_), second(c.c2 - p0_), end(p3_ - p0_), b(c.c2 - c.c1), d(p3_ - c.c2);
    const Pair ba(c.c2 - c.c1 - (c.c1 - p0_)), db(p3_ - c.c2 - (c.c2 - c.c1));
    for (int k = 0; k < blocks_; ++k) {
      const Four t = t_[k], s = 1 - t;
      const Four w1 = 3 * s * s * t, w2 = 3 * s * t * t, w3 = t * t * t;
      const Four off_x = a.x * w1 + second.x * w2 + end.x * w3 - x_[k];
      const Four off_y = a.y * w1 + second.y * w2 + end.y * w3 - y_[k];
      const Four v0 = 3 * s * s, v1 = 6 * s * t, v2 = 3 * t * t;
      const Four first_x = a.x * v0 + b.x * v1 + d.x * v2, first_y = a.y * v0 + b.y * v1 + d.y * v2;
      const Four second_x = (ba.x * s + db.x * t) * 6, second_y = (ba.y * s + db.y * t) * 6;
      const Four slope = first_x * first_x + first_y * first_y + (off_x * second_x + off_y * second_y);
      const Four step = (off_x * first_x + off_y * first_y) / slope;
      const Four moved = smaller(larger(t - step, four(0.0f)), four(1.0f));
      t_[k] = larger(slope, -slope) < 1e-9f ? t : moved;
    }
  }

  // Largest distance in units of the point's tolerance.
  double worst(const Cubic& c) const {
    const Pair first(c.c1 - p0_), second(c.c2 - p0_), end(p3_ - p0_);
    Four most2{};
    for (int k = 0; k < blocks_; ++k) {
      const Four t = t_[k], s = 1 - t;
      const Four w1 = 3 * s * s * t, w2 = 3 * s * t * t, w3 = t * t * t;
      const Four x = first.x * w1 + second.x * w2 + end.x * w3 - x_[k];
      const Four y = first.y * w1 + second.y * w2 + end.y * w3 - y_[k];
      most2 = larger(most2, (x * x + y * y) / tolerance2_[k]);
    }
    return std::sqrt(std::max({most2[0], most2[1], most2[2], most2[3]}));
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

  struct Pair {
    float x, y;
    explicit Pair(Point p) : x(static_cast<float>(p.x)), y(static_cast<float>(p.y)) {}
  };
  struct Unknown {
    int handle;  // 0 or 1
    Point direction;
  };

  std::array<Unknown, 4> unknowns_{};
  int count_ = 0;
  std::array<bool, 2> slides_{};
  Point p0_, p3_;
  double way_ = 0;
  int stride_ = 1, size_ = 0, blocks_ = 0;
  Values x_, y_, t_, tolerance2_;  // of the points between
};

}  // namespace

void CurvePoints::add(Point p, double tolerance_px) {
  travelled.push_back(at.empty() ? 0 : travelled.back() + length(p - at.back()));
  at.push_back(p);
  tolerance.push_back(tolerance_px);
}

void CurvePoints::reserve(std::size_t points) {
  at.reserve(points), tolerance.reserve(points), travelled.reserve(points);
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
