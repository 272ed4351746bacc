// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/denoise.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <vector>

namespace imgmill::trace {
namespace {

constexpr int kReach = 4;  // px to each side; every other pixel of the square is enough

using Plane = std::vector<std::uint8_t>;
using Sums = std::vector<std::uint16_t>;  // (2 · kReach + 1)² · 255 is less than 2¹⁶

// Loops over bytes that can't overlap, which the compiler vectorises.
void unless_core(const std::uint8_t* one, const std::uint8_t* other, int n, std::uint8_t* out) {
  for (int k = 0; k < n; ++k) out[k] = (one[k] & other[k]) != 0 ? 0 : 255;
}
void differ(const std::uint8_t* mid, const std::uint8_t* one, const std::uint8_t* other, int n, std::uint8_t* most) {
  for (int k = 0; k < n; ++k) {
    const std::uint8_t a = std::max(mid[k], one[k]) - std::min(mid[k], one[k]);
    const std::uint8_t b = std::max(mid[k], other[k]) - std::min(mid[k], other[k]);
    most[k] = std::max(most[k], std::max(a, b));
  }
}
void add(const std::uint8_t* one, const std::uint8_t* other, const std::uint8_t* mask, int n, std::uint16_t* sum) {
  for (int k = 0; k < n; ++k) {
    sum[k] = static_cast<std::uint16_t>(sum[k] + (one[k] & mask[k]) + (other[k] & mask[k]));
  }
}
void count(const std::uint8_t* mask, int n, std::uint16_t* counts) {
  for (int k = 0; k < n; ++k) counts[k] = static_cast<std::uint16_t>(counts[k] + (mask[k] & 2));
}

// Row by row and channel by channel.
class SigmaFilter {
 public:
  SigmaFilter(const Raster& raster, const Plane& core, int most)
      : raster_(raster), core_(core), most_(static_cast<std::uint8_t>(most)), apart_(raster.width) {
    const auto opaque = [](const Sample& s) { return s.a == 255; };
    if (std::all_of(raster.at.begin(), raster.at.end(), opaque)) channels_ = 3;
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(raster.at.data());
    for (int c = 0; c < channels_; ++c) {
      plane_[c].resize(raster.at.size()), sum_[c].resize(raster.width);
      for (std::size_t i = 0; i < raster.at.size(); ++i) plane_[c][i] = bytes[4 * i + c];
    }
    count_.resize(raster.width);
  }

  void filter_row(int y, Sample* out) {
    std::fill(count_.begin(), count_.end(), 1);
    for (int c = 0; c < channels_; ++c) std::copy_n(plane_[c].begin() + row(y), raster_.width, sum_[c].begin());
    const int high = std::min({kReach, y, raster_.height - 1 - y});
    for (int dy = 0; dy <= high; ++dy) {
      for (int dx = dy == 0 ? 2 : -kReach + (dy + kReach) % 2; dx <= kReach; dx += 2) add_pair(y, dx, dy);
    }
    for (int x = 0; x < raster_.width; ++x) {
      if (!core_[row(y) + x]) continue;
      const float share = 1.0f / count_[x];
      const auto mean = [&](int c) { return static_cast<std::uint8_t>(sum_[c][x] * share + 0.5f); };
      out[x] = {mean(0), mean(1), mean(2), channels_ == 4 ? mean(3) : std::uint8_t{255}};
    }
  }

 private:
  std::ptrdiff_t row(int y) const { return static_cast<std::ptrdiff_t>(y) * raster_.width; }

  // To each pixel of the row the two at this distance, if both are core and of nearly its colour.
  void add_pair(int y, int dx, int dy) {
    const int from = std::abs(dx), n = raster_.width - 2 * from;
    if (n <= 0) return;
    const std::ptrdiff_t at = row(y) + from, way = row(dy) + dx;
    unless_core(core_.data() + at - way, core_.data() + at + way, n, apart_.data());
    for (int c = 0; c < channels_; ++c) {
      const std::uint8_t* mid = plane_[c].data() + at;
      differ(mid, mid - way, mid + way, n, apart_.data());
    }
    for (std::uint8_t& apart : std::span(apart_).first(n)) apart = apart <= most_ ? 255 : 0;
    for (int c = 0; c < channels_; ++c) {
      const std::uint8_t* mid = plane_[c].data() + at;
      add(mid - way, mid + way, apart_.data(), n, sum_[c].data() + from);
    }
    count(apart_.data(), n, count_.data() + from);
  }
  const Raster& raster_;
  const Plane& core_;
  const std::uint8_t most_;
  int channels_ = 4;  // 3 where nothing is transparent
  std::array<Plane, 4> plane_;
  // Of one row:
  Plane apart_;  // the most by which a channel of a pair is off; then 255 where they count, else 0
  std::array<Sums, 4> sum_;
  Sums count_;
};

}  // namespace

Raster denoise(const Raster& raster, Cores& cores, const base::Stop& stop) {
  constexpr double kAlike = 0.6;     // of what noise makes of a flat area within 3 × 3 pixels
  constexpr int kDenoisedRange = 7;  // levels: what counts as flat there in what is left
  Raster out = raster;
  SigmaFilter filter(raster, cores.core, static_cast<int>(kAlike * cores.noise.flat_range));
  for (int y = 0; y < raster.height; ++y) {
    if (y % 16 == 0) stop.check();
    filter.filter_row(y, out.at.data() + static_cast<std::size_t>(y) * raster.width);
  }
  narrow_cores(cores, out, kDenoisedRange, stop);
  return out;
}

}  // namespace imgmill::trace
