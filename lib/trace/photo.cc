// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/photo.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <utility>

#include "trace/merge.h"

namespace imgmill::trace {
namespace {

// Merging costs far more per region than growing per pixel, so growing goes on until this many regions are left for
// each one of the budget.
constexpr double kGrownPerRegion = 5;

// What joining two regions may add to the squared error: where the search for the right bound starts.
constexpr float kLeastError = 25;

// At layer_difference 16.
constexpr double kDefaultLambda = 400;

int difference(Sample p, Sample q) {
  const int weighted = std::abs(p.r - q.r) + 2 * std::abs(p.g - q.g) + std::abs(p.b - q.b) + 2 * std::abs(p.a - q.a);
  return std::min(weighted / 2, 255);
}

// Grows regions from single pixels. Tile by tile, which keeps the work in the cache; then across the tiles' borders.
class Grower {
 public:
  Grower(const Raster& raster, float error) : raster_(raster), error_(error), at_(raster.at.size()) {}

  Regions run(const base::Stop& stop) {
    for (int top = 0; top < raster_.height; top += kTile) {
      for (int left = 0; left < raster_.width; left += kTile) {
        stop.check();
        grow_tile(left, top);
      }
    }
    stop.check();
    for (int y = 0; y < raster_.height; ++y) {
      for (int x = 0; x < raster_.width; ++x) {
        if (x % kTile == kTile - 1 && x + 1 < raster_.width) add(index(x, y), index(x + 1, y));
        if (y % kTile == kTile - 1 && y + 1 < raster_.height) add(index(x, y), index(x, y + 1));
      }
    }
    join_sorted();
    return label(stop);
  }

 private:
  static constexpr int kTile = 128;

  struct Node {
    Paint mean;
    float area;
    std::int32_t parent;
  };
  struct Pair {
    std::int32_t first, second;
  };

  std::int32_t index(int x, int y) const { return y * raster_.width + x; }

  std::int32_t find(std::int32_t i) {
    while (at_[i].parent != i) i = at_[i].parent = at_[at_[i].parent].parent;
    return i;
  }

  void add(std::int32_t first, std::int32_t second) {
    const int weight = difference(raster_.at[first], raster_.at[second]);
    pairs_.push_back({first, second});
    weights_.push_back(static_cast<std::uint8_t>(weight));
    ++count_[weight];
  }

  void grow_tile(int left, int top) {
    const int right = std::min(left + kTile, raster_.width), bottom = std::min(top + kTile, raster_.height);
    for (int y = top; y < bottom; ++y) {
      for (int x = left; x < right; ++x) {
        const std::int32_t i = index(x, y);
        at_[i] = {to_paint(raster_.at[i]), 1, i};
        if (x + 1 < right) add(i, i + 1);
        if (y + 1 < bottom) add(i, i + raster_.width);
      }
    }
    join_sorted();
  }

  // Joins the pairs collected so far, the most alike first.
  void join_sorted() {
    std::array<std::uint32_t, 256> next{};
    for (std::size_t w = 0; w + 1 < next.size(); ++w) next[w + 1] = next[w] + count_[w];
    sorted_.resize(pairs_.size());
    for (std::size_t k = 0; k < pairs_.size(); ++k) sorted_[next[weights_[k]]++] = pairs_[k];
    for (const Pair& pair : sorted_) join(find(pair.first), find(pair.second));
    pairs_.clear();
    weights_.clear();
    count_.fill(0);
  }

  void join(std::int32_t a, std::int32_t b) {
    if (a == b) return;
    if (at_[a].area < at_[b].area) std::swap(a, b);
    Node &into = at_[a], &from = at_[b];
    const float area = into.area + from.area;
    if (into.area * from.area * distance2(into.mean, from.mean) >= error_ * area) return;
    into.mean = into.mean + (from.mean - into.mean) * (from.area / area);
    into.area = area;
    from.parent = a;
  }

  Regions label(const base::Stop& stop) {
    Regions regions{raster_.width, raster_.height, std::vector<std::int32_t>(at_.size()), {}};
    std::vector<std::int32_t> number(at_.size(), -1);
    for (std::size_t i = 0; i < at_.size(); ++i) {
      if (i % 65536 == 0) stop.check();
      const std::int32_t root = find(static_cast<std::int32_t>(i));
      if (number[root] < 0) {
        number[root] = static_cast<std::int32_t>(regions.regions.size());
        regions.regions.push_back({at_[root].mean, static_cast<std::int32_t>(at_[root].area)});
      }
      regions.label[i] = number[root];
    }
    return regions;
  }

  const Raster& raster_;
  float error_;
  std::vector<Node> at_;
  std::vector<Pair> pairs_, sorted_;
  std::vector<std::uint8_t> weights_;
  std::array<std::uint32_t, 256> count_{};
};

// Tiles from all over the picture, side by side.
Raster mosaic(const Raster& raster) {
  constexpr int kSide = 32, kAcross = 4;
  if (raster.width < 2 * kSide * kAcross || raster.height < 2 * kSide * kAcross) return raster;
  Raster sample{kSide * kAcross, kSide * kAcross, {}};
  sample.at.reserve(static_cast<std::size_t>(sample.width) * sample.height);
  for (int y = 0; y < sample.height; ++y) {
    const int from_y = y / kSide * (raster.height - kSide) / (kAcross - 1) + y % kSide;
    for (int x = 0; x < sample.width; ++x) {
      sample.at.push_back(raster(x / kSide * (raster.width - kSide) / (kAcross - 1) + x % kSide, from_y));
    }
  }
  return sample;
}

// The least bound that leaves few enough regions, to a factor of three: tried out on a sample of the picture.
float growing_error(const Raster& raster, int budget, const base::Stop& stop) {
  const Raster sample = mosaic(raster);
  const double share = static_cast<double>(sample.at.size()) / static_cast<double>(raster.at.size());
  float error = kLeastError;
  for (int step = 0; step < 8; ++step, error *= 3) {
    const std::size_t grown = Grower(sample, error).run(stop).regions.size();
    if (static_cast<double>(grown) <= kGrownPerRegion * budget * share) break;
  }
  return error;
}

// Whether more than `limit` colours are met in rows `step` apart.
bool has_more_colors(const Raster& raster, int step, std::size_t limit) {
  std::vector<Sample> colors;
  for (int y = 0; y < raster.height; y += step) {
    Sample last{1, 0, 0, 0};  // no premultiplied colour
    for (int x = 0; x < raster.width; ++x) {
      const Sample sample = raster(x, y);
      if (sample == last) continue;
      last = sample;
      if (std::find(colors.begin(), colors.end(), sample) != colors.end()) continue;
      if (colors.size() == limit) return true;
      colors.push_back(sample);
    }
  }
  return false;
}

// How pixels relate to their four neighbours, as shares of the pixels looked at.
struct Texture {
  double same = 0;   // equal to all four
  double quiet = 0;  // flat or on a slope: the second differences are within rounding
  double mild = 0;   // not quiet, but no edge either
};

// A drawing has flat ground.
bool has_flat_ground(const Texture& seen) { return seen.same > 0.2 || seen.quiet > 0.8; }

// Of rows `step` apart; looks no further once there is flat ground enough.
Texture texture(const Raster& raster, int step) {
  constexpr int kRounding = 2, kEdge = 24;  // levels
  const int w = raster.width;
  const std::int64_t rows = (raster.height - 2 + step - 1) / step;
  const double scale = 1.0 / static_cast<double>(std::max<std::int64_t>(rows * (w - 2), 1));
  std::int64_t same = 0, quiet = 0, mild = 0;
  Texture seen;
  for (int y = 1; y + 1 < raster.height && !has_flat_ground(seen); y += step) {
    const Sample* at = raster.at.data() + static_cast<std::size_t>(y) * w;
    const auto* row = reinterpret_cast<const std::uint8_t*>(at);
    const std::uint8_t *above = row - 4 * std::ptrdiff_t{w}, *below = row + 4 * std::ptrdiff_t{w};
    for (int x = 1; x + 1 < w; ++x) {
      if (at[x] == at[x - 1] && at[x] == at[x + 1] && at[x] == at[x - w] && at[x] == at[x + w]) {
        ++same, ++quiet;
        continue;
      }
      int slope = 0, bend = 0;
      for (int i = 4 * x; i < 4 * x + 4; ++i) {
        const int left = row[i] - row[i - 4], right = row[i + 4] - row[i];
        const int up = row[i] - above[i], down = below[i] - row[i];
        slope = std::max({slope, std::abs(left), std::abs(right), std::abs(up), std::abs(down)});
        bend = std::max({bend, std::abs(right - left), std::abs(down - up)});
      }
      quiet += bend <= kRounding;
      mild += bend > kRounding && slope <= kEdge;
    }
    seen = {scale * static_cast<double>(same), scale * static_cast<double>(quiet), scale * static_cast<double>(mild)};
  }
  return seen;
}

}  // namespace

Regions segment_photo(const Raster& raster, const PhotoOptions& options, const base::Stop& stop) {
  Regions regions = Grower(raster, growing_error(raster, options.region_budget, stop)).run(stop);
  MergeOptions merge;
  merge.target_count = options.region_budget;
  merge.lambda = options.lambda;
  merge.by_root_of_boundary = true;
  merge.min_area = options.min_area;
  merge_regions(regions, raster, merge, stop);
  return regions;
}

PhotoOptions photo_options(const TraceParams& params, int width, int height) {
  const double size = static_cast<double>(width) * height / (512.0 * 512.0);
  const double detail = std::exp2((params.color_precision - 6) / 2.0);
  const double step = std::max(params.layer_difference, 1) / 16.0;
  const double budget = 3000 * std::pow(size, 0.85) * detail / std::sqrt(step);
  PhotoOptions options;
  options.region_budget = static_cast<int>(std::clamp(budget, 16.0, 1e6));
  options.lambda = static_cast<float>(kDefaultLambda * step * step);
  options.min_area = 2 * params.filter_speckle * params.filter_speckle;
  return options;
}

bool looks_like_photo(const Raster& raster) {
  constexpr std::int64_t kLook = 1 << 16;        // px
  constexpr std::int64_t kSizeable = 128 * 128;  // px: in smaller drawings everything is close to an edge
  const auto pixels = static_cast<std::int64_t>(raster.at.size());
  const int step = static_cast<int>(std::max<std::int64_t>(1, (pixels + kLook - 1) / kLook));
  const Texture seen = texture(raster, step);
  // What isn't flat in a drawing is mostly edges. Lossy compression gives drawings ripples and photographs flat blocks,
  // hence both marks.
  if (has_flat_ground(seen) || !has_more_colors(raster, step, 64)) return false;
  if (seen.same < 0.04 && pixels >= kSizeable) return true;
  return seen.mild > 0.655 * (1 - seen.quiet);
}

}  // namespace imgmill::trace
