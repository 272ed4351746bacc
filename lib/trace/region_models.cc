// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/region_models.h"

#include <algorithm>
#include <cstdint>

#include "trace/four.h"
#include "trace/runs.h"

namespace imgmill::trace {
namespace {

// By runs, within which only x and the colour change.
void add_moments(const Regions& regions, const Raster& raster, const base::Stop& stop, std::vector<Slope>& slopes) {
  constexpr int kLongest = 2048;  // px of a run, so that all sums fit
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
      FourWhole sum{}, before{}, square{};
      const int most = std::min(w, begin + kLongest);
      do {
        const FourWhole c = whole(at[x]);
        if (x + 1 < most && at[x + 1] == at[x] && label[x + 1] == own) {
          const int m = 1 + alike(label + x + 1, label + x, alike(at + x + 1, at + x, most - x - 1));
          before += m * sum + m * (m - 1) / 2 * c, sum += m * c;
          square += m * squares(at[x]);
          x += m;
        } else {
          before += sum, sum += c;
          square += squares(at[x]);
          ++x;
        }
      } while (x < most && label[x] == own);
      const double n = x - begin, from = begin;
      const double steps = n * (n - 1) / 2, steps2 = n * (n - 1) * (2 * n - 1) / 6;
      Slope& slope = slopes[own];
      slope.area += n, slope.x += n * from + steps, slope.y += n * y;
      slope.xx += n * from * from + 2 * from * steps + steps2;
      slope.xy += (n * from + steps) * y, slope.yy += n * y * y;
      slope.squares += double(square[0]) + square[1] + square[2] + square[3];
      const Channels sums = __builtin_convertvector(sum, Channels);
      slope.color += sums;
      slope.x_color += (from + n - 1) * sums - __builtin_convertvector(before, Channels);
      slope.y_color += double(y) * sums;
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
      FourWhole down{};
      do {
        if (!(at[x - w] == at[x + w])) down += whole(at[x + w]) - whole(at[x - w]);
        ++x;
      } while (x + 1 < w && label[x] == own && known(x));
      // What lies between cancels out along the row.
      const FourWhole right = whole(at[x]) + whole(at[x - 1]) - whole(at[begin]) - whole(at[begin - 1]);
      Slope& slope = slopes[own];
      slope.sloped += 2 * float(x - begin);
      slope.right += fractional(right), slope.down += fractional(down);
    }
  }
  for (Slope& slope : slopes) {
    const float k = 1 / std::max(slope.sloped, 1.0f);
    slope.right *= k, slope.down *= k;
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
