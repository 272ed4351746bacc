// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench/yardstick.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/memory.h"

namespace imgmill::bench {
namespace {

constexpr std::size_t kSide = 256, kArea = kSide * kSide;
constexpr std::size_t kFieldSide = 512, kField = kFieldSide * kFieldSide;  // more than a second cache holds

// Numerical Recipes' generator.
std::uint32_t next(std::uint32_t& state) { return state = state * 1664525U + 1013904223U; }

// The three kinds of work that tracing and encoding are made of: sums over rows that vectors do,
void smooth(std::vector<float>& from, std::vector<float>& to) {
  for (std::size_t i = 2 * kSide; i + 2 * kSide < kArea; ++i) {
    to[i] = 0.1F * from[i - 2] + 0.2F * from[i - 1] + 0.4F * from[i] + 0.2F * from[i + 1] + 0.1F * from[i + 2];
  }
  for (std::size_t i = 2 * kSide; i + 2 * kSide < kArea; ++i) {
    from[i] = 0.1F * to[i - 2 * kSide] + 0.2F * to[i - kSide] + 0.4F * to[i] + 0.2F * to[i + kSide] +
              0.1F * to[i + 2 * kSide];
  }
}

// branches that can't be foretold,
void sort_numbers(std::vector<std::uint32_t>& numbers) {
  std::uint32_t state = 7;
  for (std::uint32_t& number : numbers) number = next(state);
  std::sort(numbers.begin(), numbers.end());
}

// and ways through a field, with lists that grow.
int flood(std::vector<int>& field) {
  constexpr int kSeeds = 100, kMost = 800;
  std::fill(field.begin(), field.end(), 0);
  std::uint32_t state = 9;
  int reached = 0;
  for (int seed = 1; seed <= kSeeds; ++seed) {
    std::vector<std::size_t> open = {(next(state) >> 8) % kField};
    for (int steps = 0; !open.empty() && steps < kMost; ++steps) {
      const std::size_t at = open.back();
      open.pop_back();
      if (field[at] != 0) continue;
      field[at] = seed;
      ++reached;
      if (at % kFieldSide > 0) open.push_back(at - 1);
      if (at % kFieldSide + 1 < kFieldSide) open.push_back(at + 1);
      if (at >= kFieldSide) open.push_back(at - kFieldSide);
      if (at + kFieldSide < kField) open.push_back(at + kFieldSide);
    }
  }
  return reached;
}

}  // namespace

double lay_yardstick() {
  static std::vector<float> rows(kArea, 1.0F), smoothed(kArea);
  static std::vector<std::uint32_t> numbers(kSide * 32);
  static std::vector<int> field(kField);
  const double before = base::thread_cpu_ms();
  smooth(rows, smoothed);
  sort_numbers(numbers);
  rows[0] = static_cast<float>(flood(field));  // used, or the compiler would leave it out
  return base::thread_cpu_ms() - before;
}

}  // namespace imgmill::bench
