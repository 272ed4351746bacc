// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/paints.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdlib>
#include <numeric>

#include "trace/bands.h"
#include "trace/four.h"
#include "trace/label_runs.h"
#include "trace/runs.h"
#include "trace/shading.h"

namespace imgmill::trace {
namespace {

using Bytes = std::uint8_t __attribute__((vector_size(16)));

Bytes bytes(const Sample& s) { return (Bytes)FourWhole{std::bit_cast<std::int32_t>(s), 0, 0, 0}; }

// The extremes of some pixels' channels.
struct Extremes {
  Sample low{255, 255, 255, 255}, high{0, 0, 0, 0};

  void add(const Sample& s) { add({s, s}); }
  void add(const Extremes& o) {
    const Bytes a = bytes(low), b = bytes(o.low), c = bytes(high), d = bytes(o.high);
    low = std::bit_cast<Sample>(((FourWhole)(a < b ? a : b))[0]);
    high = std::bit_cast<Sample>(((FourWhole)(c > d ? c : d))[0]);
  }
  // What each channel is off a colour at most.
  Four off(const Paint& paint) const { return larger(four(high) - four(paint), four(paint) - four(low)); }
};

bool within(const Sample& x, const Sample& y, const Bytes& levels) {
  const Bytes a = bytes(x), b = bytes(y), apart = (a > b ? a : b) - (a < b ? a : b);
  return ((FourWhole)(apart > levels))[0] == 0;
}

int difference(const Sample& x, const Sample& y) {
  return std::max(std::max(std::abs(x.r - y.r), std::abs(x.g - y.g)),
                  std::max(std::abs(x.b - y.b), std::abs(x.a - y.a)));
}

constexpr float kEven = 1.5f;  // levels that the pixels of one colour may be off it

// Connected patches of core pixels that stay within a few levels of the pixel they began with.
class PatchGrower {
 public:
  PatchGrower(const Raster& raster, const std::vector<std::uint8_t>& core, int step, const base::Stop& stop)
      : raster_(raster),
        core_(core),
        step_(Bytes{} + static_cast<std::uint8_t>(step)),
        stop_(stop),
        runs_(raster.width),
        labels_(raster.width, kNoPaint),
        above_(raster.width, kNoPaint) {}

  Regions grow() {
    for (int y = 0; y < raster_.height; ++y) {
      if (y % 16 == 0) stop_.check();
      grow_row(y);
    }
    stop_.check();
    return numbered();
  }

  // Once it is grown: whether every patch is even, by the extremes of each channel, and stands apart from all others,
  // or differs from them too much to be a shade of the same: then there is nothing to fit and nothing to join.
  bool is_flat(const Regions& grown) const {
    constexpr float kNearlyEven = 3;  // levels
    constexpr float kApart = 24;      // levels
    if (is_busy()) return false;
    for (std::size_t k = 0; k < grown.regions.size(); ++k) {
      const Four off = extremes_[k].off(grown.regions[k].paint);
      if (sum(off * off) > kNearlyEven * kNearlyEven) return false;
    }
    return std::all_of(touches_.begin(), touches_.end(), [&](const Touch& touch) {
      return touch.a == touch.b ||
             distance2(grown.regions[touch.a].paint, grown.regions[touch.b].paint) > kApart * kApart;
    });
  }

  // By patch, once it is grown: whether a pixel is off its colour by more than kEven.
  std::vector<std::uint8_t> uneven(const Regions& grown) const {
    std::vector<std::uint8_t> uneven(extremes_.size());
    for (std::size_t k = 0; k < uneven.size(); ++k) {
      const Four off = extremes_[k].off(grown.regions[k].paint);
      uneven[k] = std::max({off[0], off[1], off[2], off[3]}) > kEven;
    }
    return uneven;
  }

 private:
  // Patches that lie side by side.
  struct Touch {
    std::int32_t a, b;
  };
  // Where more do so at more pixels than that, they are no plain areas, and there is nothing more to find out.
  bool is_busy() const { return touches_.size() > raster_.at.size() / 32 + 8; }

  struct Sums {
    std::array<std::int64_t, 4> color{};
    std::int64_t area = 0;

    void add(const Sums& o) {
      for (std::size_t c = 0; c < color.size(); ++c) color[c] += o.color[c];
      area += o.area;
    }
  };

  void grow_row(int y) {
    const int w = raster_.width;
    const std::size_t row = static_cast<std::size_t>(y) * w;
    const Sample* at = &raster_.at[row];
    const std::uint8_t* core = &core_[row];
    std::swap(labels_, above_);
    std::int32_t own = kNoPaint;  // of the pixel before
    int begin = 0;                // of its run
    FourWhole sum{};
    const auto end_run = [&](int x) {
      if (x == begin) return;
      runs_.add(begin, own);
      if (own == kNoPaint) return;
      Sums& sums = sums_[own];
      for (int c = 0; c < 4; ++c) sums.color[c] += sum[c];
      sums.area += x - begin;
    };
    const auto go_on = [&](int x, std::int32_t label) {
      if (label == own) return;
      end_run(x);
      own = label, begin = x, sum = FourWhole{};
    };
    for (int x = 0; x < w;) {
      if (!core[x]) {
        go_on(x, kNoPaint);
        do {
          labels_[x++] = kNoPaint;
        } while (x < w && !core[x]);
        continue;
      }
      // Within a plain area nothing changes from one pixel to the next.
      if (own != kNoPaint && at[x] == at[x - 1] && above_[x] == above_[x - 1]) {
        int n = alike(at + x, at + x - 1, first_zero(core + x, w - x));
        n = alike(&above_[x], &above_[x] - 1, n);
        sum += n * whole(at[x]);
        std::fill_n(&labels_[x], n, own);
        x += n;
        continue;
      }
      const std::int32_t up = above_[x] != kNoPaint ? runs_.root(above_[x]) : kNoPaint, label = join(at[x], own, up);
      if (!is_busy()) {
        extremes_[label].add(at[x]);
        if (own != kNoPaint && own != label) touches_.push_back({own, label});
        if (up != kNoPaint && up != label) touches_.push_back({up, label});
      }
      go_on(x, label);
      sum += whole(at[x]);
      labels_[x++] = label;
    }
    end_run(w);
  }

  // The patch for a pixel between its left and upper neighbours' patches.
  std::int32_t join(const Sample& s, std::int32_t left, std::int32_t up) {
    const bool joins_left = left != kNoPaint && within(seed_[left], s, step_);
    if (joins_left && left == up) return left;
    const bool joins_up = up != kNoPaint && left != up && within(seed_[up], s, step_);
    if (joins_left && joins_up) {
      if (within(seed_[left], seed_[up], step_)) return runs_.unite(left, up);
      return difference(seed_[up], s) < difference(seed_[left], s) ? up : left;
    }
    if (joins_left || joins_up) return joins_left ? left : up;
    seed_.push_back(s);
    sums_.emplace_back();
    extremes_.emplace_back();
    return runs_.fresh_label();
  }

  // Labels 0…n−1, with the mean colour and area of each.
  Regions numbered() {
    const LabelRuns::Numbers numbers = runs_.numbers();
    std::vector<Sums> sums(numbers.count);
    std::vector<Extremes> extremes(numbers.count);
    for (std::size_t k = 0; k < seed_.size(); ++k) {
      sums[numbers.of[k]].add(sums_[k]);
      extremes[numbers.of[k]].add(extremes_[k]);
    }
    extremes_ = std::move(extremes);
    for (Touch& touch : touches_) touch = {numbers.of[touch.a], numbers.of[touch.b]};
    Regions out{raster_.width, raster_.height, runs_.written(numbers, raster_.at.size()), {}};
    out.regions.reserve(sums.size());
    for (const Sums& sum : sums) {
      const float scale = 1.0f / float(sum.area);
      const auto mean = [&](int c) { return float(sum.color[c]) * scale; };
      out.regions.push_back({{mean(0), mean(1), mean(2), mean(3)}, static_cast<std::int32_t>(sum.area)});
    }
    // What is asked later are the extremes and who lies beside whom.
    runs_ = LabelRuns(raster_.width);
    std::vector<Sums>().swap(sums_);
    std::vector<Sample>().swap(seed_);
    return out;
  }

  const Raster& raster_;
  const std::vector<std::uint8_t>& core_;
  const Bytes step_;  // levels, for each byte
  const base::Stop& stop_;
  LabelRuns runs_;
  std::vector<std::int32_t> labels_, above_;  // of a row and of the one before it
  std::vector<Sample> seed_;                  // by label, as the next
  std::vector<Sums> sums_;
  std::vector<Extremes> extremes_;  // by patch in the end
  std::vector<Touch> touches_;
};

// How far a colour may go from that at which its patch began, in a picture that was denoised: levels.
constexpr int kDenoisedStep = 5;

// A gradient of slope s levels/px is cut into bands of about ∛(2λs) levels; layer_difference 16 makes λ 512.
float band_lambda(const TraceParams& params) {
  const float step = float(std::max(params.layer_difference, 1));
  return 2 * step * step;
}

// Squared error that a byte may save.
double byte_price(const TraceParams& params) {
  const double step = std::max(params.layer_difference, 1);
  return 4.5 * step * step;
}

// Those of which a pixel is off its colour by more than kEven vary too.
void mark_uneven(const Raster& raster, const Regions& patches, std::vector<std::uint8_t>& varies,
                 const base::Stop& stop) {
  const int w = patches.width;
  for (int y = 0; y < patches.height; ++y) {
    if (y % 16 == 0) stop.check();
    const std::int32_t* label = patches.label.data() + static_cast<std::size_t>(y) * w;
    const Sample* at = raster.at.data() + static_cast<std::size_t>(y) * w;
    for (int x = 0; x < w; ++x) {
      if (label[x] == kNoPaint || varies[label[x]]) {
        x += alike(label + x + 1, label + x, w - x - 1);
        continue;
      }
      if (x > 0 && at[x] == at[x - 1] && label[x] == label[x - 1]) {
        x += alike(label + x, label + x - 1, alike(at + x, at + x - 1, w - x)) - 1;
        continue;
      }
      const Paint off = to_paint(at[x]) - patches.regions[label[x]].paint;
      if (std::fabs(off.r) > kEven || std::fabs(off.g) > kEven || std::fabs(off.b) > kEven ||
          std::fabs(off.a) > kEven) {
        varies[label[x]] = true;
      }
    }
  }
}

// One paint for all patches of a colour, the largest first, so that its colour is the one seen most, and one for all of
// a gradient.
std::vector<std::int32_t> intern_all(const Regions& patches, const Shading& shading,
                                     const std::vector<std::uint8_t>& varies, float levels,
                                     std::vector<PaintEntry>& paints, const base::Stop& stop) {
  std::vector<std::int32_t> order(patches.regions.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::int32_t x, std::int32_t y) { return patches.regions[x].area > patches.regions[y].area; });
  std::vector<std::int32_t> paint_of(order.size()), paint_of_gradient(shading.gradients.size(), kNoPaint);
  std::size_t steps = 0;
  for (const std::int32_t k : order) {
    if (steps++ % 256 == 0) stop.check();
    const Region& region = patches.regions[k];
    if (shading.of(k) != nullptr) {
      const std::int32_t gradient = shading.index[k];
      std::int32_t& paint = paint_of_gradient[gradient];
      if (paint == kNoPaint) {
        paint = static_cast<std::int32_t>(paints.size());
        paints.push_back({region.paint, region.paint, 0, true, gradient});
        float& alpha = paints.back().fill.a;  // solid only where all of it is
        alpha = shading.gradients[gradient].opaque() ? 255.0f : std::min(alpha, 253.0f);
      }
      paints[paint].area += region.area;
      paint_of[k] = paint;
      continue;
    }
    paint_of[k] = intern_paint(paints, region.paint, region.area, varies[k] != 0, levels);
  }
  return paint_of;
}

}  // namespace

float same_paint_levels(const TraceParams& params) {
  return std::ldexp(1.0f, 8 - std::clamp(params.color_precision, 1, 8)) - 0.5f;
}

std::int32_t intern_paint(std::vector<PaintEntry>& paints, const Paint& paint, std::int64_t area, bool varies,
                          float levels) {
  std::int32_t best = kNoPaint;
  float nearest = levels * levels;
  for (std::size_t k = 0; k < paints.size(); ++k) {
    if (paints[k].gradient >= 0) continue;
    const float d = distance2(paints[k].paint, paint);
    if (d < nearest) nearest = d, best = static_cast<std::int32_t>(k);
  }
  if (best == kNoPaint) {
    paints.push_back({paint, paint, area, varies, -1});
    return static_cast<std::int32_t>(paints.size()) - 1;
  }
  paints[best].area += area;
  paints[best].varies |= varies;
  return best;
}

PaintMap find_paints(const Raster& raster, const Cores& cores, const TraceParams& params, const base::Stop& stop) {
  const int flat = cores.noise.flat_range;
  PatchGrower grower(raster, cores.core, cores.noise.noisy() ? kDenoisedStep : flat, stop);
  Regions patches = grower.grow();
  PaintMap map;
  map.width = raster.width;
  map.height = raster.height;
  map.pure = cores.core;
  map.noisy = cores.noise.noisy();
  map.tolerance = map.noisy ? float(flat) * 1.5f : 2.0f;
  // A given set of colours leaves no gradients.
  map.shaded = params.palette.empty() && params.max_colors == 0;
  Shading shading;
  if (map.shaded) {
    map.flat = grower.is_flat(patches);
    if (!map.flat) shading = shade(patches, raster, byte_price(params), map.noisy, stop);
  } else {
    merge_bands(patches, raster, band_lambda(params), stop);
    smooth_borders(patches, raster, shading, stop);
  }
  std::vector<std::uint8_t> varies(patches.regions.size());
  for (std::size_t k = 0; k < varies.size(); ++k) varies[k] = shading.of(static_cast<std::int32_t>(k)) != nullptr;
  if (map.flat && !map.noisy) {
    varies = grower.uneven(patches);
  } else if (!map.noisy) {
    mark_uneven(raster, patches, varies, stop);
  }
  const float levels = std::max(same_paint_levels(params), cores.noise.noisy() ? 8.0f : 0.0f);
  const std::vector<std::int32_t> paint_of = intern_all(patches, shading, varies, levels, map.paints, stop);
  map.gradients = std::move(shading.gradients);
  map.at = std::move(patches.label);
  for (std::size_t i = 0; i < map.at.size();) {
    const auto most = static_cast<int>(std::min<std::size_t>(map.at.size() - i, 1 << 16));
    const int n = 1 + alike(&map.at[i] + 1, &map.at[i], most - 1);
    if (map.at[i] != kNoPaint) std::fill_n(&map.at[i], n, paint_of[map.at[i]]);
    i += static_cast<std::size_t>(n);
  }
  return map;
}

void mend_extremes(PaintMap& map, const Raster& raster, const base::Stop& stop) {
  struct Ends {
    std::array<std::int64_t, 3> low{}, high{};
    std::int64_t pixels = 0;
  };
  std::vector<Ends> ends(map.paints.size());
  for (std::size_t i = 0; i < map.at.size(); ++i) {
    if (i % (1 << 16) == 0) stop.check();
    if (map.at[i] < 0) continue;
    Ends& e = ends[map.at[i]];
    const Sample& s = raster.at[i];
    const std::array<std::uint8_t, 3> values{s.r, s.g, s.b};
    for (std::size_t k = 0; k < values.size(); ++k) e.low[k] += values[k] == 0, e.high[k] += values[k] == 255;
    ++e.pixels;
  }
  constexpr float kBias = 5;         // levels
  constexpr float kRounding = 1.5f;  // … that the way to YCbCr and back alone may be off by
  constexpr std::int64_t kMany = 3;  // one in so many
  for (std::size_t p = 0; p < map.paints.size(); ++p) {
    Paint& fill = map.paints[p].fill;
    const std::array<float*, 3> channels{&fill.r, &fill.g, &fill.b};
    for (std::size_t k = 0; k < channels.size(); ++k) {
      float& v = *channels[k];
      if (v <= (ends[p].low[k] * kMany >= ends[p].pixels ? kBias : kRounding)) v = 0;
      if (v >= 255 - (ends[p].high[k] * kMany >= ends[p].pixels ? kBias : kRounding)) v = 255;
    }
  }
}

}  // namespace imgmill::trace
