// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "score/score.h"

#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "base/error.h"
#include "score/ssim.h"

namespace imgmill::score {
namespace {

std::int64_t squared_error(std::span<const std::uint8_t> a, std::span<const std::uint8_t> b) {
  constexpr std::size_t kRun = 16384;  // 16384 × 255² fits 31 bits
  std::int64_t sum = 0;
  for (std::size_t begin = 0; begin < a.size(); begin += kRun) {
    const std::size_t end = std::min(a.size(), begin + kRun);
    std::int32_t run = 0;
    for (std::size_t i = begin; i < end; ++i) {
      const int d = int{a[i]} - int{b[i]};
      run += d * d;
    }
    sum += run;
  }
  return sum;
}

// Of opaque pictures with the same number of channels.
Score compare_opaque(const image::Image& reference, const image::Image& result, const base::Stop& stop) {
  const std::int64_t error = squared_error(reference.samples(), result.samples());
  if (error == 0) return {1, 1, std::numeric_limits<double>::infinity()};
  const Ssim s = ssim(reference.data(), result.data(), reference.width(), reference.height(), reference.channels(),
                      Isa::best, stop);
  const double mse = static_cast<double>(error) / static_cast<double>(reference.samples().size());
  return {s.mean, s.worst_block, 10 * std::log10(255.0 * 255.0 / mse)};
}

Score compare_on(const image::Image& reference, const image::Image& result, image::Rgba background,
                 const base::Stop& stop) {
  if (reference.channels() == result.channels() && !reference.has_alpha())
    return compare_opaque(reference, result, stop);
  return compare_opaque(flatten(reference, background), flatten(result, background), stop);
}

}  // namespace

Score compare(const image::Image& reference, const image::Image& result, const base::Stop& stop) {
  if (reference.width() != result.width() || reference.height() != result.height() || reference.empty()) {
    throw base::Error(base::ErrorKind::internal,
                      fmt::format("can't compare pictures of {}×{} and {}×{} pixels", reference.width(),
                                  reference.height(), result.width(), result.height()));
  }
  const Score on_white = compare_on(reference, result, {255, 255, 255, 255}, stop);
  if (!reference.has_alpha()) return on_white;
  const Score on_black = compare_on(reference, result, {0, 0, 0, 255}, stop);
  return on_black.ssim < on_white.ssim ? on_black : on_white;
}

}  // namespace imgmill::score
