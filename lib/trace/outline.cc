// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/outline.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "trace/ellipse.h"
#include "vector/arc.h"

namespace imgmill::trace {
namespace {

using vector::Contour;
using vector::length;
using vector::line_to;
using vector::Point;
using vector::Segment;

constexpr float kCrispContrast = 40;  // levels
constexpr int kDepth = 16;            // px that a hidden way goes beneath another part at most
constexpr double kCutOff = 12;        // px² that a hidden way may wrongly cover
constexpr double kClearance = 0.7;    // px between a hidden way and what it must not uncover, where there is room

constexpr std::size_t kAtEnds = 2;   // points of a run that another part may be seen in
constexpr int kFewestShown = 6;      // points of a run that tells an ellipse
constexpr double kShownShare = 0.3;  // of an ellipse that must be seen
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kMoreShown = 0.5;  // … of a slanted one, which keeps to points by chance more easily
constexpr double kSmallest = 4;     // px: its radius
constexpr double kBesides = 0.8;    // px that the middle of a pixel may lie on the wrong side of its edge

// std::floor is a call where the processor's instruction for it may not be taken for granted.
int floored(double v) {
  const int whole = static_cast<int>(v);
  return whole - (v < whole);
}

enum class Side { visible, hidden, border };

struct Run {
  Side side;
  std::size_t first, count;       // cracks, cyclic
  std::vector<EdgePoint> points;  // of the edge, where it is visible
};

struct Stop {
  Point at;
  bool needed;                    // a corner of the picture; others may be cut short
  double clearance = kClearance;  // px that the way should keep from its own part there
  double room = 1e9;              // … and may
};

class LoopDrawer {
 public:
  LoopDrawer(const Parts& parts, const Layers& layers, const EdgeFinder& edges, const FitOptions& options,
             const Loop& loop)
      : parts_(parts), layers_(layers), edges_(edges), options_(options), loop_(loop), n_(loop.cracks.size()) {}

  bool draw(Contour& out) {
    find_runs();
    if (runs_.size() == 1) return draw_uniform(out);
    std::size_t first_visible = 0;
    while (first_visible < runs_.size() && runs_[first_visible].side != Side::visible) ++first_visible;
    if (first_visible == runs_.size()) return draw_unseen(out);
    for (Run& run : runs_) {
      options_.stop.check();
      if (run.side == Side::visible) run.points = trusted(edges_.find(loop_, run.first, run.count));
    }
    if (draw_whole_ellipse(out)) return true;
    draw_mixed(first_visible, out);
    return true;
  }

 private:
  Side side_of(const Crack& crack) const {
    const Pixel out = outer_pixel(crack);
    const std::int32_t other = parts_.at(out.x, out.y);
    if (other == kOutside) return Side::border;
    return layers_.hides(other, loop_.part) ? Side::hidden : Side::visible;
  }

  void find_runs() {
    std::vector<Side> sides(n_);
    for (std::size_t i = 0; i < n_; ++i) sides[i] = side_of(loop_.cracks[i]);
    std::size_t begin = 0;
    while (begin < n_ && sides[begin] == sides[(begin + n_ - 1) % n_]) ++begin;
    if (begin == n_) {
      runs_.push_back({sides[0], 0, n_, {}});
      return;
    }
    for (std::size_t k = 0; k < n_; ++k) {
      const std::size_t i = (begin + k) % n_;
      if (runs_.empty() || runs_.back().side != sides[i]) runs_.push_back({sides[i], i, 0, {}});
      ++runs_.back().count;
    }
  }

  bool draw_uniform(Contour& out) {
    if (runs_[0].side == Side::visible) {
      if (std::optional<Contour> spot = edges_.spot(loop_)) {
        out = std::move(*spot);
        return true;
      }
      out = fit_closed(trusted(edges_.find(loop_, 0, n_)), options_);
      return !out.segments.empty();
    }
    if (loop_.hole) return false;
    return draw_unseen(out);
  }

  // Nothing of this loop shows: a coarse polygon beneath what covers its rim.
  bool draw_unseen(Contour& out) {
    if (loop_.hole) return false;
    std::vector<Stop> stops;
    for (std::size_t r = 0; r < runs_.size(); ++r) add_stops(r, stops);
    if (stops.empty()) return false;
    // A way all around has to be cut somewhere, or it would be cut short to nothing.
    for (std::size_t third = 0; third < 3; ++third) stops[third * stops.size() / 3].needed = true;
    // Begin at a corner of the picture, if there is one: it is needed anyway.
    const auto corner = std::find_if(stops.begin(), stops.end(), [](const Stop& s) { return s.needed; });
    if (corner != stops.end()) std::rotate(stops.begin(), corner, stops.end());
    out.start = stops.front().at;
    stops.push_back(stops.front());
    stops.erase(stops.begin());
    route(out.start, stops, out.segments);
    return true;
  }

  void draw_mixed(std::size_t first_visible, Contour& out) {
    std::vector<Contour> seen;
    std::vector<std::vector<Stop>> unseen;  // the way after each visible run
    for (std::size_t k = 0; k < runs_.size(); ++k) {
      const std::size_t r = (first_visible + k) % runs_.size();
      if (runs_[r].side == Side::visible) {
        seen.push_back(visible_run(runs_[r]));
        unseen.emplace_back();
      } else {
        add_stops(r, unseen.back());
      }
    }
    out.start = seen[0].start;
    for (std::size_t k = 0; k < seen.size(); ++k) {
      out.segments.insert(out.segments.end(), seen[k].segments.begin(), seen[k].segments.end());
      const Point end = seen[k].segments.empty() ? seen[k].start : seen[k].segments.back().to;
      const Point next = seen[(k + 1) % seen.size()].start;
      if (length(next - end) < 4 && unseen[k].size() > 8) unseen[k][unseen[k].size() / 2].needed = true;  // far around
      unseen[k].push_back({next, true});
      route(end, unseen[k], out.segments);
    }
  }

  // An ellipse that goes on beneath what lies above it, or out of the picture: where what shows of the outline tells
  // it, and the rest of it shows nowhere.
  bool draw_whole_ellipse(Contour& out) const {
    if (loop_.hole) return false;
    CurvePoints shown;
    for (const Run& run : runs_) {
      if (run.side != Side::visible || run.count < static_cast<std::size_t>(kFewestShown)) continue;
      const std::vector<EdgePoint>& points = run.points;
      for (std::size_t k = kAtEnds; k + kAtEnds < points.size(); ++k) {
        shown.add(points[k].at, tolerance_at(points[k], options_));
      }
    }
    if (shown.count() < 2 * kFewestShown) return false;
    shown.add(shown.at.front(), shown.tolerance.front());
    std::optional<vector::Ellipse> ellipse = fit_ellipse(shown);
    if (!ellipse) return false;
    const double share = ellipse->is_slanted() ? kMoreShown : kShownShare;
    if (shown.count() < share * ellipse->around()) return false;
    const double loosest = ellipse->is_slanted() ? options_.sure() : kInfinity;
    if (std::min(ellipse->rx, ellipse->ry) < kSmallest || !is_exact(*ellipse, shown, loosest)) return false;
    if (!holds_part(*ellipse) || !shows_nowhere_else(*ellipse)) return false;
    ellipse->clockwise = true;
    out = contour_of(*ellipse);
    return true;
  }

  // Whether no pixel of this part beside what hides it is left outside.
  bool holds_part(const vector::Ellipse& e) const {
    for (const Crack& crack : loop_.cracks) {
      const Pixel in = inner_pixel(crack);
      if (outside(e, {in.x + 0.5, in.y + 0.5}) > kBesides) return false;
    }
    return true;
  }

  // Whether all that the ellipse covers is this part or lies above it, a little farther out as well where it is hidden.
  bool shows_nowhere_else(const vector::Ellipse& e) const {
    const auto [width, height] = e.half_box();
    const int top = std::max(floored(e.centre.y - height - 1), 0);
    const int bottom = std::min(floored(e.centre.y + height + 1), parts_.height - 1);
    const int left = std::max(floored(e.centre.x - width - 1), 0);
    const int right = std::min(floored(e.centre.x + width + 1), parts_.width - 1);
    Cover cover(*this);
    for (int y = top; y <= bottom; ++y) {
      options_.stop.check();
      for (int x = left; x <= right; ++x) {
        const Point middle{x + 0.5, y + 0.5};
        if (own(middle) || cover.at(middle)) continue;
        const double far = outside(e, middle);
        if (far < -kBesides || (far < kClearance && !beside_own(x, y))) return false;
      }
    }
    return true;
  }

  bool beside_own(int x, int y) const {
    for (int v = y - 2; v <= y + 2; ++v) {
      for (int u = x - 2; u <= x + 2; ++u) {
        if (parts_.at(u, v) == loop_.part) return true;
      }
    }
    return false;
  }

  Point corner_before(std::size_t i) const {
    const Crack& c = loop_.cracks[i % n_];
    return {double(c.x), double(c.y)};
  }

  // Looks from place to place whether something above this part, or nothing of the picture, is there. The steps are
  // shorter than pixels, so many lie in the pixel of the one before.
  class Cover {
   public:
    explicit Cover(const LoopDrawer& drawer) : drawer_(drawer) {}
    bool at(Point p) {
      const int x = floored(p.x), y = floored(p.y);
      if (known_ && x == x_ && y == y_) return covers_;
      const std::int32_t other = drawer_.parts_.at(x, y);
      x_ = x, y_ = y, known_ = true;
      return covers_ = other == kOutside || drawer_.layers_.hides(other, drawer_.loop_.part);
    }

   private:
    const LoopDrawer& drawer_;
    int x_ = 0, y_ = 0;
    bool known_ = false, covers_ = false;
  };

  bool own(Point p) const { return parts_.at(floored(p.x), floored(p.y)) == loop_.part; }

  // How far from p one can go that way beneath what covers this part, px.
  double depth(Point p, Point direction) const {
    double far = 0;
    Cover cover(*this);
    for (double d = 0.5; d <= kDepth; d += 0.5) {
      if (!cover.at(p + direction * d)) break;
      far = d;
    }
    return far;
  }

  // How many pixels in a row, along an axis, lie beneath what covers this part.
  int covered(Pixel at, int dx, int dy) const {
    int count = 0;
    for (; count < kDepth; ++count, at.x += dx, at.y += dy) {
      const std::int32_t other = parts_.at(at.x, at.y);
      if (other == kOutside) return kDepth;
      if (!layers_.hides(other, loop_.part)) break;
    }
    return count;
  }

  // The curve of a visible run, carried on beyond both ends so that it goes under its neighbours.
  Contour visible_run(const Run& run) {
    options_.stop.check();
    const Point from = corner_before(run.first), to = corner_before(run.first + run.count);
    if (run.points.size() < 2) {
      Contour line;
      line.start = from;
      line.segments.push_back(line_to(to));
      return line;
    }
    Contour curve = fit_open(run.points, options_);
    if (curve.segments.empty()) curve.segments.push_back(line_to(to));
    const Segment& head = curve.segments.front();
    const Point start = carried_on(curve.start, leaving(curve.start, head) * -1, from);
    if (!head.cubic && !head.is_arc()) {
      curve.start = start;
    } else if (length(start - curve.start) > 1e-6) {
      curve.segments.insert(curve.segments.begin(), line_to(curve.start));
      curve.start = start;
    }
    Segment& tail = curve.segments.back();
    const Point before = curve.segments.size() > 1 ? curve.segments[curve.segments.size() - 2].to : curve.start;
    const Point end = carried_on(tail.to, arriving(before, tail), to);
    if (!tail.cubic && !tail.is_arc()) {
      tail.to = end;
    } else if (length(end - tail.to) > 1e-6) {
      curve.segments.push_back(line_to(end));
    }
    return curve;
  }

  // Where a curve that ends at `end` with that tangent comes to beneath the part that begins at grid corner `corner`.
  Point carried_on(Point end, Point tangent, Point corner) const {
    const double size = length(tangent);
    if (size < 1e-9) return end;
    const Point direction = tangent * (1 / size);
    if (const Point out = way_out(corner); out != Point{}) return beyond_rim(end, direction, corner, out);
    const double ahead = dot(corner - end, direction);
    const Point foot = end + direction * ahead;
    if (ahead < -1.5 || ahead > 4 || length(foot - corner) > 1.5) return corner;
    const double deep = depth(foot, direction);
    return foot + direction * std::min(deep / 2, 2.0);
  }

  // The way out of the picture at a grid corner on its rim; zero elsewhere.
  Point way_out(Point corner) const {
    if (corner.y <= 0 || corner.y >= parts_.height) return {0, corner.y <= 0 ? -1.0 : 1.0};
    if (corner.x <= 0 || corner.x >= parts_.width) return {corner.x <= 0 ? -1.0 : 1.0, 0};
    return {};
  }

  // Out of the picture, so that what runs along the rim from there doesn't show; a curve along the rim ends at the
  // corner.
  static Point beyond_rim(Point end, Point direction, Point corner, Point out) {
    const double speed = dot(direction, out);
    if (speed < 0.2) return corner;
    const Point hit = end + direction * (dot(corner - end, out) / speed);
    return length(hit - corner) > 2.5 ? corner : hit + direction;
  }

  // Points near a third part mislead; they go unless hardly any others are left.
  std::vector<EdgePoint> trusted(std::vector<EdgePoint> points) const {
    // Both sides of a translucent part's edge are drawn, so they must agree however faint it is.
    if (!layers_.solid[loop_.part]) {
      for (EdgePoint& p : points) p.contrast = std::max(p.contrast, kCrispContrast);
    }
    std::vector<EdgePoint> kept;
    for (const EdgePoint& p : points) {
      if (!p.disturbed) kept.push_back(p);
    }
    return kept.size() * 2 >= points.size() && kept.size() >= 3 ? kept : points;
  }

  void add_stops(std::size_t r, std::vector<Stop>& stops) const {
    const Run& run = runs_[r];
    if (run.side == Side::border) {
      add_border_stops(r, stops);
      return;
    }
    for (std::size_t k = 0; k < run.count; ++k) {
      if (k % 1024 == 1023) options_.stop.check();
      const std::size_t i = run.first + k;
      const Crack& c = loop_.cracks[i < n_ ? i : i - n_];
      const Pixel in = inner_pixel(c), out = outer_pixel(c);
      const Point normal{double(out.x - in.x), double(out.y - in.y)};
      const Point middle{c.x + kStepX[c.direction] * 0.5, c.y + kStepY[c.direction] * 0.5};
      const double below = covered(out, out.x - in.x, out.y - in.y) / 2.0;
      // What lies above may leave its measured edge, and must not uncover anything.
      const double clearance = std::max(kClearance, tolerance_at(edges_.glance(c), options_) + 0.3);
      stops.push_back({middle + normal * below, false, clearance, 0.8 * below});
    }
  }

  // Along the rim of the picture: its corners, and a step beneath what covers the part where the rim run ends.
  void add_border_stops(std::size_t r, std::vector<Stop>& stops) const {
    const Run& run = runs_[r];
    const Run& before = runs_[(r + runs_.size() - 1) % runs_.size()];
    const Run& after = runs_[(r + 1) % runs_.size()];
    if (runs_.size() > 1 && before.side == Side::hidden) stops.push_back({on_rim(run.first, -1), true});
    for (std::size_t k = 0; k < run.count; ++k) {
      const std::size_t i = run.first + k;
      if (loop_.cracks[i % n_].direction == loop_.cracks[(i + n_ - 1) % n_].direction) continue;
      if (k > 0 || runs_.size() == 1) stops.push_back({corner_before(i), true});
    }
    if (runs_.size() > 1 && after.side == Side::hidden) stops.push_back({on_rim(run.first + run.count - 1, +1), true});
  }

  Point on_rim(std::size_t i, int sense) const {
    const Crack& c = loop_.cracks[i % n_];
    const Point direction{double(sense * kStepX[c.direction]), double(sense * kStepY[c.direction])};
    const Point corner = corner_before(sense < 0 ? i : i + 1);
    const Pixel in = inner_pixel(c), out = outer_pixel(c);
    const Point inwards{0.5 * (in.x - out.x), 0.5 * (in.y - out.y)};  // look along the pixels of the rim
    return corner + direction * (depth(corner + inwards, direction) / 2);
  }

  bool on_same_rim(Point a, Point b) const {
    return (a.x <= 0 && b.x <= 0) || (a.y <= 0 && b.y <= 0) || (a.x >= parts_.width && b.x >= parts_.width) ||
           (a.y >= parts_.height && b.y >= parts_.height);
  }

  // Whether a straight way stays beneath what covers this part, and covers all of it.
  bool passable(Point a, Point b, double clearance) const {
    if (on_same_rim(a, b)) return true;
    const double way = length(b - a);
    if (way < 1e-9) return true;
    const Point direction = (b - a) * (1 / way), normal{-direction.y, direction.x};
    Cover cover(*this);
    for (double d = 0.5; d < way; d += 0.5) {
      const Point p = a + direction * d;
      if (!cover.at(p)) return false;
      if (d < 1.5 || d > way - 1.5) continue;
      if (own(p + normal * clearance) || own(p - normal * clearance)) return false;
    }
    return true;
  }

  // Whether a way that cuts the stops before `last` short leaves something to be seen on its other side: what the part
  // encloses, but neither is the part itself nor lies above it.
  bool cuts_off(Point from, const std::vector<Stop>& stops, std::size_t next, std::size_t last) const {
    if (last <= next) return false;
    double twice_area = 0, top = from.y, bottom = from.y;
    Point before = from;
    for (std::size_t k = next; k <= last; ++k) {
      const Point at = stops[k].at;
      twice_area += cross(before - from, at - from);
      top = std::min(top, at.y), bottom = std::max(bottom, at.y);
      before = at;
    }
    if (std::fabs(twice_area) < 2 * kCutOff) return false;
    const int first_row = std::max(first_centre(top), 0);
    const int rows = std::min(first_centre(bottom), parts_.height) - first_row;
    if (rows <= 0) return false;
    // Where the outline crosses the rows' middles: how often first, so that all have their place in one list.
    std::vector<std::int32_t> end(static_cast<std::size_t>(rows) + 1);
    const auto each_crossing = [&](const auto& visit) {
      Point a = stops[last].at;
      const auto edge = [&](Point b) {
        const int begin = std::max(first_centre(std::min(a.y, b.y)) - first_row, 0);
        const int behind = std::min(first_centre(std::max(a.y, b.y)) - first_row, rows);
        for (int row = begin; row < behind; ++row) visit(row, a, b);
        a = b;
      };
      edge(from);
      for (std::size_t k = next; k <= last; ++k) edge(stops[k].at);
    };
    each_crossing([&](int row, Point, Point) { ++end[row + 1]; });
    for (std::size_t k = 1; k < end.size(); ++k) end[k] += end[k - 1];
    std::vector<double> crossings(static_cast<std::size_t>(end.back()));
    each_crossing([&](int row, Point a, Point b) {
      crossings[end[row]++] = a.x + (first_row + row + 0.5 - a.y) / (b.y - a.y) * (b.x - a.x);
    });
    int seen = 0;
    for (int row = 0, k = 0; row < rows; ++row) {
      options_.stop.check();
      std::sort(crossings.begin() + k, crossings.begin() + end[row]);
      for (; k + 1 < end[row]; k += 2) {
        const int behind = std::min(first_centre(crossings[k + 1]), parts_.width);
        for (int x = std::max(first_centre(crossings[k]), 0); x < behind; ++x) {
          const std::int32_t other = parts_.at(x, first_row + row);
          if (other != loop_.part && !layers_.hides(other, loop_.part) && ++seen >= kCutOff) return true;
        }
      }
      k = end[row];
    }
    return false;
  }

  // The first row or column whose pixels' middles do not lie before a place.
  static int first_centre(double at) {
    const int whole = static_cast<int>(at - 0.5);
    return whole + (at - 0.5 > whole);
  }

  // The fewest straight ways through the stops, greedily; ends at the last stop.
  void route(Point from, const std::vector<Stop>& stops, std::vector<Segment>& out) const {
    std::size_t next = 0;
    while (next < stops.size()) {
      options_.stop.check();
      std::size_t needed = next;
      while (!stops[needed].needed && needed + 1 < stops.size()) ++needed;
      std::size_t reached = next;
      const auto passes = [&](std::size_t last) {
        double clearance = kClearance, room = 1e9;
        for (std::size_t k = next; k <= last; ++k) {
          clearance = std::max(clearance, stops[k].clearance);
          room = std::min(room, stops[k].room);
        }
        clearance = std::min(clearance, room);
        return passable(from, stops[last].at, clearance) && !cuts_off(from, stops, next, last);
      };
      if (passes(needed)) {
        reached = needed;
      } else {
        // What is farther may be open where what is nearer is not, so the search comes back from afar.
        for (std::size_t span = needed - next; span > 0; span = span * 3 / 4) {
          if (!passes(next + span - 1)) continue;
          reached = next + span - 1;
          break;
        }
      }
      out.push_back(line_to(stops[reached].at));
      from = stops[reached].at;
      next = reached + 1;
    }
  }

  const Parts& parts_;
  const Layers& layers_;
  const EdgeFinder& edges_;
  const FitOptions& options_;
  const Loop& loop_;
  const std::size_t n_;
  std::vector<Run> runs_;
};

}  // namespace

void OutlineDrawer::draw(const Loop& loop, std::vector<Contour>& out) const {
  Contour contour;
  if (LoopDrawer(parts_, layers_, edges_, options_, loop).draw(contour)) out.push_back(std::move(contour));
}

}  // namespace imgmill::trace
