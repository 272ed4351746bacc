// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/arc.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "trace/linear_system.h"

namespace imgmill::trace {
namespace {

using vector::length;
using vector::Point;

constexpr int kFewest = 4;         // points between the ends
constexpr int kSampled = 48;       // points of a long run that are looked at
constexpr double kShortest = 0.5;  // px between the ends
constexpr double kGap = 5;         // px between neighbouring points at most: a corner may hide in more
constexpr double kBulge = 0.3;     // of half the run, the spread from which the circle is fitted as one, not as a bow
constexpr double kFlat = 1e-7;     // 1/px: less bent, it is a line
constexpr double kLoose = 0.3;     // px that an end may be off

// What is off by chance changes its sign from point to point; the shape of another curve doesn't.
constexpr double kShare = 0.33;  // of the tolerance: the root of the mean square that the points may be off
constexpr double kDrift = 0.15;  // … and beside that, of the means of a few points
constexpr std::size_t kWindows = 8, kFewestInWindow = 3;

// By how much the way along an arc may be longer than the way from point to point, or shorter.
constexpr double kLonger = 1.06, kShorter = 0.94;

// From the lengths of chords (Huygens).
double arc_length(double half, double rise) {
  double chord = 2 * half, up = std::fabs(rise);
  // Twice halved, it turns by a quarter at most.
  for (int k = 0; k < 2; ++k) {
    const double slope = up / (chord / 2);
    chord = std::sqrt(chord * chord / 4 + up * up);
    up = slope / (1 + std::sqrt(1 + slope * slope)) * chord / 2;
  }
  return 4 * (8 * std::sqrt(chord * chord / 4 + up * up) - chord) / 3;
}

// Along the chord and over it, from its middle, in units of half its length.
class Frame {
 public:
  Frame(Point a, Point b) : middle_((a + b) * 0.5), half_((b - a) * 0.5), square_(dot(half_, half_)) {}
  Point in(Point p) const { return {dot(p - middle_, half_) / square_, cross(p - middle_, half_) / square_}; }
  Point out(Point p) const { return middle_ + half_ * p.x + Point{half_.y, -half_.x} * p.y; }
  double unit() const { return std::sqrt(square_); }

 private:
  Point middle_, half_;
  double square_;
};

// In the frame.
struct Circle {
  Point centre;
  double radius;
};

// The points of a run, or a number of them, in the frame of its ends.
struct Run {
  Frame frame;
  std::array<Point, 2 * kSampled> at;
  std::array<double, 2 * kSampled> tolerance;
  std::size_t count = 0;
  double highest = 0;

  Run(const CurvePoints& points, int from, int to) : frame(points.at[from], points.at[to]) {
    const int stride = std::max(1, (to - from - 1) / kSampled);
    for (int k = from + 1; k < to; k += stride, ++count) {
      at[count] = frame.in(points.at[k]);
      tolerance[count] = points.tolerance[k] / frame.unit();
      highest = std::max(highest, std::fabs(at[count].y));
    }
  }
};

// Least squares. A shallow bow would be fitted too round by x² + y² = …, and a circle that is nearly whole leads
// nowhere by y = …; a radius of 0 stands for a line.
std::optional<Circle> circle_of(const Run& run) {
  const bool round = run.highest > kBulge;
  std::array<std::array<double, 4>, 3> rows{};
  for (std::size_t k = 0; k < run.count; ++k) {
    const Point p = run.at[k];
    const double square = dot(p, p);
    const std::array<double, 4> t{round ? p.y : square, p.x, 1, round ? square : p.y};
    for (std::size_t m = 0; m < 3; ++m) {
      for (std::size_t n = 0; n < 4; ++n) rows[m][n] += t[m] * t[n];
    }
  }
  std::array<double, 3> x{};
  if (!solve<3>(rows, 3, x)) return std::nullopt;
  const auto [a, b, c] = x;
  if (!round && std::fabs(a) < kFlat * run.frame.unit()) return Circle{{}, 0};
  const Point centre = round ? Point{b / 2, a / 2} : Point{-b / (2 * a), 1 / (2 * a)};
  const double square = (round ? c : -c / a) + dot(centre, centre);
  if (!(square > 0)) return std::nullopt;
  return Circle{centre, std::sqrt(square)};
}

bool keeps_to(const Circle& circle, const Run& run) {
  const std::size_t window = std::max(run.count / kWindows, kFewestInWindow);
  double squares = 0, drift = 0, sum = 0, windows = 0;
  for (std::size_t k = 0; k < run.count; ++k) {
    const double off = (length(run.at[k] - circle.centre) - circle.radius) / run.tolerance[k];
    if (!(std::fabs(off) <= 1)) return false;
    squares += off * off;
    sum += off;
    if ((k + 1) % window == 0) drift += sum * sum, sum = 0, ++windows;
  }
  const double chance = squares / static_cast<double>(run.count), size = static_cast<double>(window);
  if (chance > kShare * kShare || drift > windows * size * (chance + size * kDrift * kDrift)) return false;
  for (const Point end : {Point{-1, 0}, Point{1, 0}}) {
    if (std::fabs(length(end - circle.centre) - circle.radius) * run.frame.unit() > kLoose) return false;
  }
  return true;
}

bool has_gap(const CurvePoints& points, int from, int to) {
  for (int k = from; k < to; ++k) {
    if (points.travelled[k + 1] - points.travelled[k] > kGap) return true;
  }
  return false;
}

}  // namespace

bool fit_arc(const CurvePoints& points, int from, int to, Arc& arc) {
  if (to - from <= kFewest || length(points.at[to] - points.at[from]) < kShortest) return false;
  if (has_gap(points, from, to)) return false;
  const Run run(points, from, to);
  const std::optional<Circle> circle = circle_of(run);
  if (!circle) return false;
  arc = {};
  if (circle->radius == 0) return true;
  if (!keeps_to(*circle, run)) return false;
  const Point centre = circle->centre;
  const bool above = run.at[run.count / 2].y > 0;
  // To over the middle of the chord.
  const double spoke = std::sqrt(std::max(circle->radius * circle->radius - centre.x * centre.x, 0.0));
  const double rise = centre.y + (above ? spoke : -spoke);
  if ((rise > 0) != above) return true;  // as good as straight
  const double unit = run.frame.unit(), way = points.travelled[to] - points.travelled[from];
  const double along = arc_length(unit, rise * unit);
  if (along > kLonger * way + 0.3 || along < kShorter * way - 0.3) return false;
  arc = {rise * unit, run.frame.out(centre), circle->radius * unit};
  return true;
}

}  // namespace imgmill::trace
