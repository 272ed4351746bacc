// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/fit.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "trace/arc.h"
#include "trace/closest_line.h"
#include "trace/corners.h"
#include "trace/cubic.h"
#include "trace/ellipse.h"
#include "trace/rectangle.h"
#include "vector/arc.h"

namespace imgmill::trace {
namespace {

using vector::Contour;
using vector::length;
using vector::line_to;
using vector::Point;
using vector::Segment;

constexpr double kCornerRounding = 1.0;  // px around a corner where the points show its rounding

constexpr double kRound = 2;  // px: a radius that is none of a corner which only shows its rounding

constexpr double kFaintest = 8;    // times the tolerance at most
constexpr double kSmoothest = 16;  // … where shades of a smooth change meet

constexpr double kLeastOfSide = 6;  // points
constexpr std::size_t kBeside = 3;  // points
constexpr double kUnsure = 2;       // px around a corner where they may be those of the next side
constexpr double kFarOff = 0.75;    // px that a corner may be moved

constexpr double kStairTolerance = 0.6;  // px: half a pixel, and a little

// Grows lines and curves over one stretch of points without a corner in it, then makes the joints smooth.
class StretchFitter {
 public:
  StretchFitter(CurvePoints points, const FitOptions& options) : points_(std::move(points)), options_(options) {}

  // Appends segments that lead from the first point to the last.
  void run(std::vector<Segment>& out) {
    const int last = points_.count() - 1;
    // From corner to corner a line may use all of the tolerance: renderers that look at four lines a pixel leave edges
    // that run nearly along the rows with steps of a quarter.
    if (fits_line(points_, 0, last, 0)) {
      pieces_.push_back({0, last, false, {}, {}});
    } else {
      grow(0, last);
    }
    finish(out);
  }

  // The same for points that go around twice, `once` of them each time: once around from where a piece ends by itself.
  Point run_around(int once, std::vector<Segment>& out) {
    grow(0, once);
    if (pieces_.size() > 1 && !(pieces_.front().cubic && pieces_.back().cubic)) {
      const int end = pieces_.front().to + once, from = pieces_.back().from;
      pieces_.erase(pieces_.begin());
      pieces_.pop_back();
      grow(from, end);
    }
    const int first = pieces_.front().from;
    if (pieces_.size() > 1) make_tangent(pieces_.back(), pieces_.front());
    finish(out);
    return points_.at[first];
  }

 private:
  struct Piece {
    int from, to;
    bool cubic;
    Cubic curve;
    Arc arc;
  };

  void finish(std::vector<Segment>& out) {
    for (std::size_t k = 0; k + 1 < pieces_.size(); ++k) make_tangent(pieces_[k], pieces_[k + 1]);
    for (std::size_t k = 0; k < pieces_.size(); ++k) smooth(k);
    for (const Piece& piece : pieces_) {
      out.push_back(segment(piece));
    }
  }

  void grow(int from, int last) {
    while (from < last) {
      // A line that used its whole tolerance would reach into the curve after it, and stand askew.
      const int line = longest(from, last, kStep, [&](int to) { return fits_line(points_, from, to, kLineSlack); });
      options_.stop.check();
      Cubic best;
      Arc bow;
      const int arc = line == last ? from : longest(from, last, 2 * kStep, [&](int to) {
        Arc tried;
        if (!fit_arc(points_, from, to, tried)) return false;
        bow = tried;
        return true;
      });
      const bool bent = bends(bow, from, arc);
      const int curve = line == last || (arc == last && bent) ? from : longest(from, last, kStep, [&](int to) {
        Cubic cubic;
        if (!fit_cubic(points_, from, to, {}, options_.iterations, cubic)) return false;
        best = cubic;
        return true;
      });
      const bool is_arc = bent && (arc - from >= kArcReach * (curve - from) || is_round_corner(arc, curve, last));
      const int reached = is_arc ? arc : curve;
      // A line costs a third of a cubic.
      if (line != last && reached != from && (line - from) * 2.2 < reached - from) {
        pieces_.push_back({from, reached, !is_arc, best, is_arc ? bow : Arc{}});
        from = reached;
      } else {
        const int to = std::max(line, from + 1);
        pieces_.push_back({from, to, false, {}, {}});
        from = to;
      }
    }
  }

  // Whether a line leads to the arc, and such a line away from it that both together reach as far as a cubic, which
  // runs on into that line.
  bool is_round_corner(int arc, int curve, int last) const {
    if (pieces_.empty() || pieces_.back().cubic || pieces_.back().arc.radius > 0) return false;
    const int line = longest(arc, last, kStep, [&](int to) { return fits_line(points_, arc, to, kLineSlack); });
    return line >= curve && line - arc >= kLineAfter;
  }

  // Whether it turns so much that it hardly keeps to a circle by chance; a cubic follows other curves better.
  bool bends(const Arc& arc, int from, int to) const {
    return std::fabs(arc.rise) > std::max(kLeastRise, kLeastSlope / 2 * length(points_.at[to] - points_.at[from]));
  }

  // The largest `to` that fits, found by doubling steps and bisection; `from` where none does. The last call that
  // succeeds is for the index returned.
  template <class Fits>
  int longest(int from, int last, int first_step, Fits fits) const {
    int good = from, bad = last + 1;
    for (int step = first_step; good < last; step *= 2) {
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

  // Moves the joint to where the circle of an arc touches the line, or the other circle: an arc that was grown as far
  // as it fits leans into what comes after it.
  void make_tangent(Piece& in, Piece& out) {
    if (in.cubic || out.cubic || (in.arc.radius == 0 && out.arc.radius == 0)) return;
    Point& joint = points_.at[in.to];
    std::optional<Point> touch;
    if (in.arc.radius > 0 && out.arc.radius > 0) {
      touch = touching(in.arc, out.arc, joint);
    } else if (in.arc.radius > 0) {
      touch = touching(in.arc, points_.at[out.to], joint);
    } else {
      touch = touching(out.arc, points_.at[in.from], joint);
    }
    if (!touch) return;
    const double most = 0.4 * std::min(length(points_.at[in.from] - joint), length(points_.at[out.to] - joint));
    if (length(*touch - joint) > most) return;
    joint = points_.at[out.from] = *touch;  // one place, also where the way around closes
    for (Piece* piece : {&in, &out}) {
      if (piece->arc.radius > 0) set_rise(*piece);
    }
  }

  // The rise of an arc of that circle between its ends as they are now.
  void set_rise(Piece& piece) const {
    const Point from = points_.at[piece.from], chord = points_.at[piece.to] - from;
    const Point centre = piece.arc.centre - (from + chord * 0.5);
    const double size = length(chord), along = dot(centre, chord) / size, over = cross(centre, chord) / size;
    const double spoke = std::sqrt(std::max(piece.arc.radius * piece.arc.radius - along * along, 0.0));
    piece.arc.rise = over + (piece.arc.rise > 0 ? spoke : -spoke);
  }

  // Where the line from `far` that comes by `joint` touches the circle.
  static std::optional<Point> touching(const Arc& arc, Point far, Point joint) {
    const Point way = arc.centre - far;
    const double tangent2 = dot(way, way) - arc.radius * arc.radius;
    if (!(tangent2 > 0)) return std::nullopt;
    const double side = cross(way, joint - far) > 0 ? 1 : -1, tangent = std::sqrt(tangent2);
    const Point across{-way.y, way.x};
    const Point touch = far + (way * tangent + across * (side * arc.radius)) * (tangent / dot(way, way));
    const Point line = touch - far;
    if (std::fabs(cross(line, joint - far)) > kTouch * length(line)) return std::nullopt;
    return touch;
  }
  static std::optional<Point> touching(const Arc& a, const Arc& b, Point joint) {
    const Point way = b.centre - a.centre;
    const double apart = length(way);
    const double inside = std::fabs(a.radius - b.radius), outside = a.radius + b.radius;
    if (std::min(std::fabs(apart - inside), std::fabs(apart - outside)) > kTouch || apart < 0.1) return std::nullopt;
    const Point spoke = way * (a.radius / apart);
    const Point ahead = a.centre + spoke, behind = a.centre - spoke;
    return length(ahead - joint) < length(behind - joint) ? ahead : behind;
  }

  Segment segment(const Piece& p) const { return {p.cubic, p.curve.c1, p.curve.c2, points_.at[p.to], p.arc.rise}; }

  // The direction at the joint before piece `next`, where the turn there is small enough to be none. A line's is kept.
  std::optional<Point> joint(std::size_t next) const {
    if (next == 0 || next >= pieces_.size()) return std::nullopt;
    const Piece &in = pieces_[next - 1], &out = pieces_[next];
    const Point before = vector::arriving(points_.at[in.from], segment(in));
    const Point after = vector::leaving(points_.at[out.from], segment(out));
    if (length(before) < 1e-6 || length(after) < 1e-6) return std::nullopt;
    if (vector::angle_between(before, after) > options_.smooth_angle) return std::nullopt;
    const Point direction = in.cubic && out.cubic ? before + after : (in.cubic ? after : before);
    return direction * (1 / length(direction));
  }

  // Fits a curve anew with the directions of its joints, if it still keeps to the points.
  void smooth(std::size_t k) {
    Piece& piece = pieces_[k];
    if (!piece.cubic) return;
    const Ends ends{joint(k), joint(k + 1)};
    for (const Ends& tried : {ends, Ends{ends.leaving, {}}, Ends{{}, ends.arriving}}) {
      Cubic curve;
      if (!tried.leaving && !tried.arriving) continue;
      if (!fit_cubic(points_, piece.from, piece.to, tried, options_.iterations + 2, curve)) continue;
      piece.curve = curve;
      return;
    }
  }

  static constexpr int kStep = 4;
  static constexpr double kLeastRise = 0.25;  // px: flatter, it is a line
  static constexpr double kLeastSlope = 0.3;  // of an arc: its rise by half its chord, for a turn of 67°
  static constexpr double kTouch = 0.3;       // px that a joint, or two circles, may be off from touching
  static constexpr double kLineSlack = 0.06;  // px
  static constexpr int kLineAfter = 6;        // points of a line that tells what is before it from a cubic
  static constexpr double kArcReach = 0.95;   // of a cubic's reach that an arc must come to

  CurvePoints points_;
  const FitOptions& options_;
  std::vector<Piece> pieces_;
};

// Whether the point that a corner was found at lies on the way away from it, not on the way there.
bool leaves(const std::vector<EdgePoint>& points, std::size_t index, Point corner) {
  const std::size_t n = points.size();
  const Point own = points[index % n].at - corner;
  const Point before = points[(index + n - 1) % n].at - corner, after = points[(index + 1) % n].at - corner;
  return dot(own, after) * length(before) >= dot(own, before) * length(after);
}

// The points from corner to corner: the corners' places exactly, without the rounding around them.
CurvePoints stretch(const std::vector<EdgePoint>& points, std::size_t first, std::size_t last, Point start, Point end,
                    const FitOptions& options) {
  CurvePoints out;
  const std::size_t n = points.size();
  out.reserve(last + 3 - first);
  out.add(start, 1e-3);
  for (std::size_t k = first; k <= last; ++k) {
    const EdgePoint& p = points[k % n];
    if (length(p.at - start) < kCornerRounding || length(p.at - end) < kCornerRounding) continue;
    if ((k == first && !leaves(points, k, start)) || (k == last && leaves(points, k, end))) continue;
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

// Where shades of a smooth change meet, a turn is raggedness and no corner.
std::vector<Corner> sharp_corners(const std::vector<EdgePoint>& points, bool closed, const FitOptions& options) {
  std::vector<Corner> corners =
      find_corners(positions(points), closed, options.corner_angle, roughness(points, options));
  std::erase_if(corners, [&](const Corner& c) { return points[c.index].smooth; });
  return corners;
}

// A straight side of an outline between two corners, its direction of length 1; none where a point leaves it by more
// than it may.
std::optional<Line> straight_side(const std::vector<EdgePoint>& points, const Corner& from, const Corner& to,
                                  std::size_t last, const FitOptions& options) {
  const std::size_t n = points.size();
  const auto counts = [&](const EdgePoint& p) {
    return length(p.at - from.at) >= kUnsure && length(p.at - to.at) >= kUnsure;
  };
  Moments moments;
  for (std::size_t k = from.index; k <= last; ++k) {
    if (counts(points[k % n])) moments.add(points[k % n].at - from.at);
  }
  if (moments.n < kLeastOfSide) return std::nullopt;
  Line side = closest_line(moments);
  if (length(side.direction) < 1e-9) return std::nullopt;
  side = {from.at + side.at, side.direction * (1 / length(side.direction))};
  for (std::size_t k = from.index; k <= last; ++k) {
    const EdgePoint& p = points[k % n];
    if (counts(p) && std::fabs(cross(side.direction, p.at - side.at)) > tolerance_at(p, options)) return std::nullopt;
  }
  return side;
}

// The index of the point nearest to a corner, of those up to `beside` away from the one that it has.
std::size_t nearest(const std::vector<EdgePoint>& points, const Corner& corner, std::size_t beside) {
  const std::size_t n = points.size();
  std::size_t best = corner.index;
  for (std::size_t k = corner.index + n - beside; k <= corner.index + n + beside; ++k) {
    if (length(points[k % n].at - corner.at) < length(points[best].at - corner.at)) best = k % n;
  }
  return best;
}

// Corners go to where the straight sides beside them meet, or onto the one there is: a whole side tells its line better
// than the few points next to its end.
void meet_sides(std::vector<Corner>& corners, const std::vector<EdgePoint>& points, const FitOptions& options) {
  const std::size_t n = points.size(), count = corners.size();
  std::vector<std::optional<Line>> sides;  // after each corner
  for (std::size_t c = 0; c < count; ++c) {
    const Corner &from = corners[c], &to = corners[(c + 1) % count];
    sides.push_back(straight_side(points, from, to, to.index > from.index ? to.index : to.index + n, options));
  }
  for (std::size_t c = 0; c < count; ++c) {
    const std::optional<Line>&before = sides[(c + count - 1) % count], &after = sides[c];
    Point& at = corners[c].at;
    const auto foot = [&](const Line& s) { return s.at + s.direction * dot(at - s.at, s.direction); };
    std::optional<Point> moved = at;
    if (before && after) {
      moved = meeting(*before, *after);
    } else if (before || after) {
      moved = foot(before ? *before : *after);
    }
    if (!moved || length(*moved - at) >= kFarOff) continue;
    at = *moved;
    const auto apart = [&](std::size_t u, std::size_t v) {
      return (corners[v % count].index + n - corners[u].index) % n;
    };
    const std::size_t room = std::min(apart((c + count - 1) % count, c), apart(c, c + 1));  // the order must stay
    corners[c].index = nearest(points, corners[c], std::min<std::size_t>(room / 3, kBeside));
  }
}

// What is slanted keeps to points by chance more easily, and what has corners is something else, unless these are but
// its flat ends.
bool is_sure(const vector::Ellipse& ellipse, const CurvePoints& points, bool has_corners, const FitOptions& options) {
  if (!ellipse.is_slanted() && !has_corners) return true;
  return std::min(ellipse.rx, ellipse.ry) > kRound && points.travelled.back() > 0.9 * ellipse.around() &&
         is_exact(ellipse, points, options.sure());
}

}  // namespace

// What a shift costs grows with the square of the contrast.
double tolerance_at(const EdgePoint& p, const FitOptions& options) {
  const double most = p.smooth ? kSmoothest : kFaintest;
  const double faint = options.tolerance * std::clamp(80.0 / std::max(p.contrast, 1.0f), 1.0, most);
  return p.stair ? std::max(faint, kStairTolerance) : faint;
}

Contour fit_closed(const std::vector<EdgePoint>& raw, const FitOptions& options) {
  const std::vector<EdgePoint> points = without_folds(raw);
  const std::size_t n = points.size();
  Contour contour;
  if (n == 0) return contour;
  std::vector<Corner> corners = sharp_corners(points, true, options);
  if (corners.size() <= 4) {  // small round corners may pass for sharp ones, and so may the ends of a flat ellipse
    CurvePoints all;
    all.reserve(corners.empty() ? 2 * n + 1 : n + 1);  // once around, or twice
    for (std::size_t k = 0; k <= n; ++k) all.add(points[k % n].at, tolerance_at(points[k % n], options));
    const std::optional<vector::Ellipse> ellipse = corners.size() <= 2 ? fit_ellipse(all) : std::nullopt;
    if (ellipse && is_sure(*ellipse, all, !corners.empty(), options)) return contour_of(*ellipse);
    const std::optional<vector::Rectangle> rectangle = fit_rectangle(all, options.sure());
    if (rectangle && (corners.empty() || rectangle->radius > kRound)) return contour_of(*rectangle);
    if (corners.empty()) {
      for (std::size_t k = 1; k <= n; ++k) all.add(points[k % n].at, tolerance_at(points[k % n], options));
      contour.start = StretchFitter(std::move(all), options).run_around(static_cast<int>(n), contour.segments);
      return contour;
    }
  }
  meet_sides(corners, points, options);
  contour.start = corners[0].at;
  for (std::size_t c = 0; c < corners.size(); ++c) {
    const Corner &from = corners[c], &to = corners[(c + 1) % corners.size()];
    const std::size_t last = to.index > from.index ? to.index : to.index + n;
    StretchFitter(stretch(points, from.index, last, from.at, to.at, options), options).run(contour.segments);
  }
  return contour;
}

Contour fit_open(const std::vector<EdgePoint>& raw, const FitOptions& options) {
  const std::vector<EdgePoint> points = without_folds(raw);
  Contour contour;
  if (points.empty()) return contour;
  const std::vector<Corner> corners = sharp_corners(points, false, options);
  contour.start = points[0].at;
  Point start = contour.start;
  std::size_t first = 0;
  for (std::size_t c = 0; c <= corners.size(); ++c) {
    const std::size_t last = c < corners.size() ? corners[c].index : points.size() - 1;
    const Point end = c < corners.size() ? corners[c].at : points.back().at;
    if (first != last || c < corners.size()) {
      StretchFitter(stretch(points, first, last, start, end, options), options).run(contour.segments);
    }
    start = end;
    first = last;
  }
  return contour;
}

}  // namespace imgmill::trace
