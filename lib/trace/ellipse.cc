// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/ellipse.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "trace/linear_system.h"

namespace imgmill::trace {
namespace {

using vector::Contour;
using vector::Ellipse;
using vector::Point;

constexpr int kFewest = 8;        // points that tell an ellipse
constexpr double kFlattest = 10;  // between the radii of an ellipse

// Least squares for Σ term·x = value over all points.
template <std::size_t N, class Terms>
std::optional<std::array<double, N>> least_squares(const CurvePoints& points, Terms terms) {
  std::array<std::array<double, N + 1>, N> rows{};
  for (int k = 0; k + 1 < points.count(); ++k) {
    const std::array<double, N + 1> t = terms(points.at[k]);  // the value last
    for (std::size_t m = 0; m < N; ++m) {
      for (std::size_t n = 0; n <= N; ++n) rows[m][n] += t[m] * t[n];
    }
  }
  std::array<double, N> x{};
  if (!solve<N>(rows, N, x)) return std::nullopt;
  return x;
}

// Whether every point is near enough, to first order.
bool keeps(const CurvePoints& points, const Ellipse& e) {
  for (int k = 0; k < points.count(); ++k) {
    const Point p = points.at[k] - e.centre;
    const double x = p.x / (e.rx * e.rx), y = p.y / (e.ry * e.ry);
    const double off = (p.x * x + p.y * y - 1) / (2 * std::sqrt(x * x + y * y));
    if (!(std::fabs(off) <= points.tolerance[k])) return false;
  }
  return true;
}

// The algebraic fit (Kåsa 1976), which is exact where the points are all around.
std::optional<Ellipse> circle(const CurvePoints& points, Point middle, double scale) {
  const auto x = least_squares<3>(points, [&](Point at) {
    const Point p = (at - middle) * (1 / scale);
    return std::array<double, 4>{p.x, p.y, 1, dot(p, p)};
  });
  if (!x) return std::nullopt;
  const auto [a, b, c] = *x;
  const double r2 = c + (a * a + b * b) / 4;
  if (!(r2 > 0)) return std::nullopt;
  const double r = std::sqrt(r2) * scale;
  return Ellipse{middle + Point{a / 2, b / 2} * scale, r, r};
}

std::optional<Ellipse> ellipse(const CurvePoints& points, Point middle, double scale) {
  const auto x = least_squares<4>(points, [&](Point at) {
    const Point p = (at - middle) * (1 / scale);
    return std::array<double, 5>{-p.y * p.y, p.x, p.y, 1, p.x * p.x};
  });
  if (!x) return std::nullopt;
  const auto [b, c, d, e] = *x;  // x² + b y² = c x + d y + e
  if (!(b > 1 / (kFlattest * kFlattest) && b < kFlattest * kFlattest)) return std::nullopt;
  const double r2 = e + c * c / 4 + d * d / (4 * b);
  if (!(r2 > 0)) return std::nullopt;
  return Ellipse{middle + Point{c / 2, d / (2 * b)} * scale, std::sqrt(r2) * scale, std::sqrt(r2 / b) * scale};
}

}  // namespace

std::optional<Ellipse> fit_ellipse(const CurvePoints& points) {
  if (points.count() < kFewest) return std::nullopt;
  Point low = points.at[0], high = low;
  double twice_area = 0;
  for (int k = 0; k + 1 < points.count(); ++k) {
    const Point p = points.at[k];
    low = {std::min(low.x, p.x), std::min(low.y, p.y)}, high = {std::max(high.x, p.x), std::max(high.y, p.y)};
    twice_area += cross(p - points.at[0], points.at[k + 1] - points.at[0]);
  }
  const Point middle = (low + high) * 0.5;
  const double scale = std::max(high.x - low.x, high.y - low.y) / 2;
  if (scale < 0.5) return std::nullopt;
  for (const auto& fit : {circle, ellipse}) {
    std::optional<Ellipse> found = fit(points, middle, scale);
    if (!found || !keeps(points, *found)) continue;
    found->clockwise = twice_area > 0;
    return found;
  }
  return std::nullopt;
}

Contour contour_of(const Ellipse& e) {
  constexpr double kDiagonal = 0.70710678118654752, kHandle = 0.26521648983954397;  // 4/3 · tan(π/16)
  constexpr std::array<Point, 8> kAround{{{1, 0},
                                          {kDiagonal, kDiagonal},
                                          {0, 1},
                                          {-kDiagonal, kDiagonal},
                                          {-1, 0},
                                          {-kDiagonal, -kDiagonal},
                                          {0, -1},
                                          {kDiagonal, -kDiagonal}}};
  const auto place = [&](Point p) { return e.centre + Point{p.x * e.rx, (e.clockwise ? p.y : -p.y) * e.ry}; };
  const auto ahead = [](Point p) { return Point{-p.y, p.x} * kHandle; };
  Contour contour{place(kAround[0]), {}, e};
  for (std::size_t k = 0; k < kAround.size(); ++k) {
    const Point from = kAround[k], to = kAround[(k + 1) % kAround.size()];
    contour.segments.push_back(vector::cubic_to(place(from + ahead(from)), place(to - ahead(to)), place(to)));
  }
  return contour;
}

}  // namespace imgmill::trace
