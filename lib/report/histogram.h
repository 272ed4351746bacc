// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// How many durations fell below each of a few fixed bounds, which are the same in every run: histograms of different
// runs and machines can be added up.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

namespace imgmill::report {

class Histogram {
 public:
  static constexpr std::array kBounds{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25,
                                      0.5,   1.0,    2.5,   5.0,  10.0,  30.0, 60.0};  // seconds, inclusive

  void add(double seconds) {
    const auto* bound = std::lower_bound(kBounds.begin(), kBounds.end(), seconds);
    ++counts_[static_cast<std::size_t>(bound - kBounds.begin())];
    ++count_;
    sum_ += seconds;
  }

  // Of durations of at most kBounds[bound].
  std::uint64_t at_most(std::size_t bound) const {
    std::uint64_t count = 0;
    for (std::size_t i = 0; i <= bound; ++i) count += counts_[i];
    return count;
  }
  std::uint64_t count() const { return count_; }
  double sum() const { return sum_; }

 private:
  std::array<std::uint64_t, kBounds.size() + 1> counts_{};  // the last: of what is longer than every bound
  std::uint64_t count_ = 0;
  double sum_ = 0;
};

}  // namespace imgmill::report
