// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/cubic.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace imgmill::trace {
namespace {

using vector::length;
using vector::Point;

Point evaluate(Point p0, const Cubic& c, Point p3, double t) {
  const double s = 1 - t;
  return p0 * (s * s * s) + c.c1 * (3 * s * s * t) + c.c2 * (3 * s * t * t) + p3 * (t * t * t);
}

// One Newton step towards the parameter whose point is nearest to p.
double refined(Point p0, const Cubic& c, Point p3, Point p, double t) {
  const double s = 1 - t;
  const Point a = c.c1 - p0, b = c.c2 - c.c1, d = p3 - c.c2;
  const Point off = evaluate(p0, c, p3, t) - p;
  const Point first = (a * (s * s) + b * (2 * s * t) + d * (t * t)) * 3;
  const Point second = ((b - a) * s + (d - b) * t) * 6;
  const double slope = dot(first, first) + dot(off, second);
  if (std::fabs(slope) < 1e-9) return t;
  return std::clamp(t - dot(off, first) / slope, 0.0, 1.0);
}

class CubicFitter {
 public:
  CubicFitter(const CurvePoints& points, int from, int to, const Ends& ends) : points_(points), from_(from), to_(to) {
    set_unknowns(ends);
    p0_ = points.at[from], p3_ = points.at[to];
    const double begin = points.travelled[from];
    way_ = points.travelled[to] - begin;
    // Long runs are sampled: a curve that keeps to every second point keeps to all.
    const int inner = to - from - 1;
    stride_ = std::max(1, inner / 48);
    for (int k = from + 1; k < to; k += stride_) t_.push_back((points.travelled[k] - begin) / way_);
  }

  bool run(int iterations, Cubic& cubic) {
    for (int round = 0; round < iterations; ++round) {
      if (!solve(cubic)) return false;
      reparametrise(cubic);
      const double excess = worst(cubic);
      if (excess <= 1) return sound(cubic);
      if (excess > 12 - 2 * round) return false;  // more rounds don't mend so much
    }
    return false;
  }

 private:
  // A handle is free in x and y, or slides along a given direction from its end.
  void set_unknowns(const Ends& ends) {
    const auto add = [&](bool second, const std::optional<Point>& direction, double sense) {
      if (direction) {
        unknowns_[count_++] = {second, *direction * sense};
      } else {
        unknowns_[count_++] = {second, {1, 0}};
        unknowns_[count_++] = {second, {0, 1}};
      }
    };
    add(false, ends.leaving, 1);
    add(true, ends.arriving, -1);
    slides_ = {ends.leaving.has_value(), ends.arriving.has_value()};
  }

  // Least squares for both handles with the parameters as they are.
  bool solve(Cubic& cubic) const {
    std::array<std::array<double, 5>, 4> rows{};  // the normal equations, right-hand side last
    for (std::size_t k = 0; k < t_.size(); ++k) {
      const double t = t_[k], s = 1 - t;
      const std::array<double, 2> weight = {3 * s * s * t, 3 * s * t * t};
      Point rest = point(k) - p0_ * (s * s * s) - p3_ * (t * t * t);
      if (slides_[0]) rest = rest - p0_ * weight[0];
      if (slides_[1]) rest = rest - p3_ * weight[1];
      for (int m = 0; m < count_; ++m) {
        const Unknown& u = unknowns_[m];
        for (int n = m; n < count_; ++n) {
          rows[m][n] += weight[u.second] * weight[unknowns_[n].second] * dot(u.direction, unknowns_[n].direction);
        }
        rows[m][4] += weight[u.second] * dot(u.direction, rest);
      }
    }
    std::array<double, 4> length_of{};
    if (static_cast<int>(t_.size()) * 2 < count_ || !eliminate(rows, length_of)) {
      cubic = {p0_ + (p3_ - p0_) * (1.0 / 3), p0_ + (p3_ - p0_) * (2.0 / 3), 0};
      return !slides_[0] && !slides_[1];
    }
    cubic = {slides_[0] ? p0_ : Point{}, slides_[1] ? p3_ : Point{}, 0};
    for (int m = 0; m < count_; ++m) {
      Point& handle = unknowns_[m].second ? cubic.c2 : cubic.c1;
      handle = handle + unknowns_[m].direction * length_of[m];
      if (slides_[unknowns_[m].second] && length_of[m] < 0) return false;  // the curve would turn back
    }
    return true;
  }

  // Solves the symmetric system whose upper triangle is given; false where it is singular.
  bool eliminate(std::array<std::array<double, 5>, 4>& a, std::array<double, 4>& x) const {
    for (int m = 0; m < count_; ++m) {
      for (int n = 0; n < m; ++n) a[m][n] = a[n][m];
    }
    for (int m = 0; m < count_; ++m) {
      if (a[m][m] < 1e-9) return false;
      for (int r = m + 1; r < count_; ++r) {
        const double factor = a[r][m] / a[m][m];
        for (int c = m; c < 5; ++c) a[r][c] -= factor * a[m][c];
      }
    }
    for (int m = count_ - 1; m >= 0; --m) {
      x[m] = a[m][4];
      for (int n = m + 1; n < count_; ++n) x[m] -= a[m][n] * x[n];
      x[m] /= a[m][m];
    }
    return true;
  }

  void reparametrise(const Cubic& cubic) {
    for (std::size_t k = 0; k < t_.size(); ++k) t_[k] = refined(p0_, cubic, p3_, point(k), t_[k]);
  }

  // Largest distance in units of the point's tolerance; notes the sum of the squares.
  double worst(Cubic& cubic) const {
    double worst2 = 0;
    cubic.error = 0;
    for (std::size_t k = 0; k < t_.size(); ++k) {
      const Point off = evaluate(p0_, cubic, p3_, t_[k]) - point(k);
      const double tolerance = points_.tolerance[index(k)];
      const double off2 = dot(off, off) / (tolerance * tolerance);
      worst2 = std::max(worst2, off2);
      cubic.error += off2 * stride_;
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

  int index(std::size_t k) const { return from_ + 1 + static_cast<int>(k) * stride_; }
  Point point(std::size_t k) const { return points_.at[index(k)]; }

  struct Unknown {
    bool second;  // of the second handle
    Point direction;
  };

  const CurvePoints& points_;
  const int from_, to_;
  std::array<Unknown, 4> unknowns_{};
  int count_ = 0;
  std::array<bool, 2> slides_{};
  Point p0_, p3_;
  double way_ = 0;
  int stride_ = 1;
  std::vector<double> t_;
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

double line_error(const CurvePoints& points, int from, int to) {
  const Point a = points.at[from], chord = points.at[to] - a;
  const double chord2 = std::max(dot(chord, chord), 1e-9);
  double error = 0;
  for (int k = from + 1; k < to; ++k) {
    const double off = cross(chord, points.at[k] - a);
    error += off * off / (chord2 * points.tolerance[k] * points.tolerance[k]);
  }
  return error;
}

bool fit_cubic(const CurvePoints& points, int from, int to, const Ends& ends, int iterations, Cubic& cubic) {
  if (to - from < 2 || points.travelled[to] - points.travelled[from] < 1e-6) {
    const Point a = points.at[from], b = points.at[to];
    cubic = {a + (b - a) * (1.0 / 3), a + (b - a) * (2.0 / 3), 0};
    return true;
  }
  return CubicFitter(points, from, to, ends).run(iterations, cubic);
}

}  // namespace imgmill::trace
