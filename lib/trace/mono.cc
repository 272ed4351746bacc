// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/mono.h"

#include <potracelib.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>
#include <optional>
#include <utility>
#include <vector>

#include "base/error.h"
#include "trace/draw.h"
#include "trace/ink.h"
#include "trace/strokes.h"

namespace imgmill::trace {
namespace {

using image::Rgba;
using vector::Contour;
using vector::Point;

// ---- the fine grid ----

struct Bitmap {
  static constexpr int kBits = 8 * sizeof(potrace_word);

  int width, height, words;
  std::vector<potrace_word> map;  // bottom row first, the leftmost pixel in the highest bit

  Bitmap(int w, int h) : width(w), height(h), words((w + kBits - 1) / kBits) {
    map.resize(static_cast<std::size_t>(words) * h);
  }
  // Sets pixels from…to−1 of a row counted from the top.
  void fill(int y, int from, int to) {
    potrace_word* row = map.data() + static_cast<std::size_t>(height - 1 - y) * words;
    while (from < to) {
      const int bit = from % kBits, count = std::min(kBits - bit, to - from);
      const potrace_word ones = count == kBits ? ~potrace_word{0} : ((potrace_word{1} << count) - 1);
      row[from / kBits] |= ones << (kBits - bit - count);
      from += count;
    }
  }
};

// As fine as pays, as long as the bitmap stays small.
int fineness(const Plane& plane) {
  constexpr double kMostPixels = 64e6;
  if (plane.exact) return 1;  // between the pixels there is only the staircase; potrace smooths that itself
  int factor = 4;
  while (factor > 1 && double(plane.at.size()) * factor * factor > kMostPixels) --factor;
  return factor;
}

// Cubic interpolation (Keys 1981) in integers, so that every machine finds the same edges. Each fine pixel's centre is
// read from the four pixels around it per axis.
class FineGrid {
 public:
  FineGrid(const Plane& plane, int factor)
      : plane_(plane), factor_(factor), level_(std::llround(plane.level * kOne * kOne)), row_(plane.width + 4) {
    for (int k = 0; k < factor; ++k) phases_.push_back(phase((k + 0.5) / factor - 0.5));
  }

  Bitmap bitmap(const base::Stop& stop) {
    Bitmap bitmap(plane_.width * factor_, plane_.height * factor_);
    for (int y = 0; y < plane_.height; ++y) {
      if (y % 64 == 0) stop.check();
      mark_edges(y);
      for (int k = 0; k < factor_; ++k) {
        blend_rows(y, phases_[k]);
        threshold_row(y * factor_ + k, bitmap);
      }
    }
    return bitmap;
  }

 private:
  static constexpr int kOne = 1024;
  // The slope of Keys' kernel at 1. Catmull–Rom (−0.5) is as near to the picture but wavers more along slanted edges,
  // which doubles the curves.
  static constexpr double kSharpness = -1;
  struct Phase {
    int first;  // the leftmost tap, relative to the pixel
    std::array<int, 4> weights;
  };
  enum Side : std::uint8_t { paper, ink, mixed };

  static Phase phase(double offset) {
    const int first = offset < 0 ? -2 : -1;
    const double t = offset < 0 ? offset + 1 : offset;
    const auto scaled = [](double w) { return int(std::lround(w * kOne)); };
    const auto far = [](double d) { return kSharpness * (((d - 5) * d + 8) * d - 4); };
    const double right = ((kSharpness + 2) * (1 - t) - (kSharpness + 3)) * (1 - t) * (1 - t) + 1;
    Phase p{first, {scaled(far(1 + t)), 0, scaled(right), scaled(far(2 - t))}};
    p.weights[1] = kOne - p.weights[0] - p.weights[2] - p.weights[3];
    return p;
  }

  const std::uint8_t* source(int y) const {
    return plane_.at.data() + static_cast<std::size_t>(std::clamp(y, 0, plane_.height - 1)) * plane_.width;
  }

  // Where all that the interpolation reads is on one side, so is the result: most pixels are done with that.
  void mark_edges(int y) {
    const int w = plane_.width;
    column_.assign(w + 4, 0);
    for (int j = -2; j <= 2; ++j) {
      const std::uint8_t* in = source(y + j);
      for (int x = 0; x < w; ++x) column_[x + 2] += in[x] < plane_.level;
    }
    column_[0] = column_[1] = column_[2];
    column_[w + 2] = column_[w + 3] = column_[w + 1];
    side_.resize(w);
    for (int x = 0; x < w; ++x) {
      const int count = column_[x] + column_[x + 1] + column_[x + 2] + column_[x + 3] + column_[x + 4];
      side_[x] = count == 0 ? Side::paper : count == 25 ? Side::ink : Side::mixed;
    }
  }

  void blend_rows(int y, const Phase& p) {
    const std::uint8_t* in[4];
    for (int j = 0; j < 4; ++j) in[j] = source(y + p.first + j);
    const int w = plane_.width;
    int* out = row_.data() + 2;
    for (int x = 0; x < w; ++x) {
      out[x] = in[0][x] * p.weights[0] + in[1][x] * p.weights[1] + in[2][x] * p.weights[2] + in[3][x] * p.weights[3];
    }
    row_[0] = row_[1] = row_[2];
    row_[w + 2] = row_[w + 3] = row_[w + 1];
  }

  void threshold_row(int fine_y, Bitmap& bitmap) const {
    int begin = -1;  // of the run of ink
    const auto next = [&](int x, bool is_ink) {
      if (is_ink && begin < 0) begin = x;
      if (!is_ink && begin >= 0) bitmap.fill(fine_y, begin, x), begin = -1;
    };
    for (int x = 0; x < plane_.width; ++x) {
      if (side_[x] != Side::mixed) {
        next(x * factor_, side_[x] == Side::ink);
        continue;
      }
      for (int k = 0; k < factor_; ++k) {
        const Phase& p = phases_[k];
        const int* v = row_.data() + 2 + x + p.first;
        std::int64_t value = 0;
        for (int i = 0; i < 4; ++i) value += std::int64_t{v[i]} * p.weights[i];
        next(x * factor_ + k, value < level_);
      }
    }
    next(bitmap.width, false);
  }

  const Plane& plane_;
  const int factor_;
  const std::int64_t level_;
  std::vector<Phase> phases_;
  std::vector<std::uint8_t> column_;
  std::vector<Side> side_;
  std::vector<int> row_;  // the blend of the rows, two pixels wider on each side
};

// ---- potrace ----

// How far a curve may leave the edge, in pixels; the same measure as in the colour engine.
double tolerance_of(const TraceParams& params) { return std::clamp(params.length_threshold * 0.03, 0.03, 0.6); }

// Back to front, which makes outer contours clockwise; potrace runs the other way.
Contour contour_of(const potrace_curve_t& curve, double height, int factor) {
  const auto point = [&](const potrace_dpoint_t& p) { return Point{p.x / factor, (height - p.y) / factor}; };
  Contour contour;
  contour.start = point(curve.c[curve.n - 1][2]);
  for (int k = curve.n; k-- > 0;) {
    const Point to = point(curve.c[(k + curve.n - 1) % curve.n][2]);
    if (curve.tag[k] == POTRACE_CORNER) {
      contour.segments.push_back(vector::line_to(point(curve.c[k][1])));
      contour.segments.push_back(vector::line_to(to));
    } else {
      contour.segments.push_back(vector::cubic_to(point(curve.c[k][1]), point(curve.c[k][0]), to));
    }
  }
  return contour;
}

std::vector<Contour> outlines(const Plane& plane, const TraceParams& params, const base::Stop& stop,
                              base::StageClock* clock) {
  const int factor = fineness(plane);
  std::optional<Bitmap> fine;
  {
    base::StageClock::Scope scope(clock, "mask");
    fine = FineGrid(plane, factor).bitmap(stop);
  }
  base::StageClock::Scope scope(clock, "curves");
  const std::unique_ptr<potrace_param_t, decltype(&potrace_param_free)> settings(potrace_param_default(),
                                                                                 &potrace_param_free);
  if (!settings) throw std::bad_alloc();
  const int side = params.filter_speckle * factor;
  settings->turdsize = std::max(side * side - factor * factor, 0);      // the largest area dropped: N² − 1 px
  settings->alphamax = std::min(params.corner_threshold / 60.0, 1.34);  // 0: all corners, from 4/3 on: none
  settings->opttolerance = tolerance_of(params) * factor;
  const potrace_bitmap_t bitmap{fine->width, fine->height, fine->words, fine->map.data()};
  const std::unique_ptr<potrace_state_t, decltype(&potrace_state_free)> state(potrace_trace(settings.get(), &bitmap),
                                                                              &potrace_state_free);
  stop.check();
  if (!state || state->status != POTRACE_STATUS_OK) throw std::bad_alloc();
  std::vector<Contour> contours;
  for (const potrace_path_t* path = state->plist; path != nullptr; path = path->next) {
    contours.push_back(contour_of(path->curve, fine->height, factor));
  }
  return contours;
}

// ---- colours ----

Sample straight(Sample s) {
  const Rgba c = to_rgba(to_paint(s));
  return {c.r, c.g, c.b, c.a};
}

// The median colour of the solid pixels of one side, black or white where it is all but that. A colour that most of
// the pixels have exactly was chosen by somebody and stays.
Rgba color_of(const Raster& raster, const Plane& plane, const std::vector<std::uint8_t>& core, bool ink) {
  Histogram r{}, g{}, b{};
  std::int64_t seen = 0;
  for (const bool all : {false, true}) {
    for (std::size_t i = 0; i < plane.at.size(); ++i) {
      if (plane.ink(i) != ink || !(all || core[i]) || raster.at[i].a < 128) continue;
      const Sample s = raster.at[i].a == 255 ? raster.at[i] : straight(raster.at[i]);
      ++r[s.r], ++g[s.g], ++b[s.b], ++seen;
    }
    if (seen > 0) break;  // else hairlines only: their mixed pixels then
  }
  if (seen == 0) return ink ? Rgba{0, 0, 0, 255} : Rgba{255, 255, 255, 255};
  const Rgba color{std::uint8_t(median(r)), std::uint8_t(median(g)), std::uint8_t(median(b)), 255};
  constexpr int kNear = 24;
  const bool chosen = std::min({r[color.r], g[color.g], b[color.b]}) * 10 >= seen * 9;
  if (chosen) return color;
  if (std::max({color.r, color.g, color.b}) <= kNear) return {0, 0, 0, 255};
  if (std::min({color.r, color.g, color.b}) >= 255 - kNear) return {255, 255, 255, 255};
  return color;
}

// The palette's nearest; `taken` is left to the other side where there is a choice.
Rgba from_palette(Rgba color, const TraceParams& params, const Rgba* taken = nullptr) {
  if (params.palette.empty()) return color;
  const Rgba* best = nullptr;
  float least = 0;
  for (const Rgba& entry : params.palette) {
    if (taken != nullptr && entry == *taken && params.palette.size() > 1) continue;
    const float d = distance2(to_paint(Rgba{entry.r, entry.g, entry.b, 255}), to_paint(color));
    if (best == nullptr || d < least) best = &entry, least = d;
  }
  return best == nullptr ? color : *best;
}

// ---- the picture ----

int luminance(const Sample& s) { return (s.r * 13933 + s.g * 46871 + s.b * 4732 + 32768) >> 16; }

// The two colours where there are exactly two.
std::optional<std::pair<Sample, Sample>> two_colors(const Raster& raster) {
  if (raster.at.empty()) return std::nullopt;
  const Sample first = raster.at.front();
  std::optional<Sample> second;
  for (const Sample& s : raster.at) {
    if (s == first || s == second) continue;
    if (second) return std::nullopt;
    second = s;
  }
  if (!second) return std::nullopt;
  return std::pair{first, *second};
}

Contour whole(int w, int h) {
  const double right = w, bottom = h;
  return {{0, 0}, {vector::line_to({right, 0}), vector::line_to({right, bottom}), vector::line_to({0, bottom})}};
}

// Paper under ink, as far as the parameters ask for it.
struct Drawing {
  const TraceParams& params;
  vector::Document document;

  void add(std::vector<Contour> contours, Rgba color) {
    if (!contours.empty() && color.a > 0) document.shapes.push_back({std::move(contours), vector::Solid{color}});
  }
  // What is darker than the plane's level, by its outlines or as strokes.
  void add_ink(const Plane& plane, Rgba color, const base::Stop& stop, base::StageClock* clock) {
    if (!params.centerline) return add(outlines(plane, params, stop, clock), color);
    const base::StageClock::Scope scope(clock, "strokes");
    const auto speckle = static_cast<std::size_t>(params.filter_speckle) * params.filter_speckle;
    for (vector::Shape& shape : strokes_of(plane, color, speckle, fit_options(params), stop)) {
      document.shapes.push_back(std::move(shape));
    }
  }
  bool wants_paper() const {
    return params.background.kind != Background::Kind::remove && params.max_colors != 1 && params.palette.size() != 1;
  }
};

void draw_two_colors(Drawing& drawing, const Raster& raster, std::pair<Sample, Sample> colors, const base::Stop& stop,
                     base::StageClock* clock) {
  Plane plane(raster.width, raster.height);
  plane.exact = true;
  for (std::size_t i = 0; i < plane.at.size(); ++i) plane.at[i] = raster.at[i] == colors.first ? 255 : 0;
  auto [paper, ink] = colors;
  if (ink.a == 0 || (paper.a != 0 && ink_holds_the_rim(plane))) {
    std::swap(paper, ink);
    invert(plane);
  }
  const Rgba ground = to_rgba(to_paint(paper));
  const Rgba paper_color = paper.a == 0 ? ground : from_palette(ground, drawing.params);
  if (drawing.wants_paper()) drawing.add({whole(raster.width, raster.height)}, paper_color);
  const Rgba ink_color = from_palette(to_rgba(to_paint(ink)), drawing.params,
                                      paper.a == 0 || !drawing.wants_paper() ? nullptr : &paper_color);
  drawing.add_ink(plane, ink_color, stop, clock);
}

// Luminance; what is transparent takes the level of `ground`.
Plane grey_over(const Raster& raster, int ground) {
  Plane plane(raster.width, raster.height);
  for (std::size_t i = 0; i < plane.at.size(); ++i) {
    const Sample& s = raster.at[i];
    plane.at[i] = static_cast<std::uint8_t>(std::min(luminance(s) + (ground * (255 - s.a) + 127) / 255, 255));
  }
  return plane;
}

// The tones of what is more opaque than not.
Split visible_tones(const Raster& raster) {
  Histogram histogram{};
  for (const Sample& s : raster.at) {
    if (s.a >= 250) ++histogram[luminance(s)];
  }
  return otsu(histogram);
}

void draw_opaque(Drawing& drawing, const Raster& raster, const base::Stop& stop, base::StageClock* clock) {
  std::optional<base::StageClock::Scope> scope(std::in_place, clock, "tones");
  Plane plane = grey_over(raster, 255);
  const bool has_ink = separate(plane);
  if (!has_ink) plane.level = -1;
  const std::vector<std::uint8_t> core = cores_of(plane);
  const Rgba paper = from_palette(color_of(raster, plane, core, false), drawing.params);
  const Rgba ink =
      from_palette(color_of(raster, plane, core, true), drawing.params, drawing.wants_paper() ? &paper : nullptr);
  scope.reset();
  if (drawing.wants_paper()) drawing.add({whole(raster.width, raster.height)}, paper);
  if (has_ink) drawing.add_ink(plane, ink, stop, clock);
}

// The outline of what is opaque is the ink, or where that shows two tones, the paper under it.
void draw_cut_out(Drawing& drawing, const Raster& raster, const base::Stop& stop, base::StageClock* clock) {
  constexpr double kTwoTones = 64;
  std::optional<base::StageClock::Scope> scope(std::in_place, clock, "tones");
  Plane silhouette(raster.width, raster.height);
  for (std::size_t i = 0; i < silhouette.at.size(); ++i) {
    silhouette.at[i] = static_cast<std::uint8_t>(255 - raster.at[i].a);
  }
  const Split tones = visible_tones(raster);
  const bool two_tones = tones.light - tones.dark >= kTwoTones;
  const std::vector<std::uint8_t> solid = cores_of(silhouette);
  const Rgba color = color_of(raster, silhouette, solid, true);
  scope.reset();
  if (!two_tones) {
    drawing.add_ink(silhouette, from_palette(color, drawing.params), stop, clock);
    return;
  }
  const int level = luminance({color.r, color.g, color.b, 255});
  Plane plane = grey_over(raster, level);
  plane.level = tones.below - 0.5;
  if (level < plane.level) {
    invert(plane);
    plane.level = 255 - plane.level;
  }
  set_level(plane);
  const Rgba paper = from_palette(color, drawing.params);
  const Rgba ink = from_palette(color_of(raster, plane, cores_of(plane), true), drawing.params,
                                drawing.wants_paper() ? &paper : nullptr);
  if (drawing.wants_paper()) drawing.add(outlines(silhouette, drawing.params, stop, clock), paper);
  drawing.add_ink(plane, ink, stop, clock);
}

}  // namespace

vector::Document trace_mono(const Raster& raster, const TraceParams& params, const base::Stop& stop,
                            base::StageClock* clock) {
  stop.check();
  Drawing drawing{params, {}};
  drawing.document.width = raster.width;
  drawing.document.height = raster.height;
  drawing.document.resolution =
      std::clamp(std::exp2(std::round(std::log2(tolerance_of(params) * 0.83))), 1.0 / 16, 0.5);
  if (raster.at.empty()) return drawing.document;
  if (const auto colors = two_colors(raster)) {
    draw_two_colors(drawing, raster, *colors, stop, clock);
  } else if (std::all_of(raster.at.begin(), raster.at.end(), [](const Sample& s) { return s.a == 255; })) {
    draw_opaque(drawing, raster, stop, clock);
  } else {
    draw_cut_out(drawing, raster, stop, clock);
  }
  return drawing.document;
}

}  // namespace imgmill::trace
