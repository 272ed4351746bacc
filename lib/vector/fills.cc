// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "vector/fills.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include <fmt/format.h>

namespace imgmill::vector {
namespace {

constexpr double kOff = 0.5;      // levels by which a colour may be off because a place is rounded
constexpr double kLeastBox = 16;  // units of the grid: a shape's box is off by less than one
constexpr int kMostDigits = 5;

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

// The value of an attribute that holds a share of 255, without its leading zero.
std::string alpha_value(std::uint8_t alpha) {
  // Two digits after the point tell all but a few of the 256 steps apart; three tell all.
  int thousandths = (alpha * 1000 + 127) / 255;
  if (const int hundredths = (thousandths + 5) / 10; (hundredths * 255 + 50) / 100 == alpha)
    thousandths = hundredths * 10;
  std::string digits = std::to_string(1000 + thousandths).substr(1);
  while (!digits.empty() && digits.back() == '0') digits.pop_back();
  return fmt::format(".{}", digits.empty() ? "0" : digits);
}

std::string solid_attributes(const Solid& solid) {
  const image::Rgba color = solid.color;
  std::string text;
  if (color.r != 0 || color.g != 0 || color.b != 0) text += " fill=\"" + hex(color) + '"';
  if (color.a != 255) text += fmt::format(" fill-opacity=\"{}\"", alpha_value(color.a));
  return text;
}

// Strokes are of one colour.
std::string stroke_attributes(const Shape& shape, double step) {
  const image::Rgba color = std::get<Solid>(shape.fill).color;
  std::string text = " fill=\"none\" stroke=\"" + hex(color) + '"';
  if (color.a != 255) text += fmt::format(" stroke-opacity=\"{}\"", alpha_value(color.a));
  return text + fmt::format(" stroke-width=\"{}\" stroke-linecap=\"round\" stroke-linejoin=\"round\"",
                            std::max<std::int64_t>(std::llround(shape.stroke / step), 1));
}

std::string stops_text(const std::vector<ColorStop>& stops) {
  std::string text;
  for (const ColorStop& stop : stops) {
    text += "<stop";
    const int hundredths = static_cast<int>(std::lround(stop.offset * 100));
    if (hundredths >= 100) {
      text += " offset=\"1\"";
    } else if (hundredths > 0) {
      text += hundredths % 10 == 0 ? fmt::format(" offset=\".{}\"", hundredths / 10)
                                   : fmt::format(" offset=\".{:02}\"", hundredths);
    }
    if (stop.color.r != 0 || stop.color.g != 0 || stop.color.b != 0) {
      text += fmt::format(" stop-color=\"{}\"", hex(stop.color));
    }
    if (stop.color.a != 255) text += fmt::format(" stop-opacity=\"{}\"", alpha_value(stop.color.a));
    text += "/>";
  }
  return text;
}

// A number with that many digits after the point at most.
std::string number(double v, int digits) {
  std::string text = fmt::format("{:.{}f}", v, digits);
  if (text.find('.') != std::string::npos) {
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
  }
  const bool minus = text[0] == '-';
  if (text.size() > std::size_t(minus) + 1 && text[minus] == '0') text.erase(minus, 1);
  return text == "-0" ? "0" : text;
}

double rounded(double v, int digits) {
  double scale = 1;
  for (int k = 0; k < digits; ++k) scale *= 10;
  return std::round(v * scale) / scale;
}
Point rounded(Point p, int digits) { return {rounded(p.x, digits), rounded(p.y, digits)}; }

// Where a linear gradient begins and ends.
struct Line {
  Point from, to;

  double along(Point p) const { return dot(to - from, p - from) / dot(to - from, to - from); }
};

// The middle of an ellipse and two half axes, or any two conjugate ones.
struct Oval {
  Point centre, a, b;

  double along(Point p) const {
    const double det = cross(a, b);
    return length({cross(p - centre, b) / det, cross(a, p - centre) / det});
  }
};

// By how much of its whole way a gradient may be off, where its colours change most.
double room(const std::vector<ColorStop>& stops) {
  double steepest = 1;  // levels by the whole way
  for (std::size_t k = 1; k < stops.size(); ++k) {
    const image::Rgba a = stops[k - 1].color, b = stops[k].color;
    const int most = std::max({std::abs(a.r - b.r), std::abs(a.g - b.g), std::abs(a.b - b.b), std::abs(a.a - b.a)});
    steepest = std::max(steepest, most / std::max(stops[k].offset - stops[k - 1].offset, 0.005));
  }
  return kOff / steepest;
}

// The box of a shape, px, and how places by shares of it are taken by a viewer that counts the handles in.
class Frame {
 public:
  Frame(const Bounds& bounds, double step) : low_(bounds.drawn.low * step), size_(bounds.drawn.size() * step) {
    const Point size = bounds.handles.size(), drawn = bounds.drawn.size(), off = bounds.drawn.low - bounds.handles.low;
    shift_ = {off.x / size.x, off.y / size.y}, scale_ = {drawn.x / size.x, drawn.y / size.y};
  }

  Point size() const { return size_; }
  Point share(Point p) const { return {(p.x - low_.x) / size_.x, (p.y - low_.y) / size_.y}; }

  // Whether a gradient as it is written is as good as another to every viewer, all over the box.
  template <class Place>
  bool alike(const Place& written, const Place& meant, double room) const {
    constexpr int kSteps = 4;
    for (int k = 0; k < (kSteps + 1) * (kSteps + 1); ++k) {
      const Point p{double(k % (kSteps + 1)) / kSteps, double(k / (kSteps + 1)) / kSteps};
      const Point other{shift_.x + p.x * scale_.x, shift_.y + p.y * scale_.y};
      const double t = std::clamp(meant.along(p), 0.0, 1.0);
      if (!(std::fabs(std::clamp(written.along(p), 0.0, 1.0) - t) <= room)) return false;
      if (!(std::fabs(std::clamp(written.along(other), 0.0, 1.0) - t) <= room)) return false;
    }
    return true;
  }

 private:
  Point low_, size_, shift_, scale_;
};

constexpr std::string_view kUserUnits = " gradientUnits=\"userSpaceOnUse\"";

std::string attribute(std::string_view name, double v, int digits, std::optional<double> unsaid = 0.0) {
  if (unsaid && rounded(v, digits) == *unsaid) return {};
  return fmt::format(" {}=\"{}\"", name, number(v, digits));
}

// A gradient is the same all along its normal, so that its line may slide until one of its ends is on an axis, which
// need not be said.
std::vector<Line> slid(const Line& line) {
  const Point way = line.to - line.from, normal{-way.y, way.x};
  std::vector<Line> lines;
  const auto slide = [&](double by) {
    if (std::fabs(by) < 1e3) lines.push_back({line.from + normal * by, line.to + normal * by});
  };
  if (normal.x != 0) slide(-line.from.x / normal.x);
  if (normal.y != 0) slide(-line.from.y / normal.y), slide(-line.to.y / normal.y);
  return lines;
}

std::string text_of(const Line& line, int digits, bool user) {
  return attribute("x1", line.from.x, digits) + attribute("y1", line.from.y, digits) +
         attribute("x2", line.to.x, digits, user ? std::optional<double>() : 1.0) + attribute("y2", line.to.y, digits);
}

// The same ellipse by half axes of which one is level, or one upright: a number is 0.
std::vector<Oval> turned(const Oval& oval) {
  const auto turn = [&](double cosine, double sine) -> Oval {
    const double size = std::sqrt(cosine * cosine + sine * sine), c = cosine / size, s = sine / size;
    return {oval.centre, oval.a * c + oval.b * s, oval.b * c - oval.a * s};
  };
  return {turn(oval.b.y, -oval.a.y), turn(oval.a.x, oval.b.x)};
}

std::string matrix(Point x, Point y, Point origin, int digits) {
  const auto say = [&](double v) { return number(v, digits); };
  return fmt::format(" gradientTransform=\"matrix({} {} {} {} {} {})\"", say(x.x), say(x.y), say(y.x), say(y.y),
                     say(origin.x), say(origin.y));
}

Oval rounded(const Oval& o, int digits) {
  return {rounded(o.centre, digits), rounded(o.a, digits), rounded(o.b, digits)};
}

using Text = std::optional<std::string>;

void take_shorter(Text& best, std::string text) {
  if (!best || text.size() < best->size()) best = std::move(text);
}

std::string in_user_units(const LinearGradient& g, double step) {
  Text best;
  const Line whole{g.from * (1 / step), g.to * (1 / step)};
  for (const Line& line : slid(whole)) take_shorter(best, text_of(line, 0, true));
  return fmt::format("{}{}", kUserUnits, best ? *best : text_of(whole, 0, true));
}

std::string in_user_units(const RadialGradient& g, double step) {
  const Oval oval{g.centre * (1 / step), g.a * (1 / step), g.b * (1 / step)};
  const double a = length(oval.a), b = length(oval.b);
  if (std::fabs(a - b) <= 0.005 * a && std::fabs(dot(oval.a, oval.b)) <= 0.005 * a * b) {
    return fmt::format("{}{}{}{}", kUserUnits, attribute("cx", oval.centre.x, 0, {}),
                       attribute("cy", oval.centre.y, 0, {}), attribute("r", std::max(a, 1.0), 0, {}));
  }
  Text best;
  for (const Oval& o : turned(oval)) {
    take_shorter(best, fmt::format("{} cx=\"0\" cy=\"0\" r=\"1\"{}", kUserUnits, matrix(o.a, o.b, o.centre, 0)));
  }
  return *best;
}

// By shares of a box, with as few digits as keep it where it is; nothing where none do.
Text in_box(const LinearGradient& g, const Frame& box) {
  // Across, what is equal stays equal, but not along the same line.
  const Point size = box.size(), way = g.to - g.from;
  const Point slope = way * (1 / dot(way, way)), stretched{slope.x * size.x, slope.y * size.y};
  const Point from = box.share(g.from);
  const Line line{from, from + stretched * (1 / dot(stretched, stretched))};
  const double off = room(g.stops);
  Text best;
  for (int digits = 1; digits <= kMostDigits && !best; ++digits) {
    for (const Line& moved : slid(line)) {
      const Line written{rounded(moved.from, digits), rounded(moved.to, digits)};
      if (box.alike(written, line, off)) take_shorter(best, text_of(written, digits, false));
    }
  }
  return best;
}

Text in_box(const RadialGradient& g, const Frame& box) {
  const Point size = box.size();
  const auto share = [&](Point p) { return Point{p.x / size.x, p.y / size.y}; };
  const Oval oval{box.share(g.centre), share(g.a), share(g.b)};
  const double det = std::fabs(cross(oval.a, oval.b));
  const double off = room(g.stops);
  Text best;
  for (int digits = 1; digits <= kMostDigits && !best; ++digits) {
    const Point at = rounded(oval.centre, digits);
    const double radius = rounded(std::sqrt(det), digits);
    if (box.alike(Oval{at, {radius, 0}, {0, radius}}, oval, off)) {
      take_shorter(best, attribute("cx", at.x, digits, 0.5) + attribute("cy", at.y, digits, 0.5) +
                             attribute("r", radius, digits, 0.5));
    }
    for (const Oval& o : turned(oval)) {
      // The circle that is meant where nothing is said: in the middle, by half of the box.
      const Oval twice = rounded(Oval{o.centre - o.a - o.b, o.a * 2, o.b * 2}, digits);
      const Oval written{twice.centre + (twice.a + twice.b) * 0.5, twice.a * 0.5, twice.b * 0.5};
      if (box.alike(written, oval, off)) take_shorter(best, matrix(twice.a, twice.b, twice.centre, digits));
    }
  }
  return best;
}

// The attributes that say where a gradient lies; null bounds: only in the drawing's units.
template <class Gradient>
std::string placed(const Gradient& g, const Bounds* bounds, double step) {
  const std::string plain = in_user_units(g, step);
  if (bounds == nullptr) return plain;
  const Point size = bounds->drawn.size();
  if (size.x < kLeastBox || size.y < kLeastBox) return plain;
  const Text shares = in_box(g, Frame(*bounds, step));
  return shares && shares->size() < plain.size() ? *shares : plain;
}

// a…z, A…Z, then two letters.
std::string name(std::size_t k) {
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  std::string id;
  for (++k; k > 0; k = (k - 1) / kLetters.size()) id.insert(id.begin(), kLetters[(k - 1) % kLetters.size()]);
  return id;
}

}  // namespace

Fills::Fills(const Document& document, double step, bool boxes) : step_(step), boxes_(boxes) {
  for (const Shape& shape : document.shapes) {
    if (std::holds_alternative<Solid>(shape.fill)) continue;
    const auto known = std::find_if(gradients_.begin(), gradients_.end(),
                                    [&](const Gradient& g) { return g.first->fill == shape.fill; });
    if (known == gradients_.end()) {
      gradients_.push_back({&shape, false, {}});
    } else {
      known->shared = true;
    }
  }
}

std::string Fills::attributes(const Shape& shape) {
  return paint_attributes(shape) + filter_attribute(shape);
}

// As wide around the shape as the blur is seen, in tenths of the shape's box.
std::string Fills::filter_attribute(const Shape& shape) {
  if (shape.blur == 0) return {};
  const Point size = bounds(shape, step_).drawn.size() * step_;
  const double reach = kBlurReach * shape.blur;
  const auto tenths = [&](double side) { return std::ceil(10 * reach / std::max(side, 1.0)) / 10; };
  const double x = tenths(size.x), y = tenths(size.y);
  const std::string id = name(written_++);
  const Solid* solid = std::get_if<Solid>(&shape.fill);
  const bool is_black = solid != nullptr && solid->color.r == 0 && solid->color.g == 0 && solid->color.b == 0;
  defs_ += fmt::format("<filter id=\"{}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"{}>", id, number(-x, 1),
                       number(-y, 1), number(1 + 2 * x, 1), number(1 + 2 * y, 1),
                       is_black ? "" : " color-interpolation-filters=\"sRGB\"");
  defs_ += fmt::format("<feGaussianBlur stdDeviation=\"{}\"/></filter>", number(shape.blur / step_, 0));
  return fmt::format(" filter=\"url(#{})\"", id);
}

std::string Fills::paint_attributes(const Shape& shape) {
  if (shape.stroke > 0) return stroke_attributes(shape, step_);
  if (const Solid* solid = std::get_if<Solid>(&shape.fill)) return solid_attributes(*solid);
  Gradient& gradient = *std::find_if(gradients_.begin(), gradients_.end(),
                                     [&](const Gradient& g) { return g.first->fill == shape.fill; });
  if (gradient.id.empty()) {
    gradient.id = name(written_++);
    const bool boxed = boxes_ && !gradient.shared;
    const Bounds box = boxed ? bounds(shape, step_) : Bounds{};
    const auto define = [&](std::string_view kind, const auto& g) {
      defs_ += fmt::format("<{0} id=\"{1}\"{2}>{3}</{0}>", kind, gradient.id, placed(g, boxed ? &box : nullptr, step_),
                           stops_text(g.stops));
    };
    if (const LinearGradient* linear = std::get_if<LinearGradient>(&shape.fill)) {
      define("linearGradient", *linear);
    } else {
      define("radialGradient", std::get<RadialGradient>(shape.fill));
    }
  }
  return fmt::format(" fill=\"url(#{})\"", gradient.id);
}

std::string Fills::defs() const { return defs_.empty() ? "" : fmt::format("<defs>{}</defs>", defs_); }

}  // namespace imgmill::vector
