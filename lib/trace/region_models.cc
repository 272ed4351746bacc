// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/region_models.h"

#include <cstdint>

#include "trace/runs.h"

namespace imgmill::trace {
namespace {

// By runs, within which only x and the colour change.
void add_moments(const Regions& regions, const Raster& raster, const base::Stop& stop, std::vector<Slope>& slopes) {
  const int w = regions.width;
  for (int y = 0; y < regions.height; ++y) {
    if (y % 16 == 0) stop.check();
    const std::int32_t* label = regions.label.data() + static_cast<std::size_t>(y) * w;
    const Sample* at = raster.at.data() + static_cast<std::size_t>(y) * w;
    for (int x = 0; x < w;) {
      const int begin = x;
      const std::int32_t own = label[x];
      if (own < 0) {
        ++x;
        continue;
      }
      // Σ k·c from 0 to n − 1 is (n − 1)·Σ c less the sums before each pixel: no products for what changes all the
      // time.
      std::int64_t sum[4] = {}, before[4] = {}, squares = 0;
      do {
        const Sample sample = at[x];
        const std::int32_t c[4] = {sample.r, sample.g, sample.b, sample.a};
        const std::int32_t square = c[0] * c[0] + c[1] * c[1] + c[2] * c[2] + c[3] * c[3];
        if (x + 1 < w && at[x + 1] == sample && label[x + 1] == own) {
          const std::int64_t m = 1 + alike(label + x + 1, label + x, alike(at + x + 1, at + x, w - x - 1));
          for (int k = 0; k < 4; ++k) before[k] += m * sum[k] + m * (m - 1) / 2 * c[k], sum[k] += m * c[k];
          squares += m * square;
          x += static_cast<int>(m);
        } else {
          for (int k = 0; k < 4; ++k) before[k] += sum[k], sum[k] += c[k];
          squares += square;
          ++x;
        }
      } while (x < w && label[x] == own);
      std::int64_t moment[4];
      for (int k = 0; k < 4; ++k) moment[k] = (x - begin - 1) * sum[k] - before[k];
      const double n = x - begin, from = begin;
      const double steps = n * (n - 1) / 2, steps2 = n * (n - 1) * (2 * n - 1) / 6;
      Slope& slope = slopes[own];
      slope.area += n, slope.x += n * from + steps, slope.y += n * y;
      slope.xx += n * from * from + 2 * from * steps + steps2;
      slope.xy += (n * from + steps) * y, slope.yy += n * y * y;
      slope.squares += double(squares);
      for (int k = 0; k < 4; ++k) {
        slope.color[k] += double(sum[k]);
        slope.x_color[k] += from * double(sum[k]) + double(moment[k]);
        slope.y_color[k] += y * double(sum[k]);
      }
    }
  }
}

// From the pixels to each side, where all are part of a region. Of regions that are large enough to tell a slope, every
// other row says as much as all would.
void add_slopes(const Regions& regions, const Raster& raster, const base::Stop& stop, std::vector<Slope>& slopes) {
  const int w = regions.width;
  for (int y = 1; y + 1 < regions.height; y += 2) {
    if (y % 16 == 1) stop.check();
    const std::int32_t* label = regions.label.data() + static_cast<std::size_t>(y) * w;
    const Sample* at = raster.at.data() + static_cast<std::size_t>(y) * w;
    const auto known = [&](int x) {  // the sign of all of them
      return (label[x] | label[x - 1] | label[x + 1] | label[x - w] | label[x + w]) >= 0;
    };
    for (int x = 1; x + 1 < w;) {
      if (!known(x)) {
        ++x;
        continue;
      }
      const int begin = x;
      const std::int32_t own = label[x];
      std::int32_t by[8] = {};  // what lies between cancels out along the row
      do {
        if (const Sample& u = at[x - w], &d = at[x + w]; !(u == d)) {
          by[4] += d.r - u.r, by[5] += d.g - u.g, by[6] += d.b - u.b, by[7] += d.a - u.a;
        }
        ++x;
      } while (x + 1 < w && label[x] == own && known(x));
      const Sample &l = at[begin - 1], &m = at[begin], &n = at[x - 1], &r = at[x];
      by[0] = r.r + n.r - m.r - l.r, by[1] = r.g + n.g - m.g - l.g;
      by[2] = r.b + n.b - m.b - l.b, by[3] = r.a + n.a - m.a - l.a;
      Slope& slope = slopes[own];
      slope.sloped += 2 * float(x - begin);
      for (int k = 0; k < 8; ++k) slope.slopes[k] += float(by[k]);
    }
  }
  for (Slope& slope : slopes) {
    for (float& v : slope.slopes) v /= std::max(slope.sloped, 1.0f);
  }
}

}  // namespace

std::vector<Slope> measure_slopes(const Regions& regions, const Raster& raster, const base::Stop& stop) {
  std::vector<Slope> slopes(regions.regions.size());
  add_moments(regions, raster, stop, slopes);
  add_slopes(regions, raster, stop, slopes);
  for (Slope& slope : slopes) {
    if (slope.area > 0) slope.settle();
  }
  return slopes;
}

}  // namespace imgmill::trace
