// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/regular.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace imgmill::trace {
namespace {

using vector::Contour;
using vector::length;
using vector::Point;
using vector::Segment;

constexpr double kAskew = 0.1;   // px across it by which the ends of a line may be off
constexpr double kShortest = 5;  // px: of less, that is no evidence
constexpr double kBetween = 2;   // … where the lines on both sides are regular; and for a line beside a round corner

constexpr double kAlike = 0.2;      // px between the largest and the smallest of radii that are one
constexpr double kSlide = 0.5;      // px that the end of a round corner is moved along its line
constexpr double kLeastTurn = 0.3;  // the sine of its turn

struct GridPoint {
  std::int64_t x = 0, y = 0;
};
Point to_point(GridPoint p) { return {static_cast<double>(p.x), static_cast<double>(p.y)}; }

// a·x + b·y = c, a and b of −1…1; free where both are 0.
struct GridLine {
  int a = 0, b = 0;
  double exact = 0;    // the c that is measured
  std::int64_t c = 0;  // … and the one that is drawn

  bool is_free() const { return a == 0 && b == 0; }
  bool is_diagonal() const { return a != 0 && b != 0; }
  double at(Point p) const { return a * p.x + b * p.y; }

  // To the nearest, of a diagonal to that which is even or odd.
  void draw() { c = std::llround(exact); }
  void draw(int parity) { c = 2 * std::llround((exact - parity) / 2) + parity; }

  // Its point of the grid that is nearest.
  GridPoint nearest(Point p) const {
    if (b == 0) return {c * a, std::llround(p.y)};
    const std::int64_t x = std::llround(p.x + a * (c - at(p)) / (a * a + b * b));
    return {x, (c - a * x) * b};
  }
};

int det(const GridLine& l, const GridLine& m) { return l.a * m.b - l.b * m.a; }

GridPoint meeting(const GridLine& l, const GridLine& m) {
  const int d = det(l, m);
  return {(l.c * m.b - m.c * l.b) / d, (l.a * m.c - m.a * l.c) / d};
}

// An arc between two lines that it touches.
struct RoundCorner {
  std::size_t segment;
  Point sharp;             // where the lines meet
  Point in, out;           // the ways of the lines, of length 1
  double tangent, secant;  // of half its turn
  double radius;
};

// The points and lines of an outline, in units of the grid.
class Outline {
 public:
  Outline(Contour& contour, double step) : contour_(contour), step_(step) {
    points_.push_back(contour.start * (1 / step));
    for (const Segment& s : contour.segments) points_.push_back(s.to * (1 / step));
    if (points_.back() == points_.front()) points_.pop_back();
  }

  void run() {
    find_lines();
    while (!place()) {
    }
    even_out(round_corners());
    move();
  }

 private:
  std::size_t after(std::size_t k) const { return k + 1 < points_.size() ? k + 1 : 0; }
  std::size_t before(std::size_t k) const { return (k > 0 ? k : points_.size()) - 1; }

  bool is_bent(std::size_t k) const {
    return k < contour_.segments.size() && (contour_.segments[k].cubic || contour_.segments[k].is_arc());
  }

  // Line k leads from point k to the next.
  void find_lines() {
    lines_.resize(points_.size());
    for (std::size_t k = 0; k < points_.size(); ++k) lines_[k] = line_from(k, kShortest);
    const std::vector<GridLine> sure = lines_;
    for (std::size_t k = 0; k < points_.size(); ++k) {
      if (sure[k].is_free() && !sure[before(k)].is_free() && !sure[after(k)].is_free())
        lines_[k] = line_from(k, kBetween);
    }
  }

  // What is shorter than that many px must be exact.
  GridLine line_from(std::size_t k, double shortest) const {
    const Point from = points_[k], to = points_[after(k)];
    if (is_bent(k) || from == to) return {};
    const double most = length(to - from) * step_ < shortest ? 0 : kAskew / step_;
    for (GridLine line : {GridLine{0, 1}, GridLine{1, 0}, GridLine{1, 1}, GridLine{1, -1}}) {
      line.exact = line.at((from + to) * 0.5);
      if (std::fabs(line.at(to - from)) <= most * std::hypot(line.a, line.b)) return line;
    }
    return {};
  }

  // Where two diagonals meet is on the grid if both are even or both odd: which, is decided for all that meet in a row.
  void round_lines() {
    std::size_t first = 0;
    while (first < lines_.size() && lines_[first].is_diagonal()) ++first;
    if (first == lines_.size()) first = 0;
    std::vector<std::size_t> row;
    for (std::size_t k = 0; k < lines_.size(); ++k) {
      const std::size_t at = (first + k) % lines_.size();
      if (!lines_[at].is_diagonal()) {
        lines_[at].draw();
        round_row(row);
        row.clear();
      } else {
        row.push_back(at);
      }
    }
    round_row(row);
  }
  void round_row(const std::vector<std::size_t>& row) {
    std::array<double, 2> squares{};
    for (const int parity : {0, 1}) {
      for (const std::size_t k : row) {
        lines_[k].draw(parity);
        squares[parity] += (lines_[k].exact - lines_[k].c) * (lines_[k].exact - lines_[k].c);
      }
    }
    if (squares[1] < squares[0]) return;
    for (const std::size_t k : row) lines_[k].draw(0);
  }

  // Puts the points on their lines. False where two of one direction meet that lie apart: both are free from then on.
  bool place() {
    round_lines();
    placed_.clear();
    for (std::size_t k = 0; k < points_.size(); ++k) {
      GridLine &in = lines_[before(k)], &out = lines_[k];
      if (in.is_free() && out.is_free()) {
        placed_.push_back(points_[k]);
        continue;
      }
      const bool crosses = det(in, out) != 0;
      if (!crosses && !in.is_free() && !out.is_free() && in.c != out.c) {
        in = out = {};
        return false;
      }
      placed_.push_back(to_point(crosses ? meeting(in, out) : (in.is_free() ? out : in).nearest(points_[k])));
    }
    return true;
  }

  std::vector<RoundCorner> round_corners() const {
    std::vector<RoundCorner> found;
    for (std::size_t k = 0; k < contour_.segments.size(); ++k) {
      if (!contour_.segments[k].is_arc() || is_bent(before(k)) || is_bent(after(k))) continue;
      if (const auto corner = round_corner(k)) found.push_back(*corner);
    }
    return found;
  }

  // Its radius is told from where its middle is: how far it reaches along the lines hardly shows.
  std::optional<RoundCorner> round_corner(std::size_t k) const {
    const std::size_t next = after(k);
    const std::optional<RoundCorner> measured = sharp_corner(points_, k), drawn = sharp_corner(placed_, k);
    if (!measured || !drawn) return std::nullopt;
    const Point chord = points_[next] - points_[k];
    const double rise = contour_.segments[k].rise / step_;
    const Point middle = (points_[k] + points_[next]) * 0.5 + Point{chord.y, -chord.x} * (rise / length(chord));
    RoundCorner c = *drawn;
    c.radius = length(middle - measured->sharp) / (measured->secant - 1);
    for (const Point end : {points_[k], points_[next]}) {
      if (!(std::fabs(length(end - measured->sharp) - c.radius * measured->tangent) * step_ <= kSlide))
        return std::nullopt;
    }
    return c;
  }
  // Where the lines before and after an arc meet, which must turn as the arc does, and meet ahead of it: those of a cusp
  // meet behind it.
  std::optional<RoundCorner> sharp_corner(const std::vector<Point>& points, std::size_t k) const {
    const std::size_t next = after(k);
    const Point in = points[k] - points[before(k)], out = points[after(next)] - points[next];
    if (std::min(length(in), length(out)) * step_ < kBetween) return std::nullopt;
    RoundCorner c{k, {}, in * (1 / length(in)), out * (1 / length(out)), 0, 0, 0};
    const double sine = cross(c.in, c.out);
    if (std::fabs(sine) < kLeastTurn || (sine > 0) != (contour_.segments[k].rise > 0)) return std::nullopt;
    c.sharp = points[k] + c.in * (cross(points[next] - points[k], c.out) / sine);
    if (dot(c.sharp - points[k], c.in) < 0 || dot(points[next] - c.sharp, c.out) < 0) return std::nullopt;
    c.tangent = std::fabs(sine) / (1 + dot(c.in, c.out));
    c.secant = std::sqrt(1 + c.tangent * c.tangent);
    return c;
  }

  void even_out(std::vector<RoundCorner> corners) {
    std::sort(corners.begin(), corners.end(), [](const auto& a, const auto& b) { return a.radius < b.radius; });
    for (auto first = corners.begin(); first != corners.end();) {
      const auto last = std::find_if(first, corners.end(),
                                     [&](const RoundCorner& c) { return (c.radius - first->radius) * step_ > kAlike; });
      double sum = 0;
      for (auto c = first; c != last; ++c) sum += c->radius;
      const double radius = std::round(sum / static_cast<double>(last - first));
      for (; first != last; ++first) set_radius(*first, radius);
    }
  }
  void set_radius(const RoundCorner& c, double radius) {
    const std::size_t next = after(c.segment);
    placed_[c.segment] = on_line(before(c.segment), c.sharp - c.in * (radius * c.tangent));
    placed_[next] = on_line(next, c.sharp + c.out * (radius * c.tangent));
    double& rise = contour_.segments[c.segment].rise;
    rise = (rise > 0 ? radius : -radius) * (1 - 1 / c.secant) * step_;
  }
  Point on_line(std::size_t k, Point p) const { return lines_[k].is_free() ? p : to_point(lines_[k].nearest(p)); }

  // Handles stay where they were measured; points on the way of a line, also there and back, are left out.
  void move() {
    contour_.start = placed_[0] * step_;
    Point at = placed_[0];
    std::vector<Segment> segments;
    for (std::size_t k = 0; k < contour_.segments.size(); ++k) {
      const std::size_t to = after(k);
      const bool straight = to != 0 && !is_bent(k) && !is_bent(to);
      if (straight && cross(placed_[to] - at, placed_[after(to)] - placed_[to]) == 0) continue;
      segments.push_back(contour_.segments[k]);
      at = placed_[to];
      segments.back().to = at * step_;
    }
    contour_.segments = std::move(segments);
  }

  Contour& contour_;
  const double step_;
  std::vector<Point> points_, placed_;
  std::vector<GridLine> lines_;
};

}  // namespace

void make_regular(Contour& contour, double step) {
  if (!contour.ellipse && !contour.rectangle && !contour.segments.empty()) Outline(contour, step).run();
}

}  // namespace imgmill::trace
