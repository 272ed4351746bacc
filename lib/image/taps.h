// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Which samples of a line make each sample of a shorter line, and by how much: Lanczos-3, widened for the reduction,
// in whole numbers that add up to kUnit. Weights come in pairs, for samples 2p and 2p + 1, as the kernels take them.
#pragma once

#include <cstdint>
#include <vector>

namespace imgmill::image {

class Taps {
 public:
  static constexpr int kBits = 14;
  static constexpr int kUnit = 1 << kBits;

  // 1 ≤ to ≤ from.
  Taps(int from, int to);

  int size() const { return static_cast<int>(first_.size()); }
  int first_pair(int i) const { return first_[i]; }
  int end_pair(int i) const { return first_[i] + (start_[i + 1] - start_[i]) / 2; }
  // 2 × (end_pair − first_pair) weights. Those of samples outside of the line are zero.
  const std::int16_t* weights(int i) const { return weights_.data() + start_[i]; }

 private:
  std::vector<int> first_, start_;
  std::vector<std::int16_t> weights_;
};

}  // namespace imgmill::image
