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
#include "trace/runs.h"

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
constexpr double kGood = 0.8;            // of the mean error: a layer with less along its outlines takes half the steps

// The pixels along the borders of the paints, which alone are compared: each has a slot, row by row.
class NearPixels {
 public:
  explicit NearPixels(const PaintMap& map)
      : mask_(map.at.size()), first_(map.at.size() / kBlock + 1), rows_(map.height + 1), width_(map.width) {
    for (int y = 0; y < map.height; ++y) mark(map, y);
    number();
    for (const std::int32_t y : y_) ++rows_[y + 1];
    for (int y = 0; y < map.height; ++y) rows_[y + 1] += rows_[y];
  }

  std::span<const std::uint8_t> mask() const { return mask_; }
  std::size_t count() const { return x_.size(); }
  std::int32_t x(std::size_t slot) const { return x_[slot]; }
  std::int32_t y(std::size_t slot) const { return y_[slot]; }
  // Of a pixel that is near.
  std::int32_t at(int x, int y) const { return slot_of(index(x, y)); }

  template <class Visit>
  void in(const Span& span, Visit visit) const {
    const std::size_t i = index(span.x, span.y);
    if (span.count == 1) {
      if (mask_[i] != 0) visit(slot_of(i));
      return;
    }
    const std::int32_t row_end = rows_[span.y + 1], end = span.x + span.count;
    std::int32_t slot = std::max(first_[i / kBlock], rows_[span.y]);
    while (slot < row_end && x_[slot] < span.x) ++slot;
    for (; slot < row_end && x_[slot] < end; ++slot) visit(slot);
  }

 private:
  static constexpr std::size_t kBlock = 8;  // px

  // The mixtures of a row, and what has another paint beside it. Most of a row is like what is beside it.
  void mark(const PaintMap& map, int y) {
    const int w = width_;
    const std::int32_t* own = &map.at[index(0, y)];
    const std::uint8_t* pure = &map.pure[index(0, y)];
    std::uint8_t* mask = &mask_[index(0, y)];
    for (int x = 0; x < w; ++x) mask[x] = pure[x] ^ 1;
    for (int x = 1 + alike(own + 1, own, w - 1); x < w; ++x, x += alike(own + x, own + x - 1, w - x)) {
      mask[x - 1] = mask[x] = 1;
    }
    if (y == 0) return;
    for (int x = alike(own, own - w, w); x < w; ++x, x += alike(own + x, own + x - w, w - x)) {
      mask[x - w] = mask[x] = 1;
    }
  }
  // Eight pixels at a time; where some are near, there is no telling which, so nothing depends on it.
  void number() {
    std::size_t count = 0;
    for (const std::uint8_t near : mask_) count += near;
    x_.resize(count + 1), y_.resize(count + 1);  // one more is written to
    std::size_t slot = 0, row = 0;
    std::int32_t y = 0;
    for (std::size_t i = 0; i < mask_.size(); i += kBlock) {
      first_[i / kBlock] = static_cast<std::int32_t>(slot);
      std::uint64_t marks = 1;
      if (i + kBlock <= mask_.size()) std::memcpy(&marks, &mask_[i], sizeof(marks));
      if (marks == 0) continue;
      std::uint8_t place = 0;
      for (std::size_t k = i; k < std::min(i + kBlock, mask_.size()); ++k) {
        for (; k - row >= static_cast<std::size_t>(width_); ++y) row += width_;
        x_[slot] = static_cast<std::int32_t>(k - row), y_[slot] = y;
        const std::uint8_t near = mask_[k];
        slot += near, place += near;
        mask_[k] = near ? place : 0;
      }
    }
    x_.resize(count), y_.resize(count);
  }
  std::int32_t slot_of(std::size_t pixel) const { return first_[pixel / kBlock] + mask_[pixel] - 1; }
  std::size_t index(int x, int y) const { return static_cast<std::size_t>(y) * width_ + x; }

  std::vector<std::uint8_t> mask_;   // per pixel: 0, or its place among the near ones of its block, from 1
  std::vector<std::int32_t> first_;  // per block: the slot of the first near pixel from there on
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
    if (raster_.at.size() < kSmall) steps *= 2;
    steps_.assign(layers_.size(), steps);
    compare(0);
    spare_good_layers(steps);
    for (int step = 1; step <= steps; ++step) {
      const std::vector<Layer> kept = layers_;
      const std::vector<float> error = error_;
      apply(gauss_newton_step(rows_, coordinates_, residual_, stop_));
      std::swap(rows_, moved_);
      compare(step);
      if (take_back(kept, error) && step < steps) compare(step);
    }
  }

 private:
  // The root of what an error costs in SSIM: less where the picture is busy.
  float weight_of(int x, int y) const {
    constexpr int kAround = 3;
    const int rows[] = {std::max(y - kAround, 0), y, std::min(y + kAround, raster_.height - 1)};
    const int columns[] = {std::max(x - kAround, 0), x, std::min(x + kAround, raster_.width - 1)};
    constexpr int kCount = 9;
    FourWhole sum{}, square{};
    for (const int v : rows) {
      for (const int u : columns) {
        const Sample& s = raster_(u, v);
        sum += whole(s), square += squares(s);
      }
    }
    const FourWhole spreads = kCount * square - sum * sum;
    const int spread = (spreads[0] + spreads[1]) + (spreads[2] + spreads[3]);
    constexpr int kChannels = 3;
    return 1 / std::sqrt(2.0f * static_cast<float>(spread) / (kCount * kCount * kChannels) + kStable);
  }

  // For what is drawn well before the first step half of them do.
  void spare_good_layers(int steps) {
    struct Sum {
      double error = 0, rows = 0;
    };
    std::vector<Sum> sums(layers_.size());
    Sum all;
    each_row_of(rows_, [&](std::size_t layer, std::size_t, const Row& row) {
      sums[layer].error += error_[row.pixel], sums[layer].rows += 1;
      all.error += error_[row.pixel], all.rows += 1;
    });
    for (std::size_t k = 0; k < layers_.size(); ++k) {
      if (sums[k].error * all.rows < kGood * all.error * sums[k].rows) steps_[k] = (steps + 1) / 2;
    }
  }

  // Calls visit(layer, contour, row) for rows in the order of the contours, which are counted over all layers.
  template <class Visit>
  void each_row_of(const std::vector<Row>& rows, Visit visit) const {
    std::size_t layer = 0, contour = 0, end = layers_.empty() ? 0 : layers_[0].contours.size();
    for (const Row& row : rows) {
      while (contour + 1 < first_coordinate_.size() && row.first >= first_coordinate_[contour + 1]) ++contour;
      while (contour >= end) end += layers_[++layer].contours.size();
      visit(layer, contour, row);
    }
  }

  // Draws the near pixels from the bottom up, once the layers have taken that many steps; for those that take another
  // one the rows of the Jacobian are built on the way. What has not moved since covers what it did.
  void compare(int step) {
    const std::size_t n = near_.count();
    model_.assign(n, Paint{0, 0, 0, 0});
    contrast_.resize(n);
    newest_row_.assign(n, -1);
    rows_.clear(), older_row_.clear();
    spans_.resize(layers_.size());
    std::size_t contour = 0;
    for (std::size_t k = 0; k < layers_.size(); ++k) {
      stop_.check();
      const Layer& layer = layers_[k];
      const bool moves = steps_[k] > step;
      Coverage coverage;
      if (steps_[k] >= step) {
        coverage = cover(layer.contours, raster_.width, raster_.height,
                         moves ? near_.mask() : std::span<const std::uint8_t>());
        spans_[k] = std::move(coverage.spans);
      }
      draw(layer, spans_[k]);
      if (moves) add_rows(layer, coverage.pulls, contour);
      contour += layer.contours.size();
    }
    std::erase_if(rows_, [](const Row& row) { return dot(row.color, row.color) < kUnseen; });
    error_.resize(n);
    residual_.resize(n);
    for (std::size_t slot = 0; slot < n; ++slot) {
      residual_[slot] = (to_paint(raster_(near_.x(slot), near_.y(slot))) - model_[slot]) * weight_[slot];
      error_[slot] = dot(residual_[slot], residual_[slot]);
    }
  }

  void draw(const Layer& layer, const std::vector<Span>& spans) {
    const PaintEntry& entry = map_.paints[static_cast<std::size_t>(layer.paint)];
    if (entry.gradient < 0) {
      const Paint solid = entry.paint;
      draw(spans, [&](std::int32_t) { return solid; });
    } else {
      const Gradient& gradient = map_.gradients[entry.gradient];
      draw(spans, [&](std::int32_t slot) { return gradient.at({near_.x(slot) + 0.5, near_.y(slot) + 0.5}); });
    }
  }
  template <class PaintAt>
  void draw(const std::vector<Span>& spans, const PaintAt& paint_at) {
    for (const Span& span : spans) {
      near_.in(span, [&](std::int32_t slot) {
        const Paint paint = paint_at(slot);
        const float alpha = paint.a / 255;
        contrast_[slot] = paint - model_[slot] * alpha;
        model_[slot] = model_[slot] + contrast_[slot] * span.cover;
        if (newest_row_[slot] >= 0) shade_rows(slot, 1 - span.cover * alpha);
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
    each_row_of(moved_, [&](std::size_t, std::size_t contour, const Row& row) {
      worse[contour] += double(error_[row.pixel]) - before[row.pixel];
    });
    bool any = false;
    std::size_t c = 0;
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
  std::vector<int> steps_;                // by layer, how many it takes
  std::vector<std::vector<Span>> spans_;  // by layer, as it is drawn
  std::vector<Row> rows_, moved_;         // of what moves next, and of what moved last
  std::vector<std::int32_t> older_row_,
      newest_row_;  // the rows of one pixel: per row the one before, per pixel the last
};

}  // namespace

void correct(std::vector<Layer>& layers, const PaintMap& map, const Raster& raster, int steps, const base::Stop& stop) {
  if (steps > 0) Corrector(layers, map, raster, stop).run(steps);
}

}  // namespace imgmill::trace
