// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Something like a photograph, from whole numbers: soft hills of colour, a few edges, some grain. The same everywhere.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <vector>

#include "image/image.h"
#include "score/pictures.h"

namespace imgmill::test {

inline int hill(int t, int period) {
  const int phase = t % period, half = period / 2;
  return 200 * std::abs(phase - half) / half;
}

// `channels` is 1, 3 or 4; alpha falls from opaque at the left to half at the right. `grain` is its amplitude.
inline image::Image scene(int width, int height, int channels = 3, int grain = 12) {
  std::vector<std::uint8_t> samples;
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      for (int c = 0; c < std::min(channels, 3); ++c) {
        const int soft = (hill(2 * x + 3 * y + 40 * c, 170) + hill(x + 500 - y / 2, 90)) / 2 + 20;
        const int object = (x / 23 + y / 31) % 3 == 0 ? 25 - 15 * c : 0;
        const int noisy = grain > 0 ? noise(x, y, 0, 5) % (2 * grain + 1) - grain : 0;
        samples.push_back(static_cast<std::uint8_t>(std::clamp(soft + object + noisy, 0, 255)));
      }
      if (channels == 4) samples.push_back(static_cast<std::uint8_t>(255 - 127 * x / std::max(1, width - 1)));
    }
  }
  return {width, height, channels, std::move(samples)};
}

}  // namespace imgmill::test
