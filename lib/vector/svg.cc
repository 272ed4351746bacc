// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "vector/svg.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <string_view>

namespace imgmill::vector {
namespace {

struct GridPoint {
  std::int64_t x = 0, y = 0;
  friend GridPoint operator-(GridPoint a, GridPoint b) { return {a.x - b.x, a.y - b.y}; }
  friend GridPoint operator+(GridPoint a, GridPoint b) { return {a.x + b.x, a.y + b.y}; }
  friend bool operator==(GridPoint, GridPoint) = default;
};

void append_number(std::string& out, std::int64_t value) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  out.append(digits, end);
}

// The commands of one path: relative, the letter left out where it repeats, a minus sign doing for a separator.
class PathWriter {
 public:
  PathWriter(std::string& out, double step) : out_(out), scale_(1 / step) {}

  void contour(const Contour& contour) {
    const GridPoint start = grid(contour.start);
    const std::size_t begin = out_.size();
    move_to(start);
    std::size_t drawn = 0;
    for (std::size_t k = 0; k < contour.segments.size(); ++k) {
      const Segment& s = contour.segments[k];
      const bool last = k + 1 == contour.segments.size();
      if (s.cubic) {
        drawn += cubic(grid(s.c1), grid(s.c2), grid(s.to));
      } else if (!(last && grid(s.to) == start)) {
        drawn += line(grid(s.to));
      }
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
  GridPoint grid(Point p) const { return {std::llround(p.x * scale_), std::llround(p.y * scale_)}; }

  void number(std::int64_t value) {
    const char last = out_.empty() ? ' ' : out_.back();
    if (value >= 0 && last >= '0' && last <= '9') out_ += ' ';
    append_number(out_, value);
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
    if (to == at_ && c1 == at_ && c2 == at_) return false;
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

  // Both handles on the chord, between its ends.
  static bool straight(GridPoint a, GridPoint b, GridPoint chord) {
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

std::string hex(image::Rgba c) {
  constexpr char kDigits[] = "0123456789abcdef";
  const std::uint8_t channels[] = {c.r, c.g, c.b};
  const bool is_short = std::all_of(std::begin(channels), std::end(channels), [](int v) { return v % 17 == 0; });
  std::string text = "#";
  for (const std::uint8_t v : channels) {
    text += kDigits[v >> 4];
    if (!is_short) text += kDigits[v & 15];
  }
  return text;
}

std::string attributes(const Fill& fill) {
  const image::Rgba color = std::get<Solid>(fill).color;
  std::string text;
  if (color.r != 0 || color.g != 0 || color.b != 0) text += " fill=\"" + hex(color) + '"';
  if (color.a != 255) {
    // Two digits after the point tell all but a few of the 256 steps apart; three tell all.
    int thousandths = (color.a * 1000 + 127) / 255;
    if (const int hundredths = (thousandths + 5) / 10; (hundredths * 255 + 50) / 100 == color.a)
      thousandths = hundredths * 10;
    std::string digits = std::to_string(1000 + thousandths).substr(1);
    while (!digits.empty() && digits.back() == '0') digits.pop_back();
    text += " fill-opacity=\"." + (digits.empty() ? "0" : digits) + '"';
  }
  return text;
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
  const Fill* group = nullptr;
  std::size_t contours = 0;
  for (const Shape& shape : document.shapes) {
    if (options.group_by_color && (group == nullptr || !(*group == shape.fill))) {
      if (group != nullptr) out += "</g>";
      out += "<g" + attributes(shape.fill) + '>';
      group = &shape.fill;
    }
    const std::size_t begin = out.size();
    out += "<path" + (options.group_by_color ? "" : attributes(shape.fill)) + " d=\"";
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
  out += "</svg>\n";
  return out;
}

}  // namespace imgmill::vector
