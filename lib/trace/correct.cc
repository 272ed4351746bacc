// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/correct.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <span>

#include "trace/coverage.h"
#include "trace/ellipse.h"
#include "trace/gauss_newton.h"
#include "trace/rectangle.h"

namespace imgmill::trace {
namespace {

using vector::Contour;
using vector::Point;
using vector::Segment;

constexpr double kThinnest = 0.1;           // px: a radius
constexpr double kRim = 0.01;               // px: what is nearer to the rim lies on it
constexpr double kLeastRise = 0.02;         // px, of an arc
constexpr double kFarthest = 1;             // px that a point moves in one step
constexpr float kStable = 58.5f;            // levels²: the constant of SSIM, (0.03 · 255)²
constexpr float kUnseen = 1e-4f;            // of a row's colour, squared and weighed: what hardly shows leads nowhere
constexpr std::size_t kMostNear = 1 << 16;  // px: a larger picture with borders in a quarter of it is texture
constexpr std::size_t kSmall = 1 << 14;  // px: a step in a smaller picture costs so little that it gets twice as many

// Loops of their own, which the compiler vectorises.
void mark_mixtures(const std::uint8_t* pure, int count, std::uint8_t* mask) {
  for (int x = 0; x < count; ++x) mask[x] = pure[x] == 0 ? 1 : 0;
}
void mark_other(const std::int32_t* own, const std::int32_t* beside, int count, std::uint8_t* mask) {
  for (int x = 0; x < count; ++x) mask[x] |= own[x] != beside[x] ? 1 : 0;
}

// The pixels along the borders of the paints, which alone are compared.
class NearPixels {
 public:
  explicit NearPixels(const PaintMap& map)
      : mask_(map.at.size()), slot_(map.at.size()), rows_(map.height + 1), width_(map.width) {
    for (int y = 0; y < map.height; ++y) {
      mark(map, y);
      rows_[y] = static_cast<std::int32_t>(x_.size());
      number(y);
    }
    rows_[map.height] = static_cast<std::int32_t>(x_.size());
  }

  std::span<const std::uint8_t> mask() const { return mask_; }
  std::size_t count() const { return x_.size(); }
  std::int32_t x(std::size_t slot) const { return x_[slot]; }
  std::int32_t y(std::size_t slot) const { return y_[slot]; }
  std::int32_t at(int x, int y) const { return slot_[index(x, y)]; }  // negative: not near

  template <class Visit>
  void in(const Span& span, Visit visit) const {
    std::int32_t slot = at(span.x, span.y);
    if (span.count == 1) {
      if (slot >= 0) visit(slot);
      return;
    }
    if (slot < 0) slot = ~slot;
    const std::int32_t row_end = rows_[span.y + 1], end = span.x + span.count;
    for (; slot < row_end && x_[slot] < end; ++slot) visit(slot);
  }

 private:
  // The mixtures of a row, and what has another paint beside it.
  void mark(const PaintMap& map, int y) {
    const std::int32_t* own = &map.at[index(0, y)];
    const std::int32_t *above = y > 0 ? own - width_ : own, *below = y + 1 < map.height ? own + width_ : own;
    std::uint8_t* mask = &mask_[index(0, y)];
    mark_mixtures(&map.pure[index(0, y)], width_, mask);
    for (const std::int32_t* beside : {above, below}) mark_other(own, beside, width_, mask);
    mark_other(own + 1, own, width_ - 1, mask + 1);
    mark_other(own, own + 1, width_ - 1, mask);
  }
  // The slots of a row. Eight pixels at a time where none is near.
  void number(int y) {
    const std::uint8_t* mask = &mask_[index(0, y)];
    std::int32_t* slot = &slot_[index(0, y)];
    const auto next = [&] { return static_cast<std::int32_t>(x_.size()); };
    for (int x = 0; x < width_;) {
      std::uint64_t eight = 1;
      if (x + 8 <= width_) std::memcpy(&eight, mask + x, 8);
      const int end = std::min(x + 8, width_);
      if (eight == 0) {
        std::fill(slot + x, slot + end, ~next());
        x = end;
        continue;
      }
      for (; x < end; ++x) {
        slot[x] = mask[x] == 0 ? ~next() : next();
        if (mask[x] != 0) x_.push_back(x), y_.push_back(y);
      }
    }
  }
  std::size_t index(int x, int y) const { return static_cast<std::size_t>(y) * width_ + x; }
  std::vector<std::uint8_t> mask_;   // per pixel: 1 where it is near
  std::vector<std::int32_t> slot_;   // per pixel: its slot, or the bits of the next one in its row turned over
  std::vector<std::int32_t> rows_;   // per row: its first slot
  std::vector<std::int32_t> x_, y_;  // per slot
  const int width_;
};

// How many coordinates a segment has beside its end's.
int inner_coordinates(const Segment& s) { return s.cubic ? 4 : s.is_arc() ? 2 : 0; }

// The coordinates of a contour's points: its start, then each segment's handles, or its rise and a zero, if it has any,
// and its end, and the start once more. Those of a horizontal or vertical line are one; what lies on the rim of the
// picture stays.
//
// Of an ellipse: its centre, its two radii, which are one in a circle, and how far the end of the axis goes around
// where it is slanted. Of a rectangle: its sides from the left, its radius, and how far a corner goes around.
void add_coordinates(const Contour& contour, int width, int height, Coordinates& out) {
  std::vector<std::int32_t>& variable = out.variable;
  if (contour.ellipse) {
    for (int k = 0; k < 3; ++k) variable.push_back(out.variables++);
    variable.push_back(contour.ellipse->rx == contour.ellipse->ry ? out.variables - 1 : out.variables++);
    if (contour.ellipse->is_slanted()) variable.push_back(out.variables++);
    return;
  }
  if (contour.rectangle) {
    const vector::Rectangle& r = *contour.rectangle;
    for (const auto& [at, size] : {std::pair{r.low.x, width}, {r.low.y, height}, {r.high.x, width}, {r.high.y, height}})
      variable.push_back(r.is_slanted() || (at > kRim && at < size - kRim) ? out.variables++ : -1);
    variable.push_back(out.variables++);
    if (r.is_slanted()) variable.push_back(out.variables++);
    return;
  }
  const std::size_t first = variable.size();
  const auto add = [&](Point p) {
    variable.push_back(p.x > kRim && p.x < width - kRim ? out.variables++ : -1);
    variable.push_back(p.y > kRim && p.y < height - kRim ? out.variables++ : -1);
  };
  const auto make_one = [&](std::size_t a, std::size_t b) {
    std::replace(variable.begin() + static_cast<std::ptrdiff_t>(first), variable.end(), std::int32_t{variable[b]},
                 std::int32_t{variable[a]});
  };
  const auto join_line = [&](Point from, std::size_t before, Point to, std::size_t after) {
    if (from.x == to.x) make_one(before, after);
    if (from.y == to.y) make_one(before + 1, after + 1);
  };
  add(contour.start);
  Point at = contour.start;
  std::size_t before = first;
  for (const Segment& s : contour.segments) {
    if (s.cubic) add(s.c1), add(s.c2);
    if (s.is_arc()) variable.push_back(out.variables++), variable.push_back(-1);
    add(s.to);
    const std::size_t end = variable.size() - 2;
    if (inner_coordinates(s) == 0) join_line(at, before, s.to, end);
    at = s.to;
    before = end;
  }
  join_line(contour.start, first, at, before);  // the implied line back, or one and the same point
  variable.push_back(std::int32_t{variable[first]});
  variable.push_back(std::int32_t{variable[first + 1]});
}

// How the coverage follows an ellipse's centre, radii and axis: its points keep their places relative to these.
std::array<float, 8> by_ellipse(const Pull& pull, const Contour& contour) {
  const vector::Ellipse& ellipse = *contour.ellipse;
  const Segment& s = contour.segments[pull.segment];
  const Point from = pull.segment == 0 ? contour.start : contour.segments[pull.segment - 1].to;
  const std::array<Point, 4> points{from, s.c1, s.c2, s.to};
  std::array<float, 8> out{};
  for (std::size_t k = 0; k < points.size(); ++k) {
    const Point p = points[k] - ellipse.centre, by{pull.by[2 * k], pull.by[2 * k + 1]};
    const double along = dot(p, ellipse.axis) / ellipse.rx, across = dot(p, ellipse.across()) / ellipse.ry;
    out[0] += pull.by[2 * k], out[1] += pull.by[2 * k + 1];
    out[2] += static_cast<float>(dot(by, ellipse.axis) * along);
    out[3] += static_cast<float>(dot(by, ellipse.across()) * across);
    if (ellipse.is_slanted()) out[4] += static_cast<float>(cross(p, by) / ellipse.rx);
  }
  return out;
}

vector::Ellipse moved(vector::Ellipse e, Point centre, Point radii, double around) {
  e.centre = e.centre + centre;
  if (e.is_slanted()) e.axis = e.axis + e.across() * (around / e.rx);
  e.axis = e.axis * (1 / length(e.axis));
  e.rx = std::max(e.rx + radii.x, kThinnest), e.ry = std::max(e.ry + radii.y, kThinnest);
  return e;
}

// How the coverage follows a rectangle's sides, its radius and its slant.
std::array<float, 8> by_rectangle(const Pull& pull, const Contour& contour) {
  const vector::Rectangle& r = *contour.rectangle;
  const Segment& s = contour.segments[pull.segment];
  const Point from = pull.segment == 0 ? contour.start : contour.segments[pull.segment - 1].to;
  std::array<float, 8> out{};
  // A point keeps its distance from the side nearest to it: none, or the radius.
  const auto add = [&](double at, double low, double high, std::size_t side, float by) {
    const bool is_high = high - at < at - low;
    out[side + (is_high ? 2 : 0)] += by;
    out[4] += by * static_cast<float>((at - (is_high ? high : low)) / r.radius);
  };
  const std::size_t end = s.is_arc() ? 4 : 2;
  for (const auto& [place, k] : {std::pair{from, std::size_t{0}}, {s.to, end}}) {
    const Point p = r.in(place), by = r.in({pull.by[k], pull.by[k + 1]});
    add(p.x, r.low.x, r.high.x, 0, static_cast<float>(by.x));
    add(p.y, r.low.y, r.high.y, 1, static_cast<float>(by.y));
    if (r.is_slanted()) out[5] += static_cast<float>(cross(p - (r.low + r.high) * 0.5, by) / r.reach());
  }
  if (s.is_arc()) out[4] += pull.by[2] * static_cast<float>(s.rise / r.radius);
  return out;
}

vector::Rectangle moved(vector::Rectangle r, Point low, Point high, double radius, double around) {
  if (r.is_slanted()) r = r.turned(around / r.reach());
  r.low = r.low + low, r.high = r.high + high;
  const Point size = r.high - r.low;
  r.radius = std::max(std::min({r.radius + radius, size.x / 2, size.y / 2}), kThinnest);
  return r;
}

class Corrector {
 public:
  Corrector(std::vector<Layer>& layers, const PaintMap& map, const Raster& raster, const base::Stop& stop)
      : layers_(layers), map_(map), raster_(raster), stop_(stop), near_(map) {
    for (const Layer& layer : layers) {
      for (const Contour& contour : layer.contours) {
        first_coordinate_.push_back(static_cast<std::int32_t>(coordinates_.variable.size()));
        add_coordinates(contour, raster.width, raster.height, coordinates_);
      }
    }
  }

  void run(int steps) {
    if (near_.count() > std::max(kMostNear, raster_.at.size() / 4)) return;
    for (std::size_t slot = 0; slot < near_.count(); ++slot) weight_.push_back(weight_of(near_.x(slot), near_.y(slot)));
    compare(true);
    if (raster_.at.size() < kSmall) steps *= 2;
    for (; steps > 0; --steps) {
      const std::vector<Layer> kept = layers_;
      const std::vector<float> error = error_;
      apply(gauss_newton_step(rows_, coordinates_, residual_, stop_));
      const bool last = steps == 1;
      compare(!last);
      if (take_back(kept, error) && !last) compare(true);
    }
  }

 private:
  // The root of what an error costs in SSIM: less where the picture is busy.
  float weight_of(int x, int y) const {
    constexpr int kAround = 3;
    const int rows[] = {std::max(y - kAround, 0), y, std::min(y + kAround, raster_.height - 1)};
    const int columns[] = {std::max(x - kAround, 0), x, std::min(x + kAround, raster_.width - 1)};
    constexpr int kCount = 9;
    int r = 0, g = 0, b = 0, a = 0, squares = 0;
    for (const int v : rows) {
      for (const int u : columns) {
        const Sample& s = raster_(u, v);
        r += s.r, g += s.g, b += s.b, a += s.a;
        squares += s.r * s.r + s.g * s.g + s.b * s.b + s.a * s.a;
      }
    }
    const int spread = kCount * squares - (r * r + g * g + b * b + a * a);
    constexpr int kChannels = 3;
    return 1 / std::sqrt(2.0f * static_cast<float>(spread) / (kCount * kCount * kChannels) + kStable);
  }

  // Draws the near pixels from the bottom up; with the pulls, the rows of the Jacobian are built on the way.
  void compare(bool with_rows) {
    const std::size_t n = near_.count();
    model_.assign(n, Paint{0, 0, 0, 0});
    contrast_.resize(n);
    newest_row_.assign(with_rows ? n : 0, -1);
    if (with_rows) rows_.clear(), older_row_.clear();
    std::size_t contour = 0;
    for (const Layer& layer : layers_) {
      stop_.check();
      const Coverage coverage = cover(layer.contours, raster_.width, raster_.height,
                                      with_rows ? near_.mask() : std::span<const std::uint8_t>());
      draw(layer, coverage.spans, with_rows);
      if (with_rows) add_rows(layer, coverage.pulls, contour);
      contour += layer.contours.size();
    }
    if (with_rows) std::erase_if(rows_, [](const Row& row) { return dot(row.color, row.color) < kUnseen; });
    error_.resize(n);
    residual_.resize(n);
    for (std::size_t slot = 0; slot < n; ++slot) {
      residual_[slot] = (to_paint(raster_(near_.x(slot), near_.y(slot))) - model_[slot]) * weight_[slot];
      error_[slot] = dot(residual_[slot], residual_[slot]);
    }
  }

  void draw(const Layer& layer, const std::vector<Span>& spans, bool with_rows) {
    const PaintEntry& entry = map_.paints[static_cast<std::size_t>(layer.paint)];
    const Gradient* gradient = entry.gradient < 0 ? nullptr : &map_.gradients[entry.gradient];
    for (const Span& span : spans) {
      near_.in(span, [&](std::int32_t slot) {
        const Paint paint =
            gradient == nullptr ? entry.paint : gradient->at({near_.x(slot) + 0.5, near_.y(slot) + 0.5});
        contrast_[slot] = paint - model_[slot] * (paint.a / 255);
        model_[slot] = model_[slot] + contrast_[slot] * span.cover;
        if (with_rows && newest_row_[slot] >= 0) shade_rows(slot, 1 - span.cover * paint.a / 255);
      });
    }
  }

  // What lies above takes its share of what a pixel shows of the layers below; what shows nothing is left out later.
  void shade_rows(std::int32_t slot, float through) {
    for (std::int32_t k = newest_row_[slot]; k >= 0; k = older_row_[k]) rows_[k].color = rows_[k].color * through;
    if (through == 0) newest_row_[slot] = -1;
  }

  void add_rows(const Layer& layer, const std::vector<Pull>& pulls, std::size_t first_contour) {
    std::int32_t index = -1, segment = 0, first = 0;
    for (const Pull& pull : pulls) {
      const std::int32_t slot = near_.at(pull.x, pull.y);
      if (pull.contour != index) index = pull.contour, segment = 0, first = first_coordinate_[first_contour + index];
      const Contour& contour = layer.contours[index];
      const Paint color = contrast_[slot] * weight_[slot];
      if (contour.ellipse) {
        add_row({slot, first, color, by_ellipse(pull, contour)});
        continue;
      }
      if (contour.rectangle) {
        if (pull.segment < static_cast<std::int32_t>(contour.segments.size()))
          add_row({slot, first, color, by_rectangle(pull, contour)});
        continue;
      }
      for (; segment < pull.segment; ++segment) first += inner_coordinates(contour.segments[segment]) + 2;
      add_row({slot, first, color, pull.by});
    }
  }
  void add_row(const Row& row) {
    older_row_.push_back(newest_row_[row.pixel]);
    newest_row_[row.pixel] = static_cast<std::int32_t>(rows_.size());
    rows_.push_back(row);
  }

  void apply(const std::vector<float>& move) {
    std::size_t c = 0;
    const auto bounded = [&](float by) { return std::clamp(double(by), -kFarthest, kFarthest); };
    for (Layer& layer : layers_) {
      for (Contour& contour : layer.contours) {
        std::int32_t k = first_coordinate_[c++];
        if (contour.ellipse) {
          const double around = contour.ellipse->is_slanted() ? bounded(move[k + 4]) : 0;
          contour = contour_of(moved(*contour.ellipse, {bounded(move[k]), bounded(move[k + 1])},
                                     {bounded(move[k + 2]), bounded(move[k + 3])}, around));
          continue;
        }
        if (contour.rectangle) {
          const double around = contour.rectangle->is_slanted() ? bounded(move[k + 5]) : 0;
          contour = contour_of(moved(*contour.rectangle, {bounded(move[k]), bounded(move[k + 1])},
                                     {bounded(move[k + 2]), bounded(move[k + 3])}, bounded(move[k + 4]), around));
          continue;
        }
        const auto shift = [&](Point& p) {
          p = p + Point{bounded(move[k]), bounded(move[k + 1])};
          k += 2;
        };
        shift(contour.start);
        for (Segment& s : contour.segments) {
          if (s.cubic) shift(s.c1), shift(s.c2);
          if (s.is_arc()) {
            const double rise = s.rise + bounded(move[k]);
            s.rise = s.rise > 0 ? std::max(rise, kLeastRise) : std::min(rise, -kLeastRise);
            k += 2;
          }
          shift(s.to);
        }
      }
    }
  }

  // Takes back the outlines along which the error rose. Whether any did.
  bool take_back(const std::vector<Layer>& kept, const std::vector<float>& before) {
    std::vector<double> worse(first_coordinate_.size(), 0);
    std::size_t c = 0;
    for (const Row& row : rows_) {  // in the order of the contours
      while (c + 1 < first_coordinate_.size() && row.first >= first_coordinate_[c + 1]) ++c;
      worse[c] += double(error_[row.pixel]) - before[row.pixel];
    }
    bool any = false;
    c = 0;
    for (std::size_t k = 0; k < layers_.size(); ++k) {
      for (std::size_t i = 0; i < layers_[k].contours.size(); ++i, ++c) {
        if (worse[c] <= 0) continue;
        layers_[k].contours[i] = kept[k].contours[i];
        any = true;
      }
    }
    return any;
  }

  std::vector<Layer>& layers_;
  const PaintMap& map_;
  const Raster& raster_;
  const base::Stop& stop_;
  const NearPixels near_;
  Coordinates coordinates_;
  std::vector<std::int32_t> first_coordinate_;  // per contour
  std::vector<float> weight_, error_;           // per near pixel
  std::vector<Paint> model_, contrast_, residual_;
  std::vector<Row> rows_;
  std::vector<std::int32_t> older_row_,
      newest_row_;  // the rows of one pixel: per row the one before, per pixel the last
};

}  // namespace

void correct(std::vector<Layer>& layers, const PaintMap& map, const Raster& raster, int steps, const base::Stop& stop) {
  if (steps > 0) Corrector(layers, map, raster, stop).run(steps);
}

}  // namespace imgmill::trace
