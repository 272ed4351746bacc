// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/paints.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <numeric>

#include "trace/bands.h"
#include "trace/runs.h"
#include "trace/shading.h"

namespace imgmill::trace {
namespace {

int difference(const Sample& x, const Sample& y) {
  return std::max(std::max(std::abs(x.r - y.r), std::abs(x.g - y.g)),
                  std::max(std::abs(x.b - y.b), std::abs(x.a - y.a)));
}

// Connected patches of core pixels that stay within a few levels of the pixel they began with.
class PatchGrower {
 public:
  PatchGrower(const Raster& raster, const std::vector<std::uint8_t>& core, int step, const base::Stop& stop)
      : raster_(raster), core_(core), step_(step), stop_(stop) {}

  Regions grow() {
    Regions out{raster_.width, raster_.height, std::vector<std::int32_t>(raster_.at.size(), kNoPaint), {}};
    for (int y = 0; y < raster_.height; ++y) {
      if (y % 16 == 0) stop_.check();
      grow_row(out.label, y);
    }
    stop_.check();
    number(out);
    return out;
  }

 private:
  std::int32_t root(std::int32_t node) {
    while (parent_[node] != node) node = parent_[node] = parent_[parent_[node]];
    return node;
  }

  void grow_row(std::vector<std::int32_t>& label, int y) {
    const int w = raster_.width;
    const std::size_t row = static_cast<std::size_t>(y) * w;
    for (int x = 0; x < w; ++x) {
      const std::size_t i = row + x;
      if (!core_[i]) continue;
      const Sample& s = raster_.at[i];
      // Within a plain area nothing changes from one pixel to the next.
      if (x > 0 && label[i - 1] != kNoPaint && s == raster_.at[i - 1] && (y == 0 || label[i - w] == label[i - w - 1])) {
        int n = alike(&s, &s - 1, first_zero(core_.data() + i, w - x));
        if (y > 0) n = alike(&label[i - w], &label[i - w] - 1, n);
        std::fill_n(label.begin() + static_cast<std::ptrdiff_t>(i), n, label[i - 1]);
        x += n - 1;
        continue;
      }
      const std::int32_t left = x > 0 && label[i - 1] != kNoPaint ? root(label[i - 1]) : kNoPaint;
      const std::int32_t up = y > 0 && label[i - w] != kNoPaint ? root(label[i - w]) : kNoPaint;
      label[i] = join(s, left, up);
    }
  }

  // The patch for a pixel between its left and upper neighbours' patches.
  std::int32_t join(const Sample& s, std::int32_t left, std::int32_t up) {
    const bool joins_left = left != kNoPaint && difference(seed_[left], s) <= step_;
    const bool joins_up = up != kNoPaint && difference(seed_[up], s) <= step_;
    if (joins_left && joins_up) {
      if (left == up) return left;
      if (difference(seed_[left], seed_[up]) <= step_) return parent_[std::max(left, up)] = std::min(left, up);
      return difference(seed_[up], s) < difference(seed_[left], s) ? up : left;
    }
    if (joins_left || joins_up) return joins_left ? left : up;
    const std::int32_t fresh = static_cast<std::int32_t>(seed_.size());
    parent_.push_back(fresh);
    seed_.push_back(s);
    return fresh;
  }

  // Labels 0…n−1, with the mean colour and area of each.
  void number(Regions& out) {
    std::vector<std::int32_t> index(seed_.size());
    std::int32_t count = 0;
    for (std::size_t k = 0; k < seed_.size(); ++k) {  // a parent always comes before its children
      index[k] = parent_[k] == static_cast<std::int32_t>(k) ? count++ : index[parent_[k]];
    }
    std::vector<std::array<std::int64_t, 5>> sums(count);
    for (std::size_t i = 0; i < out.label.size();) {
      if (out.label[i] == kNoPaint) {
        ++i;
        continue;
      }
      const std::int32_t own = out.label[i], to = index[own];
      std::array<std::int64_t, 5>& sum = sums[to];
      const auto most = static_cast<int>(std::min<std::size_t>(out.label.size() - i, 1 << 16));
      const int end = 1 + alike(&out.label[i] + 1, &out.label[i], most - 1);
      for (int k = 0; k < end;) {
        const Sample& s = raster_.at[i + k];
        const int n = 1 + alike(&s + 1, &s, end - k - 1);
        sum[0] += n * s.r, sum[1] += n * s.g, sum[2] += n * s.b, sum[3] += n * s.a;
        k += n;
      }
      sum[4] += end;
      std::fill_n(out.label.begin() + static_cast<std::ptrdiff_t>(i), end, to);
      i += end;
    }
    for (const std::array<std::int64_t, 5>& sum : sums) {
      const float scale = 1.0f / float(sum[4]);
      out.regions.push_back(
          {{float(sum[0]) * scale, float(sum[1]) * scale, float(sum[2]) * scale, float(sum[3]) * scale},
           static_cast<std::int32_t>(sum[4])});
    }
  }

  const Raster& raster_;
  const std::vector<std::uint8_t>& core_;
  const int step_;
  const base::Stop& stop_;
  std::vector<std::int32_t> parent_;
  std::vector<Sample> seed_;
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

bool strays(const Raster& raster, const Regions& patches, std::vector<std::uint8_t>& varies, float levels,
            const base::Stop& stop) {
  bool any = false;
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
      if (std::fabs(off.r) > levels || std::fabs(off.g) > levels || std::fabs(off.b) > levels ||
          std::fabs(off.a) > levels) {
        varies[label[x]] = any = true;
      }
    }
  }
  return any;
}

// Whether every patch is even and stands apart from all others, or differs from them too much to be a shade of the
// same: then there is nothing to fit and nothing to join.
bool is_flat(const Regions& patches, const Raster& raster, const base::Stop& stop) {
  constexpr float kEven = 1.5f;  // levels
  constexpr float kApart = 24;   // levels
  const int w = patches.width;
  const auto apart = [&](std::int32_t a, std::int32_t b) {
    return a == b || a < 0 || b < 0 || distance2(patches.regions[a].paint, patches.regions[b].paint) > kApart * kApart;
  };
  for (int y = 0; y < patches.height; ++y) {
    if (y % 16 == 0) stop.check();
    const std::int32_t* label = patches.label.data() + static_cast<std::size_t>(y) * w;
    const Sample* at = raster.at.data() + static_cast<std::size_t>(y) * w;
    for (int x = 0; x < w; ++x) {
      if (label[x] < 0) continue;
      const bool as_left = x > 0 && label[x - 1] == label[x], as_above = y > 0 && label[x - w] == label[x];
      if (as_left && at[x] == at[x - 1] && (y == 0 || label[x - w] == label[x - w - 1])) {
        int n = alike(label + x, label + x - 1, alike(at + x, at + x - 1, w - x));
        if (y > 0) n = alike(label + x - w, label + x - w - 1, n);
        x += n - 1;
        continue;
      }
      if (x > 0 && !as_left && !apart(label[x], label[x - 1])) return false;
      if (y > 0 && !as_above && !apart(label[x], label[x - w])) return false;
      if (as_left && at[x] == at[x - 1]) continue;
      const Paint off = to_paint(at[x]) - patches.regions[label[x]].paint;
      if (dot(off, off) > 4 * kEven * kEven) return false;
    }
  }
  return true;
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
  Regions patches = PatchGrower(raster, cores.core, cores.noise.noisy() ? kDenoisedStep : flat, stop).grow();
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
    map.flat = is_flat(patches, raster, stop);
    if (!map.flat) shading = shade(patches, raster, byte_price(params), map.noisy, stop);
  } else {
    merge_bands(patches, raster, band_lambda(params), stop);
    smooth_borders(patches, raster, shading, stop);
  }
  std::vector<std::uint8_t> varies(patches.regions.size());
  for (std::size_t k = 0; k < varies.size(); ++k) varies[k] = shading.of(static_cast<std::int32_t>(k)) != nullptr;
  if (!map.noisy) strays(raster, patches, varies, 1.5f, stop);
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
