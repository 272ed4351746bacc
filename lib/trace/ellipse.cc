// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/ellipse.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "trace/linear_system.h"

namespace imgmill::trace {
namespace {

using vector::Contour;
using vector::Ellipse;
using vector::Point;

constexpr int kFewest = 8;        // points that tell an ellipse
constexpr double kFlattest = 10;  // between the radii of an ellipse
constexpr double kShare = 0.33;   // of the tolerance, the root of the mean square that exact points may be off
constexpr double kClose = 0.2;    // … from which on another ellipse may be better
constexpr double kBetter = 2;     // … and by how much it must be
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr int kRounds = 3;  // of least squares for one that is slanted

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

// The root of the mean square that the points are off, by their tolerance; infinite where one is off by more.
double off_by(const Ellipse& e, const CurvePoints& points, double loosest) {
  double squares = 0;
  for (int k = 0; k < points.count(); ++k) {
    const double off = outside(e, points.at[k]) / std::min(points.tolerance[k], loosest);
    if (!(std::fabs(off) <= 1)) return kInfinity;
    squares += off * off;
  }
  return std::sqrt(squares / points.count());
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

// a x² + b xy + (1 − a) y² + c x + d y + e = 0: how it is scaled doesn't depend on the axes.
struct Conic {
  double a, b, c, d, e;

  Point slope(Point p) const { return {2 * a * p.x + b * p.y + c, b * p.x + 2 * (1 - a) * p.y + d}; }
};

std::optional<Ellipse> to_ellipse(const Conic& q, Point middle, double scale) {
  const double det = 4 * q.a * (1 - q.a) - q.b * q.b;
  const double spread = std::sqrt((2 * q.a - 1) * (2 * q.a - 1) + q.b * q.b);  // of the eigenvalues, which add up to 1
  if (!(det > 0 && spread > 0)) return std::nullopt;
  const Point centre{(q.b * q.d - 2 * (1 - q.a) * q.c) / det, (q.b * q.c - 2 * q.a * q.d) / det};
  const double size = -q.e - (q.c * centre.x + q.d * centre.y) / 2;
  const double major2 = 2 * size / (1 - spread), minor2 = 2 * size / (1 + spread);
  if (!(minor2 > 0 && major2 < minor2 * kFlattest * kFlattest)) return std::nullopt;
  // The eigenvector by the half angle formulas: plain arithmetic is the same everywhere.
  const double cosine2 = (1 - 2 * q.a) / spread;
  const double cosine = std::sqrt(std::max((1 + cosine2) / 2, 0.0)), sine = std::sqrt(std::max((1 - cosine2) / 2, 0.0));
  Ellipse e{middle + centre * scale, std::sqrt(major2) * scale, std::sqrt(minor2) * scale};
  e.axis = {cosine, q.b > 0 ? -sine : sine};
  return e;
}

// Weighed anew by the slope of the equation, so that the points' distances count (Sampson 1982).
std::optional<Ellipse> slanted(const CurvePoints& points, Point middle, double scale) {
  std::optional<Conic> conic;
  for (int round = 0; round < kRounds; ++round) {
    const auto x = least_squares<5>(points, [&](Point at) {
      const Point p = (at - middle) * (1 / scale);
      const double w = conic ? 1 / std::max(length(conic->slope(p)), 1e-3) : 1;
      return std::array<double, 6>{w * (p.x * p.x - p.y * p.y), w * p.x * p.y, w * p.x, w * p.y, w, -w * p.y * p.y};
    });
    if (!x) return std::nullopt;
    conic = Conic{(*x)[0], (*x)[1], (*x)[2], (*x)[3], (*x)[4]};
    if (!to_ellipse(*conic, middle, scale)) return std::nullopt;
  }
  std::optional<Ellipse> e = to_ellipse(*conic, middle, scale);
  if (e && !is_exact(*e, points, kInfinity)) return std::nullopt;
  return e;
}

}  // namespace

double outside(const Ellipse& e, Point place) {
  const Point from = place - e.centre, p{dot(from, e.axis), dot(from, e.across())};
  const double x = p.x / (e.rx * e.rx), y = p.y / (e.ry * e.ry), size = std::sqrt(x * x + y * y);
  return size < 1e-9 ? -std::min(e.rx, e.ry) : (p.x * x + p.y * y - 1) / (2 * size);
}

bool is_exact(const Ellipse& e, const CurvePoints& points, double loosest) {
  return off_by(e, points, loosest) <= kShare;
}

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
  std::optional<Ellipse> best;
  double least = kInfinity;
  for (const auto& fit : {circle, ellipse, slanted}) {
    std::optional<Ellipse> found = fit(points, middle, scale);
    if (!found) continue;
    const double off = off_by(*found, points, kInfinity);
    if (!(off * (best ? kBetter : 1) < least)) continue;
    best = found, least = off;
    if (off <= kClose) break;
  }
  if (best) best->clockwise = twice_area > 0;
  return best;
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
  const auto place = [&](Point p) {
    return e.centre + e.axis * (p.x * e.rx) + e.across() * ((e.clockwise ? p.y : -p.y) * e.ry);
  };
  const auto ahead = [](Point p) { return Point{-p.y, p.x} * kHandle; };
  Contour contour{place(kAround[0]), {}, e};
  for (std::size_t k = 0; k < kAround.size(); ++k) {
    const Point from = kAround[k], to = kAround[(k + 1) % kAround.size()];
    contour.segments.push_back(vector::cubic_to(place(from + ahead(from)), place(to - ahead(to)), place(to)));
  }
  return contour;
}

}  // namespace imgmill::trace
