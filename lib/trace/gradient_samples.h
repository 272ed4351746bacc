// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Pixels that a gradient is fitted to, kept by fours: whatever is asked of them is asked of four at once.
#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "trace/four.h"
#include "trace/gradient.h"

namespace imgmill::trace {

// What an error of a level in a colour's slope by pixel costs, as squared error of the colour: a smooth difference is
// hardly seen, and hardly counts in SSIM, where a step or a lost slope does.
inline constexpr float kSlopeWeight = 64;

struct GradientSample {
  vector::Point at;
  Paint color;
  float weight = 1;     // px that it stands for
  bool sloped = false;  // whether the slopes are known
  Slopes slopes;
};

class GradientSamples {
 public:
  // Places that are left over have the place of a sample and no weight.
  struct Block {
    Four x{}, y{};
    Four weight{};
    Four steep{};                                       // weight · kSlopeWeight; 0 where the slopes are not known
    Four xx{}, xy{}, yy{};                              // sums over the channels of the products of the slopes
    std::array<Four, 4> color{}, slope_x{}, slope_y{};  // of each sample, by channel
  };

  void add(const GradientSample& sample);
  void add(const GradientSamples& other);
  // Leaves every other one of each block, which stand for those left out too.
  void thin();
  void scale_weights(float by);

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  const std::vector<Block>& blocks() const { return blocks_; }
  void reserve(std::size_t samples) { blocks_.reserve((samples + 3) / 4); }

 private:
  std::vector<Block> blocks_;
  std::size_t size_ = 0;
  std::size_t room_ = 0;  // in the last block
};

}  // namespace imgmill::trace
