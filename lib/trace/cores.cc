// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/cores.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

#include "trace/runs.h"

namespace imgmill::trace {
namespace {

constexpr int kCleanRange = 3;  // levels: the rounding of a renderer
constexpr int kRampRange = 48;  // steepest even change within 3 × 3 that is still a gradient and no edge
constexpr int kRampBend = 3;    // levels: how far an even change may bend

using Bytes = std::vector<std::uint8_t>;

const std::uint8_t* bytes_of(const Raster& raster, int y) {
  return reinterpret_cast<const std::uint8_t*>(raster.at.data() + static_cast<std::size_t>(y) * raster.width);
}

// Per byte of a row, the extremes over the three rows around it; written to be vectorised by the compiler.
void vertical_extremes(const std::uint8_t* up, const std::uint8_t* mid, const std::uint8_t* down, int count,
                       std::uint8_t* low, std::uint8_t* high) {
  for (int i = 0; i < count; ++i) {
    low[i] = std::min(std::min(up[i], mid[i]), down[i]);
    high[i] = std::max(std::max(up[i], mid[i]), down[i]);
  }
}

// … of these over three pixels of the row, what lies between; the first pixel is one of padding.
void horizontal_spread(const std::uint8_t* low, const std::uint8_t* high, int count, std::uint8_t* spread) {
  for (int i = 0; i < count; ++i) {
    const std::uint8_t lowest = std::min(std::min(low[i], low[i + 4]), low[i + 8]);
    const std::uint8_t highest = std::max(std::max(high[i], high[i + 4]), high[i + 8]);
    spread[i] = static_cast<std::uint8_t>(highest - lowest);
  }
}

// The largest of each byte and the three after it.
void largest_of_four(const std::uint8_t* in, int count, std::uint8_t* out) {
  for (int i = 0; i < count; ++i) out[i] = std::max(std::max(in[i], in[i + 1]), std::max(in[i + 2], in[i + 3]));
}

void pick_every_fourth(const std::uint8_t* in, int count, std::uint8_t* out) {
  for (int i = 0; i < count; ++i) out[i] = in[4 * i];
}

void mark_at_most(const std::uint8_t* in, int count, std::uint8_t most, std::uint8_t* out) {
  for (int i = 0; i < count; ++i) out[i] = in[i] <= most ? 1 : 0;
}

// Whether all of three stretches of pixels show one colour.
bool is_plain(const Sample* up, const Sample* mid, const Sample* down, int count) {
  const auto bytes = static_cast<std::size_t>(count) * sizeof(Sample);
  return alike(mid + 1, mid, count - 1) == count - 1 && std::memcmp(up, mid, bytes) == 0 &&
         std::memcmp(down, mid, bytes) == 0;
}

// By blocks of a row; in most there is nothing to work out.
Bytes ranges(const Raster& raster, const base::Stop& stop) {
  constexpr int kBlock = 64, kPixel = sizeof(Sample);  // px, bytes
  const int w = raster.width, h = raster.height;
  Bytes range(raster.at.size());
  std::array<std::uint8_t, (kBlock + 2) * kPixel> low, high;  // a pixel more on each side; the border's is repeated
  std::array<std::uint8_t, kBlock * kPixel + 3> spread{};
  std::array<std::uint8_t, kBlock * kPixel> largest;
  for (int y = 0; y < h; ++y) {
    if (y % 16 == 0) stop.check();
    const Sample *up = &raster(0, std::max(y - 1, 0)), *mid = &raster(0, y), *down = &raster(0, std::min(y + 1, h - 1));
    for (int x = 0; x < w; x += kBlock) {
      const int end = std::min(x + kBlock, w), first = std::max(x - 1, 0), count = std::min(end + 1, w) - first;
      if (is_plain(up + first, mid + first, down + first, count)) continue;
      const auto bytes = [&](const Sample* row) { return reinterpret_cast<const std::uint8_t*>(row + first); };
      const int at = x == 0 ? kPixel : 0, behind = (end - x + 1) * kPixel;
      vertical_extremes(bytes(up), bytes(mid), bytes(down), count * kPixel, &low[at], &high[at]);
      for (int c = 0; c < kPixel; ++c) {
        if (x == 0) low[c] = low[kPixel + c], high[c] = high[kPixel + c];
        if (end == w) low[behind + c] = low[behind - kPixel + c], high[behind + c] = high[behind - kPixel + c];
      }
      horizontal_spread(low.data(), high.data(), (end - x) * kPixel, spread.data());
      largest_of_four(spread.data(), (end - x) * kPixel, largest.data());
      pick_every_fourth(largest.data(), end - x, &range[static_cast<std::size_t>(y) * w + x]);
    }
  }
  return range;
}

// Per byte, 1 where what lies across it changes evenly, within kRampBend, in all four directions.
void mark_even(const std::uint8_t* up, const std::uint8_t* mid, const std::uint8_t* down, int count,
               std::uint8_t* even) {
  constexpr int kPixel = sizeof(Sample);
  const auto bend = [](int a, int b, int twice) {
    const auto off = static_cast<std::int16_t>(a + b - twice);
    return static_cast<std::int16_t>(off < 0 ? -off : off);
  };
  for (int i = 0; i < count; ++i) {
    const int twice = 2 * mid[i];
    const std::int16_t across = bend(mid[i - kPixel], mid[i + kPixel], twice), along = bend(up[i], down[i], twice);
    const std::int16_t falling = bend(up[i - kPixel], down[i + kPixel], twice);
    const std::int16_t rising = bend(up[i + kPixel], down[i - kPixel], twice);
    even[i] = std::max(std::max(across, along), std::max(falling, rising)) <= kRampBend ? 1 : 0;
  }
}

// Per pixel that is not flat, 1 where it is part of a gradient and not of the ribbon of an edge. A few pixels at once,
// whether they are flat or not.
Bytes ramps(const Raster& raster, const Bytes& ranges, const base::Stop& stop) {
  constexpr int kBlock = 8;  // px
  const int w = raster.width;
  Bytes out(raster.at.size()), flat(w), even(kBlock * sizeof(Sample));
  for (int y = 1; y + 1 < raster.height; ++y) {
    if (y % 16 == 0) stop.check();
    const std::size_t row = static_cast<std::size_t>(y) * w;
    mark_at_most(&ranges[row], w, kCleanRange, flat.data());
    for (int x = 1; x + 1 < w;) {
      x += first_zero(&flat[x], w - 1 - x);
      const int n = std::min(kBlock, w - 1 - x), at = static_cast<int>(x * sizeof(Sample));
      mark_even(bytes_of(raster, y - 1) + at, bytes_of(raster, y) + at, bytes_of(raster, y + 1) + at,
                n * static_cast<int>(sizeof(Sample)), even.data());
      for (int k = 0; k < n; ++k) {
        std::uint32_t all;
        std::memcpy(&all, &even[k * sizeof(Sample)], sizeof(all));
        out[row + x + k] = all == 0x01010101 ? 1 : 0;
      }
      x += n;
    }
  }
  return out;
}

// Two levels or more above or below both neighbours: so ripples are, and hardly anything in clean art is by so little.
bool sticks_out(const Sample& a, const Sample& mid, const Sample& b) {
  const auto crest = [](int u, int v, int w) { return (v > u + 1 && v > w + 1) || (v < u - 1 && v < w - 1); };
  return crest(a.r, mid.r, b.r) || crest(a.g, mid.g, b.g) || crest(a.b, mid.b, b.b) || crest(a.a, mid.a, b.a);
}
bool is_crest(const Raster& raster, int x, int y) {
  if (x == 0 || y == 0 || x == raster.width - 1 || y == raster.height - 1) return false;
  const Sample& mid = raster(x, y);
  return sticks_out(raster(x - 1, y), mid, raster(x + 1, y)) || sticks_out(raster(x, y - 1), mid, raster(x, y + 1));
}

// JPEG leaves ripples of a few levels around every edge; clean art has hardly a pixel that is neither flat, nor an even
// ramp, nor part of a strong edge, and where it is small and busy those don't go up and down.
Noise estimate_noise(const Raster& raster, const Bytes& range, const Bytes& ramp, const base::Stop& stop) {
  constexpr int kStrong = 32;
  std::array<std::int64_t, kStrong> ripples{};
  std::int64_t total = 0, seen = 0, crests = 0;
  for (int y = 0; y < raster.height; y += 2) {  // every other row is enough
    if (y % 16 == 0) stop.check();
    const std::size_t begin = static_cast<std::size_t>(y) * raster.width;
    const std::uint8_t* row = range.data() + begin;
    for (int x = 0; x < raster.width; ++x) {
      ++seen;
      if (row[x] <= kCleanRange || row[x] >= kStrong || ramp[begin + x]) continue;
      ++ripples[row[x]];
      ++total;
      crests += is_crest(raster, x, y);
    }
  }
  const bool much = total * 3 > seen, some = total * 40 > seen && crests * 10 > total * 3;
  if (!much && !some) return {};
  std::int64_t below = 0;
  int level = kCleanRange;
  while (level + 1 < kStrong && below * 4 < total * 3) below += ripples[++level];
  return {std::clamp(level, 8, 20)};
}

// Where it is flat, or changes evenly.
Bytes cores_of(const Raster& raster, const Bytes& ranges, const Bytes& ramps, int flat, const base::Stop& stop) {
  Bytes cores(raster.at.size());
  for (int y = 0; y < raster.height; ++y) {
    if (y % 16 == 0) stop.check();
    const std::size_t row = static_cast<std::size_t>(y) * raster.width;
    const std::uint8_t* range = ranges.data() + row;
    std::uint8_t* core = cores.data() + row;
    mark_at_most(range, raster.width, static_cast<std::uint8_t>(flat), core);
    for (int x = first_zero(core, raster.width); x < raster.width;) {
      core[x] = range[x] <= kRampRange && ramps[row + x] ? 1 : 0;
      ++x;
      x += first_zero(core + x, raster.width - x);
    }
  }
  return cores;
}

}  // namespace

Cores find_cores(const Raster& raster, const base::Stop& stop) {
  Cores cores;
  cores.range = ranges(raster, stop);
  const Bytes ramp = ramps(raster, cores.range, stop);
  cores.noise = estimate_noise(raster, cores.range, ramp, stop);
  cores.core = cores_of(raster, cores.range, ramp, cores.noise.flat_range, stop);
  return cores;
}

void narrow_cores(Cores& cores, const Raster& denoised, int flat, const base::Stop& stop) {
  cores.range = ranges(denoised, stop);
  const Bytes now = cores_of(denoised, cores.range, ramps(denoised, cores.range, stop), flat, stop);
  for (std::size_t i = 0; i < now.size(); ++i) cores.core[i] &= now[i];
}

}  // namespace imgmill::trace
