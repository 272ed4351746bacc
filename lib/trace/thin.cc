// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/thin.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "trace/coverage.h"
#include "trace/field.h"
#include "trace/level_lines.h"
#include "trace/thin_inks.h"

namespace imgmill::trace {
namespace {

using vector::Contour;
using vector::Point;

constexpr int kFactor = 3;  // finer cells of a pixel, along each side

// Of its paints the one that is farthest from the ground.
std::int32_t fullest(const PaintMap& map, const Parts& parts, const ThinGroup& group) {
  const Paint ground = map.paints[group.ground].paint;
  std::int32_t found = group.ground;
  for (const std::int32_t part : group.ink) {
    const std::int32_t paint = parts.parts[part].paint;
    if (distance2(map.paints[paint].paint, ground) > distance2(map.paints[found].paint, ground)) found = paint;
  }
  return found;
}

// Measures and draws one group.
class ThinDrawer {
 public:
  ThinDrawer(const PaintMap& map, const Parts& parts, const Raster& raster, const ThinGroup& group, Paint ink)
      : map_(map),
        parts_(parts),
        raster_(raster),
        group_(group),
        ink_(ink),
        window_(group.window.grown(kMixedWithin + 1)),
        shown_(window_.width(), window_.height()) {
    const std::vector<std::uint8_t> near = near_ink();
    std::size_t i = 0;
    for (int y = 0; y < window_.height(); ++y) {
      for (int x = 0; x < window_.width(); ++x, ++i) {
        if (near[i]) shown_.at[i] = shown(at(x, y));
      }
    }
  }

  float most() const { return *std::max_element(shown_.at.begin(), shown_.at.end()); }

  std::vector<Contour> draw(const FitOptions& options) const {
    constexpr double kSlack = 1.5;        // of the tolerance: each glyph is put right as a whole later
    constexpr std::size_t kPerPixel = 3;  // points of a line, about; edges have one,
    constexpr std::size_t kFewest = 12;   // but small ones as many as that
    FitOptions fit = options;             // which goes by cells as it does by pixels elsewhere
    fit.tolerance *= kFactor * kSlack;
    const float contrast = std::sqrt(distance2(ink_, map_.paints[group_.ground].paint));
    std::vector<Contour> contours;
    for (const std::vector<Point>& line : level_lines(finer_shape(shown_, kFactor, fit.stop), 0.5f)) {
      std::vector<EdgePoint> points;
      const std::size_t step = std::clamp<std::size_t>(line.size() / kFewest, 1, kPerPixel);
      for (std::size_t k = 0; k < line.size(); k += step) points.push_back({line[k], contrast});
      Contour contour = fit_closed(points, fit);
      if (contour.segments.empty()) continue;
      contours.push_back(moved(scaled(std::move(contour), 1.0 / kFactor), corner()));
    }
    return contours;
  }

  // The squared error, levels², of outlines: those of the first, each in a paint, without the others.
  using Drawn = std::vector<std::pair<Paint, const std::vector<Contour>*>>;
  double error(const Drawn& of, const std::vector<const std::vector<Contour>*>& without) const {
    const Paint ground = map_.paints[group_.ground].paint;
    Field off = shown_;
    for (const auto& [paint, contours] : of) add(*contours, -unclamped_share(paint, ink_, ground), off);
    for (const std::vector<Contour>* contours : without) add(*contours, 1, off);
    double sum = 0;
    for (int y = std::max(-window_.top, 0); y < std::min(window_.height(), raster_.height - window_.top); ++y) {
      for (int x = std::max(-window_.left, 0); x < std::min(window_.width(), raster_.width - window_.left); ++x) {
        sum += off(x, y) * off(x, y);
      }
    }
    return sum * distance2(ink_, ground);
  }

 private:
  Point corner() const { return {double(window_.left), double(window_.top)}; }

  // Beyond the picture goes on what is at its rim.
  Pixel at(int x, int y) const {
    return {std::clamp(window_.left + x, 0, raster_.width - 1), std::clamp(window_.top + y, 0, raster_.height - 1)};
  }

  // 1 where ink is, or near.
  std::vector<std::uint8_t> near_ink() const {
    const int w = window_.width(), h = window_.height();
    std::vector<std::uint8_t> beside(shown_.at.size()), near(shown_.at.size());
    for (int y = 0; y < h; ++y) {
      for (int x = 0; x < w; ++x) {
        const Pixel p = at(x, y);
        if (!is_ink(parts_.at(p.x, p.y))) continue;
        const auto row = beside.begin() + static_cast<std::ptrdiff_t>(y) * w;
        std::fill(row + std::max(x - kMixedWithin, 0), row + std::min(x + kMixedWithin + 1, w), 1);
      }
    }
    for (int y = 0; y < h; ++y) {
      for (int v = std::max(y - kMixedWithin, 0); v <= std::min(y + kMixedWithin, h - 1); ++v) {
        const std::size_t from = static_cast<std::size_t>(v) * w, to = static_cast<std::size_t>(y) * w;
        for (int x = 0; x < w; ++x) near[to + x] |= beside[from + x];
      }
    }
    return near;
  }

  bool is_ink(std::int32_t part) const { return std::binary_search(group_.ink.begin(), group_.ink.end(), part); }
  bool is_ground(std::int32_t part) const { return parts_.parts[part].paint == group_.ground; }

  // Nothing where another part may show as well.
  float shown(Pixel p) const {
    constexpr float kMixed = 24;  // levels within which it is a mixture of the two
    const std::int32_t part = parts_.at(p.x, p.y);
    if (!is_ink(part)) {
      if (!is_ground(part)) return 0;
      for (int side = 0; side < 4; ++side) {
        const std::int32_t beside = parts_.at(p.x + kStepX[side], p.y + kStepY[side]);
        if (beside != kOutside && beside != part && !is_ground(beside) && !is_ink(beside)) return 0;
      }
    }
    const Paint color = to_paint(raster_(p.x, p.y)), ground = map_.at_pixel(group_.ground, p.x, p.y);
    const float of_ink = share(color, ink_, ground);
    return distance2(color, ground + (ink_ - ground) * of_ink) <= kMixed * kMixed ? of_ink : 0;
  }

  void add(const std::vector<Contour>& contours, float times, Field& to) const {
    std::vector<Contour> here;
    for (const Contour& contour : contours) here.push_back(moved(contour, corner() * -1));
    for (const Span& span : cover(here, to.width, to.height, {}).spans) {
      for (int x = span.x; x < span.x + span.count; ++x) to(x, span.y) += times * span.cover;
    }
  }

  const PaintMap& map_;
  const Parts& parts_;
  const Raster& raster_;
  const ThinGroup& group_;
  const Paint ink_;
  const Window window_;
  Field shown_;  // how much of its ink each pixel shows
};

// About how many bytes they take.
double bytes_of(const std::vector<Contour>& contours) {
  constexpr double kPoint = 5;
  double points = 0;
  for (const Contour& contour : contours) {
    points += 1;
    for (const vector::Segment& s : contour.segments) points += s.cubic ? 3 : (s.is_arc() ? 2 : 1);
  }
  return kPoint * points;
}

// Few enough pixels for what is kept of finer cells, and many of them near ink; more of it than of a dot, which its
// mass tells all of.
bool is_drawable(const ThinGroup& group) {
  constexpr std::int64_t kDot = 4;
  constexpr std::int64_t kMost = 1 << 17, kMostPerInk = 40;
  const std::int64_t size = static_cast<std::int64_t>(group.window.width()) * group.window.height();
  return group.area > kDot && size <= kMost && size <= kMostPerInk * group.area;
}

// Draws all of a picture's groups.
class Writer {
 public:
  using Outlines = std::vector<std::vector<Contour>>;

  Writer(PaintMap& map, Parts& parts, const Raster& raster, const FitOptions& fit, Outlines& outlines)
      : map_(map), parts_(parts), raster_(raster), fit_(fit), outlines_(outlines) {}

  void run(const std::vector<ThinGroup>& groups, const Execution& execution) {
    for (const ThinGroup& group : groups) {
      const std::int32_t paint = fullest(map_, parts_, group);
      shown_.push_back({&group, paint, map_.paints[paint].paint});
    }
    if (!map_.given) {
      execution.for_each(groups.size(), [&](std::size_t k) { shown_[k].most = drawer(k).most(); });
      choose_inks(map_, shown_, execution.stop);
    }
    Outlines better(groups.size());
    execution.for_each(groups.size(), [&](std::size_t k) { better[k] = better_outlines(k); });
    for (std::size_t k = 0; k < groups.size(); ++k) {
      if (!better[k].empty()) replace(k, std::move(better[k]));
    }
  }

 private:
  ThinDrawer drawer(std::size_t k) const {
    fit_.stop.check();
    return ThinDrawer(map_, parts_, raster_, *shown_[k].group, shown_[k].ink);
  }

  // None where those there are come as close for their bytes.
  std::vector<Contour> better_outlines(std::size_t k) const {
    constexpr double kPerByte = 600;  // levels² of error that a byte may save
    constexpr double kFewBytes = 20;  // for which it isn't worth looking
    const ThinGroup& group = *shown_[k].group;
    ThinDrawer::Drawn ink;
    std::vector<const std::vector<Contour>*> enclosed;
    double bytes = 0;
    for (const std::int32_t part : group.ink) {
      ink.emplace_back(map_.paints[parts_.parts[part].paint].paint, &outlines_[part]);
      bytes += bytes_of(outlines_[part]);
    }
    for (const std::int32_t part : group.enclosed) {
      enclosed.push_back(&outlines_[part]);
      bytes += bytes_of(outlines_[part]);
    }
    const ThinDrawer drawn = drawer(k);
    const double before = drawn.error(ink, enclosed);
    if (before < kPerByte * kFewBytes) return {};
    std::vector<Contour> fine = drawn.draw(fit_);
    if (fine.empty()) return fine;
    const double after = drawn.error({{shown_[k].ink, &fine}}, {});
    if (after + kPerByte * bytes_of(fine) >= before + kPerByte * bytes) fine.clear();
    return fine;
  }

  void replace(std::size_t k, std::vector<Contour> by) {
    constexpr float kSame = 2;  // levels
    const ThinGroup& group = *shown_[k].group;
    for (const std::int32_t part : group.ink) outlines_[part].clear();
    for (const std::int32_t part : group.enclosed) outlines_[part].clear();
    const bool is_known = shown_[k].ink == map_.paints[shown_[k].paint].paint;
    const std::int32_t first = group.ink.front();
    outlines_[first] = std::move(by);
    parts_.parts[first].paint =
        is_known ? shown_[k].paint : intern_paint(map_.paints, shown_[k].ink, group.area, false, kSame);
  }

  PaintMap& map_;
  Parts& parts_;
  const Raster& raster_;
  const FitOptions& fit_;
  Outlines& outlines_;  // by part
  std::vector<ShownInk> shown_;
};

}  // namespace

void draw_thin(PaintMap& map, Parts& parts, const std::vector<Loop>& loops, const Layers& layers, const Raster& raster,
               const FitOptions& fit, std::vector<std::vector<Contour>>& outlines, const Execution& execution) {
  std::vector<ThinGroup> groups = find_thin(map, parts, loops, layers, raster, execution.stop);
  std::erase_if(groups, [](const ThinGroup& group) { return !is_drawable(group); });
  if (!groups.empty()) Writer(map, parts, raster, fit, outlines).run(groups, execution);
}

}  // namespace imgmill::trace
