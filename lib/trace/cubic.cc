// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/cubic.h"

#include <algorithm>
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
  CubicFitter(const CurvePoints& points, int from, int to) : points_(points), from_(from), to_(to) {
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
  // Least squares for both handles with the parameters as they are.
  bool solve(Cubic& cubic) const {
    double a11 = 0, a12 = 0, a22 = 0;
    Point b1, b2;
    for (std::size_t k = 0; k < t_.size(); ++k) {
      const double t = t_[k], s = 1 - t;
      const double w1 = 3 * s * s * t, w2 = 3 * s * t * t;
      const Point rest = point(k) - p0_ * (s * s * s) - p3_ * (t * t * t);
      a11 += w1 * w1, a12 += w1 * w2, a22 += w2 * w2;
      b1 = b1 + rest * w1, b2 = b2 + rest * w2;
    }
    const double det = a11 * a22 - a12 * a12;
    if (t_.size() < 2 || det < 1e-9 * a11 * a22 || det <= 0) {
      cubic = {p0_ + (p3_ - p0_) * (1.0 / 3), p0_ + (p3_ - p0_) * (2.0 / 3)};
      return true;
    }
    cubic = {(b1 * a22 - b2 * a12) * (1 / det), (b2 * a11 - b1 * a12) * (1 / det)};
    return true;
  }

  void reparametrise(const Cubic& cubic) {
    for (std::size_t k = 0; k < t_.size(); ++k) t_[k] = refined(p0_, cubic, p3_, point(k), t_[k]);
  }

  // Largest distance in units of the point's tolerance.
  double worst(const Cubic& cubic) const {
    double worst2 = 0;
    for (std::size_t k = 0; k < t_.size(); ++k) {
      const Point off = evaluate(p0_, cubic, p3_, t_[k]) - point(k);
      const double tolerance = points_.tolerance[index(k)];
      worst2 = std::max(worst2, dot(off, off) / (tolerance * tolerance));
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

  const CurvePoints& points_;
  const int from_, to_;
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

bool fits_line(const CurvePoints& points, int from, int to) {
  const Point a = points.at[from], chord = points.at[to] - a;
  const double chord_length = length(chord);
  if (chord_length < 1e-9) return to == from + 1;
  for (int k = from + 1; k < to; ++k) {
    const Point p = points.at[k] - a;
    if (std::fabs(cross(chord, p)) > points.tolerance[k] * chord_length) return false;
    const double along = dot(chord, p) / chord_length;
    if (along < -0.5 || along > chord_length + 0.5) return false;
  }
  return true;
}

bool fit_cubic(const CurvePoints& points, int from, int to, int iterations, Cubic& cubic) {
  if (to - from < 2 || points.travelled[to] - points.travelled[from] < 1e-6) {
    const Point a = points.at[from], b = points.at[to];
    cubic = {a + (b - a) * (1.0 / 3), a + (b - a) * (2.0 / 3)};
    return true;
  }
  return CubicFitter(points, from, to).run(iterations, cubic);
}

}  // namespace imgmill::trace
