// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "vector/svg.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "vector/arc.h"
#include "vector/fills.h"

namespace imgmill::vector {
namespace {

struct GridPoint {
  std::int64_t x = 0, y = 0;
  friend GridPoint operator-(GridPoint a, GridPoint b) { return {a.x - b.x, a.y - b.y}; }
  friend GridPoint operator+(GridPoint a, GridPoint b) { return {a.x + b.x, a.y + b.y}; }
  friend bool operator==(GridPoint, GridPoint) = default;
};

GridPoint on_grid(Point p, double scale) { return {std::llround(p.x * scale), std::llround(p.y * scale)}; }

// In units of the grid, its radii in parts of one.
Ellipse on_grid(const Ellipse& e, double scale, double parts) {
  const auto rounded = [&](double radius) { return std::round(radius * scale * parts) / parts; };
  return {e.centre * scale, rounded(e.rx), rounded(e.ry), e.clockwise, e.axis};
}

constexpr double kDegrees = 57.29577951308232;  // in a radian

// Of an axis, −90…90°: clockwise on the screen.
double degrees(Point axis) {
  const double acute = angle_between({1, 0}, {std::fabs(axis.x), axis.y}) * kDegrees;
  return (axis.x < 0) == (axis.y < 0) ? acute : -acute;
}

constexpr double kFlat = 0.5;      // units of the grid: an arc that rises less is a line
constexpr double kRiseStep = 0.5;  // … by which the rise of an arc may be off
constexpr double kTurnStep = 0.5;  // … by which the axis of an ellipse may be off
constexpr double kCut = 0.1;       // … that may be cut off an ellipse where its outline is closed

void append_number(std::string& out, std::int64_t value) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  out.append(digits, end);
}

// An angle with the fewest digits, at most two after the point, that keep what is so far from the middle on the grid.
double rounded_turn(double exact, double far) {
  double rounded = exact;
  for (const double parts : {1.0, 10.0, 100.0}) {
    rounded = std::round(exact * parts) / parts;
    if (std::fabs((rounded - exact) * far) <= kTurnStep * kDegrees) break;
  }
  return rounded;
}

// The commands of one path: relative, the letter left out where it repeats, a minus sign doing for a separator.
class PathWriter {
 public:
  PathWriter(std::string& out, double step) : out_(out), scale_(1 / step) {}

  void contour(const Contour& contour) {
    if (contour.ellipse && ellipse(*contour.ellipse)) return;
    const GridPoint start = grid(contour.start);
    const std::size_t begin = out_.size();
    move_to(start);
    std::size_t drawn = 0;
    Point from = contour.start;
    for (std::size_t k = 0; k < contour.segments.size(); ++k) {
      const Segment& s = contour.segments[k];
      const bool last = k + 1 == contour.segments.size();
      const Point begins = from;
      from = s.to;
      if (s.cubic) {
        drawn += cubic(grid(s.c1), grid(s.c2), grid(s.to));
      } else if (s.is_arc()) {
        drawn += arc(begins, s);
      } else if (contour.open || !(last && grid(s.to) == start)) {
        drawn += line(grid(s.to));
      }
    }
    if (contour.open) {
      if (drawn == 0) out_ += "h0", command_ = 'h';  // a dot
      return;
    }
    if (drawn == 0) {  // nothing left of it on this grid
      out_.resize(begin);
      at_ = before_move_;
      command_ = 0;
      return;
    }
    out_ += 'z';
    command_ = 'z';
    at_ = start;
  }

 private:
  GridPoint grid(Point p) const { return on_grid(p, scale_); }

  void number(std::int64_t value) {
    const char last = out_.empty() ? ' ' : out_.back();
    if (value >= 0 && last >= '0' && last <= '9') out_ += ' ';
    append_number(out_, value);
  }
  // In hundredths at most.
  void number(double value) {
    const std::int64_t hundredths = std::llround(value * 100), part = std::abs(hundredths) % 100;
    hundredths<0 && hundredths> - 100 ? void(out_ += "-0") : number(hundredths / 100);
    if (part == 0) return;
    out_ += '.';
    out_ += static_cast<char>('0' + part / 10);
    if (part % 10 != 0) out_ += static_cast<char>('0' + part % 10);
  }
  void letter(char command) {
    if (command_ != command) out_ += command;
    command_ = command;
  }

  void move_to(GridPoint to) {
    before_move_ = at_;
    const GridPoint by = to - at_;
    std::string absolute = "M", relative = "m";
    append_number(absolute, to.x);
    if (to.y >= 0) absolute += ' ';
    append_number(absolute, to.y);
    append_number(relative, by.x);
    if (by.y >= 0) relative += ' ';
    append_number(relative, by.y);
    const bool use_relative = begun_ && relative.size() < absolute.size();
    out_ += use_relative ? relative : absolute;
    command_ = use_relative ? 'l' : 'L';  // what follows a move without a letter
    begun_ = true;
    at_ = to;
    smooth_ = to;
  }

  bool line(GridPoint to) {
    const GridPoint by = to - at_;
    if (by == GridPoint{}) return false;
    if (by.y == 0) {
      letter('h');
      number(by.x);
    } else if (by.x == 0) {
      letter('v');
      number(by.y);
    } else {
      letter('l');
      number(by.x);
      number(by.y);
    }
    at_ = smooth_ = to;
    return true;
  }

  bool cubic(GridPoint c1, GridPoint c2, GridPoint to) {
    if (straight(c1 - at_, c2 - at_, to - at_)) return line(to);
    if (c1 == smooth_ && (command_ == 'c' || command_ == 's')) {
      letter('s');
    } else {
      letter('c');
      number((c1 - at_).x);
      number((c1 - at_).y);
    }
    number((c2 - at_).x);
    number((c2 - at_).y);
    number((to - at_).x);
    number((to - at_).y);
    at_ = to;
    smooth_ = to + (to - c2);
    return true;
  }

  // As an arc or as curves, whichever is shorter.
  bool arc(Point from, const Segment& s) {
    const GridPoint to = grid(s.to);
    const double rise = s.rise * scale_;
    if (std::fabs(rise) < kFlat) return line(to);
    const std::size_t begin = out_.size();
    const GridPoint at = at_, smooth = smooth_;
    const char command = command_;
    for (const Segment& c : Arc(from, s.to, s.rise).cubics()) cubic(grid(c.c1), grid(c.c2), grid(c.to));
    if (to == at) return true;  // its ends are one on this grid
    const std::string curves = out_.substr(begin);
    const GridPoint smooth_after = smooth_;
    const char command_after = command_;
    out_.resize(begin);
    at_ = at, smooth_ = smooth, command_ = command;
    arc(rise, to);
    if (curves.size() < out_.size() - begin) {
      out_.replace(begin, std::string::npos, curves);
      smooth_ = smooth_after, command_ = command_after;
    }
    return true;
  }

  // With the coarsest radius that keeps its rise on the grid. Where it is nearly half a circle, its rise follows the
  // radius too much, and it is two arcs, unless it is half a circle exactly.
  void arc(double rise, GridPoint to) {
    const GridPoint chord = to - at_;
    const double half = std::hypot(double(chord.x), double(chord.y)) / 2, up = std::fabs(rise);
    const double radius = (up * up + half * half) / (2 * up);
    const auto keeps = [&](double r) {
      const double below = std::sqrt(std::max(r * r - half * half, 0.0));
      return std::fabs(std::max(r, half) + (up > half ? below : -below) - up) <= kRiseStep;
    };
    for (const double parts : {1.0, 10.0, 100.0}) {
      for (const double r : {std::floor(half), std::round(radius * parts) / parts}) {
        if (r >= 1 && keeps(r)) return arc_command(r, r, 0, up > half, rise > 0, chord);
      }
    }
    const GridPoint middle{std::llround((at_.x + to.x + chord.y * rise / half) / 2),
                           std::llround((at_.y + to.y - chord.x * rise / half) / 2)};
    for (const GridPoint end : {middle, to}) {
      const GridPoint part = end - at_;
      arc_command(std::round(radius), std::round(radius), 0, false, rise > 0, part);
    }
  }

  void arc_command(double rx, double ry, double turn, bool large, bool clockwise, GridPoint by) {
    letter('a');
    number(rx);
    number(ry);
    number(turn);
    out_ += large ? " 1" : " 0";
    out_ += clockwise ? '1' : '0';
    append_number(out_, by.x);  // a flag is one character: nothing need follow it
    number(by.y);
    at_ = smooth_ = at_ + by;
  }

  // Nearly all around: a chord is left, so short that the line which closes it cuts hardly anything off. Where it
  // stands is free, so it is put where its ends are on the grid without moving the ellipse. False where the grid is too
  // coarse.
  bool ellipse(const Ellipse& whole) {
    Ellipse e = on_grid(whole, scale_, 10);
    if (e.rx < 1 || e.ry < 1) return false;
    const double turned = set_turn(e);
    GridPoint start, chord;
    double least = 1e9;
    for (int x = 0; x <= 9; ++x) {
      for (int y = x == 0 ? 1 : -9; y <= 9; ++y) {
        const std::optional<Point> begins = chord_begins(e, {double(x), double(y)});
        if (!begins) continue;
        const GridPoint at = on_grid(*begins, 1);
        const double off = length(*begins - Point{double(at.x), double(at.y)});
        if (off < least) least = off, start = at, chord = {x, y};
      }
    }
    if (chord == GridPoint{}) return false;
    move_to(start);
    arc_command(e.rx, e.ry, turned, true, e.clockwise, chord);
    out_ += 'z';
    command_ = 'z';
    at_ = start;
    return true;
  }

  // Where a way nearly all around an ellipse begins, which ends by `chord` from there; nothing where that cuts too much
  // off.
  static std::optional<Point> chord_begins(const Ellipse& e, Point chord) {
    const double along = dot(chord, e.axis) / (2 * e.rx), across = dot(chord, e.across()) / (2 * e.ry);
    const double half2 = along * along + across * across;  // of the chord, where the ellipse is a circle of radius 1
    if (half2 >= 1) return std::nullopt;
    const Point out = Point{-chord.y, chord.x} * ((e.clockwise ? 1 : -1) / length(chord));
    const Point touched = e.farthest(out);
    const double left = std::sqrt(1 - half2);
    if (dot(touched, out) * (1 - left) > kCut) return std::nullopt;
    return e.centre + touched * left - chord * 0.5;
  }

  // Turns the axis to where the fewest digits of its angle are that keep the outline on the grid; that angle.
  static double set_turn(Ellipse& e) {
    if (e.rx == e.ry) return 0;
    const double exact = degrees(e.axis), written = rounded_turn(exact, e.rx - e.ry);
    e.axis = e.axis + e.across() * ((written - exact) / kDegrees);
    e.axis = e.axis * (1 / length(e.axis));
    return written;
  }

  // Both handles on the chord, between its ends; or on one line, where the curve comes back along it.
  static bool straight(GridPoint a, GridPoint b, GridPoint chord) {
    if (chord == GridPoint{}) return a.x * b.y == a.y * b.x;
    const auto on = [&](GridPoint p) {
      const double size = std::hypot(double(chord.x), double(chord.y));
      const double off = double(chord.x) * double(p.y) - double(chord.y) * double(p.x);
      const double along = double(chord.x) * double(p.x) + double(chord.y) * double(p.y);
      return std::fabs(off) <= 0.75 * size && along >= 0 && along <= size * size;
    };
    return on(a) && on(b);
  }

  std::string& out_;
  const double scale_;
  GridPoint at_, before_move_, smooth_;
  char command_ = 0;
  bool begun_ = false;
};

std::string element_of(const Ellipse& ellipse, const std::string& fill, double step) {
  const Ellipse e = on_grid(ellipse, 1 / step, 1);
  if (e.rx < 1 || e.ry < 1) return {};
  const GridPoint at = on_grid(e.centre, 1);
  const std::string centre = fmt::format("cx=\"{}\" cy=\"{}\"", at.x, at.y);
  if (e.rx == e.ry) return fmt::format("<circle{} {} r=\"{:.0f}\"/>", fill, centre, e.rx);
  if (e.is_slanted()) return {};
  return fmt::format("<ellipse{} {} rx=\"{:.0f}\" ry=\"{:.0f}\"/>", fill, centre, e.rx, e.ry);
}

std::string element_of(const Rectangle& exact, const std::string& fill, double step) {
  Rectangle r = exact;
  std::string slant;
  if (r.is_slanted()) {
    const double turn = degrees(r.axis), written = rounded_turn(turn, r.reach() / step);
    r = r.turned((written - turn) / kDegrees);
    slant = fmt::format(" transform=\"rotate({})\"", written);
  }
  const GridPoint low = on_grid(r.low, 1 / step), size = on_grid(r.high, 1 / step) - low;
  const std::int64_t radius = std::llround(r.radius / step);
  if (size.x < 1 || size.y < 1 || radius < 1) return {};
  return fmt::format("<rect{}{} x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"{}\"/>", fill, slant, low.x, low.y,
                     size.x, size.y, radius);
}

// The element for a shape that is one ellipse or rectangle; empty where it is something else, slanted, or too small for
// the grid.
std::string alone(const Shape& shape, const std::string& fill, double step) {
  if (shape.contours.size() != 1) return {};
  const Contour& contour = shape.contours[0];
  if (contour.ellipse) return element_of(*contour.ellipse, fill, step);
  // A gradient would turn with it.
  if (contour.rectangle && (!contour.rectangle->is_slanted() || std::holds_alternative<Solid>(shape.fill)))
    return element_of(*contour.rectangle, fill, step);
  return {};
}

// Whether one group's attributes are those of both. A blur's are of one shape.
bool is_drawn_alike(const Shape& a, const Shape& b) {
  return a.stroke == b.stroke && a.fill == b.fill && a.blur == 0 && b.blur == 0;
}

// The document's step, made coarser until the largest coordinate has no more digits than allowed.
double coordinate_step(const Document& document, int path_precision) {
  double step = document.resolution;
  const double largest = std::max(document.width, document.height);
  while (step < 1 && largest / step >= std::pow(10.0, path_precision)) step *= 2;
  return step;
}

}  // namespace

std::string write_svg(const Document& document, const SvgOptions& options, const base::Stop& stop) {
  const double step = coordinate_step(document, options.path_precision);
  std::string out = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + std::to_string(document.width) +
                    "\" height=\"" + std::to_string(document.height) + "\" viewBox=\"0 0 " +
                    std::to_string(std::llround(document.width / step)) + ' ' +
                    std::to_string(std::llround(document.height / step)) + "\">";
  const std::size_t head = out.size();
  Fills fills(document, step, !options.group_by_color);
  const Shape* group = nullptr;
  std::size_t contours = 0;
  for (const Shape& shape : document.shapes) {
    if (options.group_by_color && (group == nullptr || !is_drawn_alike(*group, shape))) {
      if (group != nullptr) out += "</g>";
      out += "<g" + fills.attributes(shape) + '>';
      group = &shape;
    }
    const std::size_t begin = out.size();
    const std::string fill = options.group_by_color ? "" : fills.attributes(shape);
    if (const std::string element = alone(shape, fill, step); !element.empty()) {
      out += element;
      continue;
    }
    out += "<path" + fill + " d=\"";
    const std::size_t empty = out.size();
    PathWriter path(out, step);
    for (const Contour& contour : shape.contours) {
      if (++contours % 64 == 0) stop.check();
      path.contour(contour);
    }
    if (out.size() == empty) {
      out.resize(begin);
    } else {
      out += "\"/>";
    }
  }
  if (group != nullptr) out += "</g>";
  out.insert(head, fills.defs());
  out += "</svg>\n";
  return out;
}

}  // namespace imgmill::vector
