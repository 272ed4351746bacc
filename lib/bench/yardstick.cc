// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench/yardstick.h"

#include <fmt/core.h>
#include <potracelib.h>
#include <unistd.h>

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <memory>
#include <vector>

#include "base/memory.h"

namespace imgmill::bench {
namespace {

constexpr int kWorkVersion = 2;  // other work is another yardstick

// Blots with long winding outlines.
class Blots {
 public:
  Blots() : words_(static_cast<std::size_t>(kSide) * kRow, 0), map_{kSide, kSide, kRow, words_.data()} {
    for (int y = 0; y < kSide; ++y) {
      for (int x = 0; x < kSide; ++x) {
        if (is_black(x, y)) words_[static_cast<std::size_t>(y * kRow + x / kBits)] |= kFirst >> (x % kBits);
      }
    }
  }
  const potrace_bitmap_t& map() const { return map_; }

 private:
  static constexpr int kSide = 128, kBits = 8 * sizeof(potrace_word), kRow = (kSide + kBits - 1) / kBits;
  static constexpr potrace_word kFirst = potrace_word{1} << (kBits - 1);  // the leftmost pixel of a word

  static bool is_black(double x, double y) {
    return std::sin(0.11 * x + 2 * std::sin(0.05 * y)) + std::sin(0.13 * y + std::sin(0.07 * x)) > 0.3;
  }
  std::vector<potrace_word> words_;
  potrace_bitmap_t map_;
};

// Outlines to curves: branches, lists, geometry.
bool trace_blots() {
  static const Blots blots;
  const std::unique_ptr<potrace_param_t, decltype(&::potrace_param_free)> parameters(::potrace_param_default(),
                                                                                     &::potrace_param_free);
  const std::unique_ptr<potrace_state_t, decltype(&::potrace_state_free)> state(
      ::potrace_trace(parameters.get(), &blots.map()), &::potrace_state_free);
  return state && state->status == POTRACE_STATUS_OK;
}

// Numbers to text: a long way through much code, as fast as the processor can.
int write_numbers() {
  constexpr int kNumbers = 900;
  std::array<char, 64> text{};
  int length = 0;
  for (int i = 0; i < kNumbers; ++i) length += std::snprintf(text.data(), text.size(), "%.2f %.2f", 0.37 * i, 1.91 * i);
  return length;
}

}  // namespace

double lay_yardstick() {
  const double before = base::thread_cpu_ms();
  trace_blots();
  write_numbers();
  return base::thread_cpu_ms() - before;
}

std::string yardstick_version() {
  std::array<char, 64> libc{};
  ::confstr(_CS_GNU_LIBC_VERSION, libc.data(), libc.size());
  return fmt::format("{} ({}, {})", kWorkVersion, ::potrace_version(), libc.data());
}

void Yardstick::follow(double run_ms) {
  constexpr double kShare = 0.035;
  credit_ms_ += kShare * run_ms;
  double sum = 0;
  int count = 0;
  for (; credit_ms_ > 0; ++count) {
    const double ms = lay_yardstick();
    credit_ms_ -= ms;
    sum += ms;
  }
  if (count > 0) ms_ = sum / count;
}

}  // namespace imgmill::bench
