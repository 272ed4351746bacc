// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "score/ssim.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <limits>

namespace imgmill::score {
namespace {

constexpr int kRadius = 5;
constexpr int kTaps = 2 * kRadius + 1;
constexpr int kBlock = 32;
constexpr int kMaxChannels = 4;
constexpr int kLanes = 16;                         // of the fixed summation order
constexpr int kStrip = 2 * kBlock * kMaxChannels;  // the last strip takes up to 63 px
constexpr int kHalo = kStrip + 2 * kRadius * kMaxChannels;
constexpr double kC1 = (0.01 * 255) * (0.01 * 255);
constexpr double kC2 = (0.03 * 255) * (0.03 * 255);

// One tap of the centre and kRadius for both sides; they add up to 1 in float too.
std::array<float, kRadius + 1> make_weights() {
  std::array<double, kRadius + 1> gauss{};
  double sum = 0;
  for (int i = 0; i <= kRadius; ++i) {
    gauss[i] = std::exp(-0.5 * i * i / (1.5 * 1.5));
    sum += (i == 0 ? 1 : 2) * gauss[i];
  }
  std::array<float, kRadius + 1> weights{};
  double sides = 0;
  for (int i = 1; i <= kRadius; ++i) {
    weights[i] = static_cast<float>(gauss[i] / sum);
    sides += 2 * static_cast<double>(weights[i]);
  }
  weights[0] = static_cast<float>(1 - sides);
  return weights;
}
const std::array<float, kRadius + 1> kWeights = make_weights();

// All that SSIM needs of two signals x and y are the filtered s = x + y, d = x − y and their squares: four planes, not
// five, and what is lost to cancellation in Σd² − (Σd)² vanishes where the pictures agree. s is centred on zero.
enum Plane { kSum, kDifference, kSumSquared, kDifferenceSquared, kPlanes };
struct FilteredRow {
  alignas(64) float plane[kPlanes][kStrip];
};

// Samples `count` + halo on both sides, filtered along the row into `out`. Always inlined: its callers choose the
// instruction set.
[[gnu::always_inline]] inline void filter_row(const std::uint8_t* x, const std::uint8_t* y, int count, int step,
                                              FilteredRow& out) {
  alignas(64) float raw[kPlanes][kHalo];
  const int total = count + 2 * kRadius * step;
  for (int i = 0; i < total; ++i) {
    const float s = static_cast<float>(int{x[i]} + int{y[i]} - 255);
    const float d = static_cast<float>(int{x[i]} - int{y[i]});
    raw[kSum][i] = s;
    raw[kDifference][i] = d;
    raw[kSumSquared][i] = s * s;
    raw[kDifferenceSquared][i] = d * d;
  }
  const std::array<float, kRadius + 1> w = kWeights;
  for (int p = 0; p < kPlanes; ++p) {
    const float* in = raw[p] + std::ptrdiff_t{kRadius} * step;
    float* to = out.plane[p];
    for (int i = 0; i < count; ++i) {
      float sum = w[0] * in[i];
      sum += w[1] * (in[i - step] + in[i + step]);
      sum += w[2] * (in[i - 2 * step] + in[i + 2 * step]);
      sum += w[3] * (in[i - 3 * step] + in[i + 3 * step]);
      sum += w[4] * (in[i - 4 * step] + in[i + 4 * step]);
      sum += w[5] * (in[i - 5 * step] + in[i + 5 * step]);
      to[i] = sum;
    }
  }
}

using Window = std::array<const FilteredRow*, kTaps>;

// The vertical half of the filter at sample i of plane p.
[[gnu::always_inline]] inline float filter_column(const Window& rows, const std::array<float, kRadius + 1>& w, int p,
                                                  int i) {
  float sum = w[0] * rows[5]->plane[p][i];
  sum += w[1] * (rows[4]->plane[p][i] + rows[6]->plane[p][i]);
  sum += w[2] * (rows[3]->plane[p][i] + rows[7]->plane[p][i]);
  sum += w[3] * (rows[2]->plane[p][i] + rows[8]->plane[p][i]);
  sum += w[4] * (rows[1]->plane[p][i] + rows[9]->plane[p][i]);
  sum += w[5] * (rows[0]->plane[p][i] + rows[10]->plane[p][i]);
  return sum;
}

// The sum of `count` values of the map's row that `rows` is centred on.
[[gnu::always_inline]] inline double map_row(const Window& rows, int count) {
  constexpr float c1 = static_cast<float>(2 * kC1), c2 = static_cast<float>(2 * kC2);
  const std::array<float, kRadius + 1> w = kWeights;
  alignas(64) float map[kStrip];
  for (int i = 0; i < count; ++i) {
    const float s = filter_column(rows, w, kSum, i);
    const float d = filter_column(rows, w, kDifference, i);
    const float variance_s = filter_column(rows, w, kSumSquared, i) - s * s;
    const float variance_d = filter_column(rows, w, kDifferenceSquared, i) - d * d;
    const float mean_s = (s + 255.0f) * (s + 255.0f);
    const float mean_d = d * d;
    map[i] = (mean_s - mean_d + c1) * (variance_s - variance_d + c2) /
             ((mean_s + mean_d + c1) * (variance_s + variance_d + c2));
  }
  // A fixed order of summation, whatever the width of the registers.
  for (int i = count; i % kLanes != 0; ++i) map[i] = 0;
  alignas(64) float lanes[kLanes] = {};
  for (int i = 0; i < count; i += kLanes) {
    for (int lane = 0; lane < kLanes; ++lane) lanes[lane] += map[i + lane];
  }
  double sum = 0;
  for (const float lane : lanes) sum += static_cast<double>(lane);
  return sum;
}

struct Kernels {
  void (*filter_row)(const std::uint8_t*, const std::uint8_t*, int, int, FilteredRow&);
  double (*map_row)(const Window&, int);
};

void filter_row_baseline(const std::uint8_t* x, const std::uint8_t* y, int count, int step, FilteredRow& out) {
  filter_row(x, y, count, step, out);
}
double map_row_baseline(const Window& rows, int count) { return map_row(rows, count); }

// No FMA: it rounds otherwise, and the variants are to agree to the last bit.
#if defined(__x86_64__)
[[gnu::target("avx2")]] void filter_row_avx2(const std::uint8_t* x, const std::uint8_t* y, int count, int step,
                                             FilteredRow& out) {
  filter_row(x, y, count, step, out);
}
[[gnu::target("avx2")]] double map_row_avx2(const Window& rows, int count) { return map_row(rows, count); }
#endif

Kernels kernels_for(Isa isa) {
#if defined(__x86_64__)
  if (isa != Isa::baseline && supported(Isa::avx2)) return {filter_row_avx2, map_row_avx2};
#endif
  (void)isa;
  return {filter_row_baseline, map_row_baseline};
}

struct Pictures {
  const std::uint8_t *x, *y;
  int width, height, channels;
};

struct Total {
  double sum = 0;
  double worst = std::numeric_limits<double>::infinity();
};

// A column of blocks, `count` samples wide from sample `first` of the map: small enough that the eleven rows in work
// stay in the first-level cache. Rows are filtered only where a window holds some difference.
void add_strip(const Pictures& pictures, const Kernels& kernels, int first, int count, Total& total) {
  const int step = pictures.channels;
  const std::size_t bytes = static_cast<std::size_t>(count) + static_cast<std::size_t>(2 * kRadius) * step;
  const int rows = pictures.height - 2 * kRadius;
  const int blocks = std::max(1, rows / kBlock);
  const std::int64_t stride = std::int64_t{pictures.width} * step;
  std::array<FilteredRow, kTaps> ring;
  int filtered = 0;  // rows below this one that are still wanted are in the ring
  int equal = 0;     // equal rows in succession
  double block_sum = 0;
  int block_rows = 0;
  for (int row = 0; row < pictures.height; ++row) {
    const std::uint8_t* x = pictures.x + row * stride + first;
    const std::uint8_t* y = pictures.y + row * stride + first;
    equal = std::memcmp(x, y, bytes) == 0 ? equal + 1 : 0;
    const int top = row - 2 * kRadius;
    if (top < 0) continue;
    if (equal >= kTaps) {
      block_sum += count;
    } else {
      for (int r = std::max(filtered, top); r <= row; ++r) {
        const std::int64_t back = (row - r) * stride;
        kernels.filter_row(x - back, y - back, count, step, ring[r % kTaps]);
      }
      filtered = row + 1;
      Window window;
      for (int i = 0; i < kTaps; ++i) window[i] = &ring[(top + i) % kTaps];
      block_sum += kernels.map_row(window, count);
    }
    ++block_rows;
    const bool last = top + 1 == rows;
    if (last || (block_rows == kBlock && top / kBlock + 1 < blocks)) {
      total.worst = std::min(total.worst, block_sum / (static_cast<double>(count) * block_rows));
      total.sum += block_sum;
      block_sum = 0;
      block_rows = 0;
    }
  }
}

// One window over a picture that is too small for the Gaussian one; the mean and the lowest are the same.
double global_ssim(const Pictures& pictures) {
  const std::int64_t n = std::int64_t{pictures.width} * pictures.height;
  double sum = 0;
  for (int c = 0; c < pictures.channels; ++c) {
    double x = 0, y = 0, xx = 0, yy = 0, xy = 0;
    for (std::int64_t i = 0; i < n; ++i) {
      const double a = pictures.x[i * pictures.channels + c], b = pictures.y[i * pictures.channels + c];
      x += a, y += b, xx += a * a, yy += b * b, xy += a * b;
    }
    const double count = static_cast<double>(n);
    x /= count, y /= count;
    const double variances = xx / count - x * x + yy / count - y * y;
    sum += (2 * x * y + kC1) * (2 * (xy / count - x * y) + kC2) / ((x * x + y * y + kC1) * (variances + kC2));
  }
  return sum / pictures.channels;
}

}  // namespace

bool supported(Isa isa) {
#if defined(__x86_64__)
  if (isa == Isa::avx2) return __builtin_cpu_supports("avx2") != 0;
#else
  if (isa == Isa::avx2) return false;
#endif
  return true;
}

Ssim ssim(const std::uint8_t* reference, const std::uint8_t* result, int width, int height, int channels, Isa isa,
          const base::Stop& stop) {
  const Pictures pictures{reference, result, width, height, channels};
  if (std::min(width, height) < kTaps) {
    const double value = global_ssim(pictures);
    return {value, value};
  }
  const Kernels kernels = kernels_for(isa);
  const int columns = width - 2 * kRadius, strips = std::max(1, columns / kBlock);
  Total total;
  for (int strip = 0; strip < strips; ++strip) {
    stop.check();
    const int begin = strip * kBlock, end = strip + 1 == strips ? columns : begin + kBlock;
    add_strip(pictures, kernels, begin * channels, (end - begin) * channels, total);
  }
  const double samples = static_cast<double>(columns) * (height - 2 * kRadius) * channels;
  return {total.sum / samples, total.worst};
}

}  // namespace imgmill::score
