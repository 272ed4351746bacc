// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/patch_samples.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "trace/runs.h"

namespace imgmill::trace {
namespace {

constexpr int kFewest = 12;       // samples of a patch
constexpr double kShare = 0.125;  // of the pixels that are looked at most
constexpr double kRim = 1;        // px of a mixture that show the colour of a patch beside it

// From the pixels one or two to each side, where all are part of a patch.
void add_slopes(const Regions& patches, const Raster& raster, int x, int y, GradientSample& sample) {
  const int w = patches.width;
  const std::ptrdiff_t i = static_cast<std::ptrdiff_t>(y) * w + x;
  int reach = 0;
  for (int k = 1; k <= 2; ++k) {
    if (x < k || y < k || x >= w - k || y >= patches.height - k) break;
    if (patches.label[i - k] < 0 || patches.label[i + k] < 0) break;
    if (patches.label[i - k * w] < 0 || patches.label[i + k * w] < 0) break;
    reach = k;
  }
  if (reach == 0) return;
  const float per_pixel = 0.5f / float(reach);
  sample.sloped = true;
  sample.slopes.x = (to_paint(raster.at[i + reach]) - to_paint(raster.at[i - reach])) * per_pixel;
  sample.slopes.y = (to_paint(raster.at[i + reach * w]) - to_paint(raster.at[i - reach * w])) * per_pixel;
}

// The mixtures beside a patch show its colour as well, px: a count for each, and one for what is no patch before them,
// so that none has to be told apart.
std::vector<std::int32_t> rims(const Regions& patches) {
  const int w = patches.width, h = patches.height;
  std::vector<std::int32_t> rim(patches.regions.size() + 1);
  for (int y = 0; y < h; ++y) {
    const std::int32_t* row = patches.label.data() + static_cast<std::size_t>(y) * w;
    const std::int32_t *above = y > 0 ? row - w : row, *below = y + 1 < h ? row + w : row;
    for (int x = 0; x < w; ++x) {
      if (row[x] >= 0) {
        x += alike(row + x + 1, row + x, w - x - 1);
        if (x + 1 < w && row[x + 1] < 0) ++rim[row[x] + 1];
        continue;
      }
      ++rim[above[x] + 1], ++rim[below[x] + 1];
      if (x + 1 < w) ++rim[row[x + 1] + 1];
    }
  }
  return rim;
}

}  // namespace

std::vector<GradientSamples> sample_patches(const Regions& patches, const Raster& raster,
                                            const std::vector<std::uint8_t>& wanted, int most, const base::Stop& stop) {
  const int w = patches.width, h = patches.height;
  const std::size_t count = patches.regions.size();
  std::vector<GradientSamples> out(count);
  std::vector<std::int32_t> strides(count);  // every so many pixels of a row, and rows
  const double each = kShare * double(patches.label.size()) / double(std::max<std::size_t>(count, 1));
  const int samples = std::clamp(static_cast<int>(std::min<double>(each, most)), kFewest, most);
  for (std::size_t k = 0; k < count; ++k) {
    if (!wanted[k]) continue;
    const double area = patches.regions[k].area;
    strides[k] = std::max(static_cast<std::int32_t>(std::sqrt(area / samples)), 1);
    out[k].reserve(static_cast<std::size_t>(area / (double(strides[k]) * strides[k])) + 16);
  }
  for (int y = 0; y < h; ++y) {
    if (y % 16 == 0) stop.check();
    const std::int32_t* row = patches.label.data() + static_cast<std::size_t>(y) * w;
    for (int x = 0; x < w;) {
      const std::int32_t label = row[x];
      const int end = x + 1 + alike(row + x + 1, row + x, w - x - 1);
      const std::int32_t stride = label < 0 ? 0 : strides[label];
      if (stride > 0 && y % stride == 0) {
        for (x = (x + stride - 1) / stride * stride; x < end; x += stride) {
          GradientSample sample;
          sample.at = {x + 0.5, y + 0.5};
          sample.color = to_paint(raster(x, y));
          add_slopes(patches, raster, x, y, sample);
          out[label].add(sample);
        }
      }
      x = end;
    }
  }
  const std::vector<std::int32_t> rim = rims(patches);
  for (std::size_t k = 0; k < count; ++k) {
    const double shown = patches.regions[k].area + kRim * rim[k + 1];
    if (!out[k].empty()) out[k].scale_weights(float(shown / double(out[k].size())));
  }
  return out;
}

}  // namespace imgmill::trace
