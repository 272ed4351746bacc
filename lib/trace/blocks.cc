// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/blocks.h"

#include <algorithm>
#include <array>

namespace imgmill::trace {
namespace {

constexpr int kLevels = 5;  // sides of 1, 2, 4, 8, 16

// Sums of a block's pixels, by channel; 16² · 255 is less than 2¹⁶.
struct Sums {
  std::array<std::uint16_t, 4> at;
};

class Division {
 public:
  Division(const Raster& raster, const Tile& tile, float bound, RegionGraph& graph, std::int32_t* label,
           std::ptrdiff_t stride)
      : raster_(raster), tile_(tile), bound_(bound), graph_(graph), label_(label), stride_(stride) {}

  void run() {
    for (int level = 1; level < kLevels; ++level) unite(level);
    constexpr int kLargest = kLevels - 1;
    for (int y = 0; y << kLargest < tile_.height; ++y) {
      for (int x = 0; x << kLargest < tile_.width; ++x) emit(kLargest, x, y);
    }
    connect();
  }

 private:
  struct Block {
    std::int16_t x, y, side;
  };

  int across(int level) const { return tile_.width >> level; }
  int down(int level) const { return tile_.height >> level; }

  const Sample* row(int y) const {
    return raster_.at.data() + static_cast<std::size_t>(tile_.top + y) * raster_.width + tile_.left;
  }

  Sums sums(int level, int x, int y) const {
    if (level == 0) {
      const Sample s = row(y)[x];
      return {{s.r, s.g, s.b, s.a}};
    }
    return sums_[level][static_cast<std::size_t>(y) * across(level) + x];
  }

  // Decides for each block of a level whether its quarters are one.
  void unite(int level) {
    const int width = across(level), height = down(level);
    sums_[level].resize(static_cast<std::size_t>(width) * height);
    whole_[level].resize(sums_[level].size());
    if (sums_[level].empty()) return;  // a tile narrower than a block has no sums a pointer could stand for
    for (int y = 0; y < height; ++y) {
      const std::size_t at = static_cast<std::size_t>(y) * width;
      if (level == 1) {
        compare(&row(2 * y)->r, &row(2 * y + 1)->r, width);
      } else {
        const Sums* above = sums_[level - 1].data() + static_cast<std::size_t>(2 * y) * across(level - 1);
        compare(above->at.data(), above[across(level - 1)].at.data(), width);
      }
      // Four times the error, for sums of that many pixels each.
      const float limit = bound_ * static_cast<float>(1 << (2 * level));
      for (int x = 0; x < width; ++x) {
        sums_[level][at + x] = united_[x];
        whole_[level][at + x] = spread_[x] < limit && (level == 1 || quarters_whole(level, x, y));
      }
    }
  }

  // Sums up the quarters of a row of blocks, and four times the squares of what these differ by from their mean: those
  // of the three other sums of a Haar step. Plain loops over arrays, which the compiler vectorises.
  template <class T>
  void compare(const T* above, const T* below, int count) {
    std::array<float, 4 * kBlockTile> both, apart;
    for (int i = 0; i < 8 * count; ++i) {
      const float a = above[i], b = below[i];
      both[i] = a + b;
      apart[i] = 2 * (a - b) * (a - b);
    }
    for (int x = 0; x < count; ++x) {
      const float *left = both.data() + 8 * x, *right = left + 4, *errors = apart.data() + 8 * x;
      std::array<float, 4> sum, error;
      for (int c = 0; c < 4; ++c) {
        sum[c] = left[c] + right[c];
        error[c] = (left[c] - right[c]) * (left[c] - right[c]) + errors[c] + errors[c + 4];
      }
      for (int c = 0; c < 4; ++c) united_[x].at[c] = static_cast<std::uint16_t>(static_cast<int>(sum[c]));
      spread_[x] = error[0] + error[1] + (error[2] + error[3]);
    }
  }

  bool quarters_whole(int level, int x, int y) const {
    const std::uint8_t* quarter =
        whole_[level - 1].data() + static_cast<std::size_t>(2 * y) * across(level - 1) + 2 * x;
    return quarter[0] && quarter[1] && quarter[across(level - 1)] && quarter[across(level - 1) + 1];
  }

  // The block as one node, or as what its quarters are.
  void emit(int level, int x, int y) {
    const int side = 1 << level;
    if (x * side >= tile_.width || y * side >= tile_.height) return;
    const bool inside = x < across(level) && y < down(level);
    if (level > 0 && !(inside && whole_[level][static_cast<std::size_t>(y) * across(level) + x])) {
      for (int quarter = 0; quarter < 4; ++quarter) emit(level - 1, 2 * x + quarter % 2, 2 * y + quarter / 2);
      return;
    }
    const Sums all = sums(level, x, y);
    const auto number = static_cast<std::int32_t>(graph_.nodes.size());
    graph_.nodes.push_back(
        {{float(all.at[0]), float(all.at[1]), float(all.at[2]), float(all.at[3])}, static_cast<float>(side * side)});
    blocks_.push_back(
        {static_cast<std::int16_t>(x * side), static_cast<std::int16_t>(y * side), static_cast<std::int16_t>(side)});
    std::int32_t* out = label_ + y * side * stride_ + x * side;
    for (int k = 0; k < side; ++k, out += stride_) std::fill_n(out, side, number);
  }

  // Squares meet along one side at most, so each pair comes up once.
  void connect() {
    for (std::size_t k = 0; k < blocks_.size(); ++k) {
      const auto [x, y, side] = blocks_[k];
      if (x + side < tile_.width) border(k, label_ + y * stride_ + x + side, stride_, side);
      if (y + side < tile_.height) border(k, label_ + (y + side) * stride_ + x, 1, side);
    }
  }

  void border(std::size_t block, const std::int32_t* at, std::ptrdiff_t step, int side) {
    for (int k = 0; k < side;) {
      const std::int32_t other = *at;
      const int from = k;
      while (k < side && *at == other) ++k, at += step;
      graph_.edges.push_back({static_cast<std::int32_t>(block), other, static_cast<float>(k - from)});
    }
  }

  const Raster& raster_;
  const Tile& tile_;
  const float bound_;
  RegionGraph& graph_;
  std::int32_t* const label_;
  const std::ptrdiff_t stride_;
  std::array<std::vector<Sums>, kLevels> sums_;
  std::array<std::vector<std::uint8_t>, kLevels> whole_;
  std::vector<Block> blocks_;
  // Of one row of blocks:
  std::array<Sums, kBlockTile / 2> united_;
  std::array<float, kBlockTile / 2> spread_;
};

}  // namespace

void divide_into_blocks(const Raster& raster, const Tile& tile, float bound, RegionGraph& graph, std::int32_t* label,
                        std::ptrdiff_t stride) {
  Division(raster, tile, bound, graph, label, stride).run();
}

}  // namespace imgmill::trace
