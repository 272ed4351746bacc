// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/fit.h"

#include <algorithm>
#include <cmath>

#include "trace/corners.h"
#include "trace/cubic.h"

namespace imgmill::trace {
namespace {

using vector::Contour;
using vector::cubic_to;
using vector::length;
using vector::line_to;
using vector::Point;
using vector::Segment;

constexpr double kCornerRounding = 1.0;  // px around a corner where the points show its rounding

constexpr double kStairTolerance = 0.6;  // px: half a pixel, and a little

// How far a curve may leave a point: what a shift costs grows with the square of the contrast.
double tolerance_at(const EdgePoint& p, const FitOptions& options) {
  const double faint = options.tolerance * std::clamp(80.0 / std::max(p.contrast, 1.0f), 1.0, 8.0);
  return p.stair ? std::max(faint, kStairTolerance) : faint;
}

// Grows segments over one stretch of points without a corner in it.
class StretchFitter {
 public:
  StretchFitter(const CurvePoints& points, const FitOptions& options) : points_(points), options_(options) {}

  // Appends segments that lead from the first point to the last.
  void run(std::vector<Segment>& out) {
    const int last = points_.count() - 1;
    int from = 0;
    while (from < last) {
      const int line = longest(from, last, [&](int to) { return fits_line(points_, from, to); });
      Cubic best;
      const int curve = line == last ? line : longest(from, last, [&](int to) {
        Cubic cubic;
        if (!fit_cubic(points_, from, to, options_.iterations, cubic)) return false;
        best = cubic;
        return true;
      });
      // A line costs a third of a cubic.
      if (line == last || curve == from || (line - from) * 2.2 >= curve - from) {
        const int to = std::max(line, from + 1);
        out.push_back(line_to(points_.at[to]));
        from = to;
      } else {
        out.push_back(cubic_to(best.c1, best.c2, points_.at[curve]));
        from = curve;
      }
    }
  }

 private:
  // The largest `to` that fits, found by doubling steps and bisection; `from` where none does. The last call that
  // succeeds is for the index returned.
  template <class Fits>
  int longest(int from, int last, Fits fits) const {
    int good = from, bad = last + 1;
    for (int step = 4; good < last; step *= 2) {
      const int to = std::min(from + step, last);
      if (!fits(to)) {
        bad = to;
        break;
      }
      good = to;
    }
    while (bad - good > 1) {
      const int to = (good + bad) / 2;
      (fits(to) ? good : bad) = to;
    }
    return good;
  }

  const CurvePoints& points_;
  const FitOptions& options_;
};

// Turns the handles at a joint into one line where they nearly are and the curves hardly move.
void join_smoothly(Point start, std::vector<Segment>& segments, std::size_t first, double smooth_angle,
                   double tolerance) {
  for (std::size_t k = first; k + 1 < segments.size(); ++k) {
    Segment &in = segments[k], &out = segments[k + 1];
    if (!in.cubic && !out.cubic) continue;
    const Point joint = in.to, before = k == 0 ? start : segments[k - 1].to;
    const Point arriving = in.cubic ? joint - in.c2 : joint - before,
                leaving = out.cubic ? out.c1 - joint : out.to - joint;
    if (length(arriving) < 1e-6 || length(leaving) < 1e-6) continue;
    const double turn = vector::angle_between(arriving, leaving);
    if (turn > smooth_angle || turn < 1e-4) continue;
    Point direction = in.cubic && out.cubic ? arriving + leaving : (in.cubic ? leaving : arriving);  // a line stays
    direction = direction * (1 / length(direction));
    const Point c2 = joint - direction * dot(arriving, direction), c1 = joint + direction * dot(leaving, direction);
    // A curve moves by less than half of what its handle does.
    if ((in.cubic && length(c2 - in.c2) > 2 * tolerance) || (out.cubic && length(c1 - out.c1) > 2 * tolerance))
      continue;
    if (in.cubic) in.c2 = c2;
    if (out.cubic) out.c1 = c1;
  }
}

// The points from corner to corner: the corners' places exactly, without the rounding around them.
CurvePoints stretch(const std::vector<EdgePoint>& points, std::size_t first, std::size_t last, Point start, Point end,
                    const FitOptions& options) {
  CurvePoints out;
  const std::size_t n = points.size();
  out.add(start, 1e-3);
  for (std::size_t k = first; k <= last; ++k) {
    const EdgePoint& p = points[k % n];
    if (length(p.at - start) < kCornerRounding || length(p.at - end) < kCornerRounding) continue;
    out.add(p.at, tolerance_at(p, options));
  }
  out.add(end, 1e-3);
  return out;
}

std::vector<Point> positions(const std::vector<EdgePoint>& points) {
  std::vector<Point> out;
  out.reserve(points.size());
  for (const EdgePoint& p : points) out.push_back(p.at);
  return out;
}

// Points that jump back, as noise and thin strokes make them, would fold the curve.
std::vector<EdgePoint> without_folds(const std::vector<EdgePoint>& points) {
  std::vector<EdgePoint> out;
  out.reserve(points.size());
  for (const EdgePoint& p : points) {
    if (!out.empty() && length(p.at - out.back().at) < 0.25) continue;
    out.push_back(p);
  }
  return out;
}

// How much rougher than a crisp antialiased edge the points are, 1…4.
double roughness(const std::vector<EdgePoint>& points, const FitOptions& options) {
  double sum = 0;
  for (const EdgePoint& p : points) sum += tolerance_at(p, options);
  return std::clamp(sum / (double(points.size()) * 0.3), 1.0, 4.0);
}

void fit_stretch(const CurvePoints& points, Point start, const FitOptions& options, double rough,
                 std::vector<Segment>& out) {
  const std::size_t first = out.size();
  StretchFitter(points, options).run(out);
  join_smoothly(start, out, first, options.smooth_angle, options.tolerance * rough);
}

}  // namespace

Contour fit_closed(const std::vector<EdgePoint>& raw, const FitOptions& options) {
  const std::vector<EdgePoint> points = without_folds(raw);
  const std::size_t n = points.size();
  Contour contour;
  if (n == 0) return contour;
  const double rough = roughness(points, options);
  const std::vector<Corner> corners = find_corners(positions(points), true, options.corner_angle, rough);
  if (corners.empty()) {
    contour.start = points[0].at;
    CurvePoints all;
    for (std::size_t k = 0; k <= n; ++k) all.add(points[k % n].at, tolerance_at(points[k % n], options));
    fit_stretch(all, contour.start, options, rough, contour.segments);
    return contour;
  }
  contour.start = corners[0].at;
  for (std::size_t c = 0; c < corners.size(); ++c) {
    const Corner &from = corners[c], &to = corners[(c + 1) % corners.size()];
    const std::size_t last = to.index > from.index ? to.index : to.index + n;
    fit_stretch(stretch(points, from.index, last, from.at, to.at, options), from.at, options, rough, contour.segments);
  }
  return contour;
}

Contour fit_open(const std::vector<EdgePoint>& raw, const FitOptions& options) {
  const std::vector<EdgePoint> points = without_folds(raw);
  Contour contour;
  if (points.empty()) return contour;
  const double rough = roughness(points, options);
  const std::vector<Corner> corners = find_corners(positions(points), false, options.corner_angle, rough);
  contour.start = points[0].at;
  Point start = contour.start;
  std::size_t first = 0;
  for (std::size_t c = 0; c <= corners.size(); ++c) {
    const std::size_t last = c < corners.size() ? corners[c].index : points.size() - 1;
    const Point end = c < corners.size() ? corners[c].at : points.back().at;
    if (first != last || c < corners.size()) {
      fit_stretch(stretch(points, first, last, start, end, options), start, options, rough, contour.segments);
    }
    start = end;
    first = last;
  }
  return contour;
}

}  // namespace imgmill::trace
