// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/photo.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iterator>
#include <utility>

#include "trace/blocks.h"
#include "trace/region_graph.h"

namespace imgmill::trace {
namespace {

// At layer_difference 16 and color_precision 6, in pictures of up to 512 × 512 px. In one of 4 MP it is twice that: its
// pixels are seen smaller.
constexpr double kDefaultLambda = 1800;

// Four blocks are one from the start where that adds less than this share of what a region of one pixel is worth.
constexpr float kBlockShare = 0.05f;

// The bound grows to its end by these steps: within the tiles, then between them too.
constexpr float kTileBounds[] = {1.0f / 16, 1.0f / 8, 1.0f / 4, 1.0f / 2};
constexpr float kBounds[] = {1.0f / 2, 1, 1, 1};

// px a region at least, in the mean: what noise is bounded by, within the tiles and at last.
constexpr double kLeastGrown = 5, kLeastArea = 12;

// Follows one numbering by another.
void follow(std::vector<std::int32_t>& number, const std::vector<std::int32_t>& next) {
  if (number.empty()) {
    number = next;
  } else {
    for (std::int32_t& n : number) n = next[n];
  }
}

class Segmenter {
 public:
  Segmenter(const Raster& raster, const PhotoOptions& options, const Execution& execution)
      : raster_(raster), options_(options), execution_(execution) {
    regions_ = {raster.width, raster.height, std::vector<std::int32_t>(raster.at.size()), {}};
    across_ = (raster.width + kBlockTile - 1) / kBlockTile;
    for (int top = 0; top < raster.height; top += kBlockTile) {
      for (int left = 0; left < raster.width; left += kBlockTile) {
        tiles_.push_back(
            {left, top, std::min(kBlockTile, raster.width - left), std::min(kBlockTile, raster.height - top)});
      }
    }
    graphs_.resize(tiles_.size());
    number_.resize(tiles_.size());
  }

  Regions run() {
    execution_.for_each(tiles_.size(), [&](std::size_t k) { grow(k); });
    gather();
    const std::vector<RegionGraph::Node> grown = whole_.nodes;
    std::vector<std::int32_t> number;
    for (const float share : kBounds) follow(number, whole_.join(share * options_.lambda, execution_.stop));
    bound_number(whole_, number, 1, kLeastArea);
    follow(number, whole_.absorb(static_cast<float>(options_.min_area), execution_.stop));
    execution_.for_each(tiles_.size(), [&](std::size_t k) { label(k, number); });
    measure(grown, number);
    return std::move(regions_);
  }

 private:
  std::int32_t* corner(const Tile& tile) {
    return regions_.label.data() + static_cast<std::size_t>(tile.top) * raster_.width + tile.left;
  }

  // The regions of a tile by itself.
  void grow(std::size_t k) {
    execution_.stop.check();
    RegionGraph& graph = graphs_[k];
    const float bound = kBlockShare * options_.lambda * (1 + RegionGraph::kPerRegion);
    divide_into_blocks(raster_, tiles_[k], bound, graph, corner(tiles_[k]), raster_.width);
    for (const float share : kTileBounds) {
      follow(number_[k], graph.join(share * options_.lambda, execution_.stop));
    }
    bound_number(graph, number_[k], kTileBounds[std::size(kTileBounds) - 1], kLeastGrown);
    graph.shed();
  }

  // Noise may leave hardly fewer regions than pixels: the bound grows on, until they have that area in the mean.
  void bound_number(RegionGraph& graph, std::vector<std::int32_t>& number, float share, double area) const {
    double whole = 0;
    for (const RegionGraph::Node& node : graph.nodes) whole += node.area;
    while (static_cast<double>(graph.nodes.size()) * area > std::max(whole, area)) {
      follow(number, graph.join((share *= 1.5f) * options_.lambda, execution_.stop));
    }
  }

  // One graph of all, with the borders between the tiles.
  void gather() {
    std::int32_t nodes = 0;
    std::size_t all_nodes = 0, all_edges = static_cast<std::size_t>(seam_length());
    for (const RegionGraph& graph : graphs_) all_nodes += graph.nodes.size(), all_edges += graph.edges.size();
    whole_.nodes.reserve(all_nodes);
    whole_.edges.reserve(all_edges);
    for (std::size_t k = 0; k < tiles_.size(); ++k) {
      for (std::int32_t& number : number_[k]) number += nodes;
      for (const RegionGraph::Edge& edge : graphs_[k].edges) {
        whole_.edges.push_back({edge.first + nodes, edge.second + nodes, edge.length});
      }
      whole_.nodes.insert(whole_.nodes.end(), graphs_[k].nodes.begin(), graphs_[k].nodes.end());
      nodes += static_cast<std::int32_t>(graphs_[k].nodes.size());
      graphs_[k] = {};
    }
    for (std::size_t k = 0; k < tiles_.size(); ++k) {
      const Tile& tile = tiles_[k];
      const std::int32_t* last = corner(tile) + tile.width - 1;
      if (tile.left + tile.width < raster_.width) seam(k, k + 1, last, 1, raster_.width, tile.height);
      last = corner(tile) + static_cast<std::ptrdiff_t>(tile.height - 1) * raster_.width;
      if (tile.top + tile.height < raster_.height) seam(k, k + across_, last, raster_.width, 1, tile.width);
    }
  }

  // px of borders between tiles.
  std::int64_t seam_length() const {
    const std::int64_t down = static_cast<std::int64_t>(tiles_.size()) / across_;
    return (across_ - 1) * std::int64_t{raster_.height} + (down - 1) * std::int64_t{raster_.width};
  }

  // Along the border of two tiles: `across` leads from one to the other, `along` to the next pixels.
  void seam(std::size_t first, std::size_t second, const std::int32_t* at, std::ptrdiff_t across, std::ptrdiff_t along,
            int count) {
    RegionGraph::Edge edge{-1, -1, 0};
    for (int k = 0; k < count; ++k, at += along) {
      const std::int32_t a = number_[first][*at], b = number_[second][at[across]];
      if (a != edge.first || b != edge.second) {
        if (edge.length > 0) whole_.edges.push_back(edge);
        edge = {a, b, 0};
      }
      ++edge.length;
    }
    whole_.edges.push_back(edge);
  }

  void label(std::size_t k, const std::vector<std::int32_t>& number) {
    execution_.stop.check();
    const Tile& tile = tiles_[k];
    follow(number_[k], number);
    const std::int32_t* const to = number_[k].data();
    for (int y = 0; y < tile.height; ++y) {
      std::int32_t* row = corner(tile) + static_cast<std::ptrdiff_t>(y) * raster_.width;
      for (int x = 0; x < tile.width; ++x) row[x] = to[row[x]];
    }
    number_[k] = {};
  }

  // The means, from the tiles' sums, which are exact.
  void measure(const std::vector<RegionGraph::Node>& grown, const std::vector<std::int32_t>& number) {
    struct Sums {
      double r = 0, g = 0, b = 0, a = 0, area = 0;
    };
    std::vector<Sums> sums(whole_.nodes.size());
    for (std::size_t k = 0; k < grown.size(); ++k) {
      const auto& [sum, area] = grown[k];
      Sums& into = sums[number[k]];
      into.r += sum.r, into.g += sum.g, into.b += sum.b, into.a += sum.a, into.area += area;
    }
    for (const Sums& s : sums) {
      const auto mean = [&](double v) { return static_cast<float>(v / s.area); };
      regions_.regions.push_back({{mean(s.r), mean(s.g), mean(s.b), mean(s.a)}, static_cast<std::int32_t>(s.area)});
    }
  }

  const Raster& raster_;
  const PhotoOptions& options_;
  const Execution& execution_;
  Regions regions_;
  int across_ = 0;  // tiles in a row
  std::vector<Tile> tiles_;
  std::vector<RegionGraph> graphs_;                // by tile
  std::vector<std::vector<std::int32_t>> number_;  // by tile, of each block: its region's
  RegionGraph whole_;
};

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

// Of rows `step` apart and neighbours at `reach` px; looks no further once there is flat ground enough.
Texture texture(const Raster& raster, int step, int reach) {
  constexpr int kRounding = 2, kEdge = 24;  // levels
  const int w = raster.width;
  const std::int64_t rows = std::max(raster.height - 2 * reach + step - 1, 0) / step;
  const double scale = 1.0 / static_cast<double>(std::max<std::int64_t>(rows * (w - 2 * reach), 1));
  std::int64_t same = 0, quiet = 0, mild = 0;
  const std::ptrdiff_t down_by = std::ptrdiff_t{w} * reach;
  Texture seen;
  for (int y = reach; y + reach < raster.height && !has_flat_ground(seen); y += step) {
    const Sample* at = raster.at.data() + static_cast<std::size_t>(y) * w;
    const auto* row = reinterpret_cast<const std::uint8_t*>(at);
    const std::uint8_t *above = row - 4 * down_by, *below = row + 4 * down_by;
    for (int x = reach; x + reach < w; ++x) {
      if (at[x] == at[x - reach] && at[x] == at[x + reach] && at[x] == at[x - down_by] && at[x] == at[x + down_by]) {
        ++same, ++quiet;
        continue;
      }
      int slope = 0, bend = 0;
      for (int i = 4 * x; i < 4 * x + 4; ++i) {
        const int left = row[i] - row[i - 4 * reach], right = row[i + 4 * reach] - row[i];
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

Regions segment_photo(const Raster& raster, const PhotoOptions& options, const Execution& execution) {
  return Segmenter(raster, options, execution).run();
}

PhotoOptions photo_options(const TraceParams& params, int width, int height) {
  const double size = static_cast<double>(width) * height / (512.0 * 512.0);
  const double step = std::max(params.layer_difference, 1) / 16.0;
  const double precision = std::exp2((6 - params.color_precision) / 3.0);
  PhotoOptions options;
  options.lambda = static_cast<float>(kDefaultLambda * std::clamp(std::sqrt(std::sqrt(size)), 1.0, 2.0) * step *
                                      std::sqrt(step) * precision);
  options.min_area = 2 * params.filter_speckle * params.filter_speckle;
  return options;
}

bool looks_like_photo(const Raster& raster) {
  constexpr std::int64_t kLook = 1 << 16;  // px
  constexpr double kView = 512;  // px: a large picture is judged as if it were seen at about this size, or it would be
                                 // smooth whatever it shows
  constexpr std::int64_t kSizeable = 128 * 128;  // px: in smaller drawings everything is close to an edge
  const auto pixels = static_cast<std::int64_t>(raster.at.size());
  const int step = static_cast<int>(std::max<std::int64_t>(1, (pixels + kLook - 1) / kLook));
  const int reach = std::max(1, static_cast<int>(std::sqrt(static_cast<double>(pixels)) / kView));
  const Texture seen = texture(raster, step, reach);
  // What isn't flat in a drawing is mostly edges. Lossy compression gives drawings ripples and photographs flat blocks,
  // hence both marks.
  if (has_flat_ground(seen) || !has_more_colors(raster, step, 64)) return false;
  if (seen.same < 0.04 && pixels >= kSizeable) return true;
  return seen.mild > 0.655 * (1 - seen.quiet);
}

}  // namespace imgmill::trace
