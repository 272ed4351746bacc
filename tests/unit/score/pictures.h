// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Pictures from integer formulas, the same as in tests/data/make_ssim_golden.py.
#pragma once

#include <algorithm>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "image/image.h"

namespace imgmill::test {

inline int noise(int x, int y, int c, std::uint32_t seed) {
  const auto u = [](int v) { return static_cast<std::uint32_t>(v); };
  std::uint32_t h = (u(x) * 73856093u) ^ (u(y) * 19349663u) ^ (u(c) * 83492791u) ^ (seed * 2654435761u);
  h ^= h >> 13;
  h *= 0x5BD1E995u;
  h ^= h >> 15;
  return static_cast<int>(h & 255u);
}

inline int reference(const std::string& kind, int x, int y, int c, int w, int h) {
  if (kind == "noise") return noise(x, y, c, 1);
  if (kind == "ramp") return (x * 255 / w + y * 255 / h + c * 20) / 2 % 256;
  if (kind == "saw") return (x * 3 + y * 2 + c * 40) % 256;
  if (kind == "disc") {
    constexpr int kInside[] = {230, 60, 20}, kOutside[] = {250, 250, 240};
    const int dx = 2 * x - w, dy = 2 * y - h;
    return dx * dx + dy * dy < std::min(w, h) * std::min(w, h) / 2 ? kInside[c] : kOutside[c];
  }
  if (kind == "stripes") return (x + 2 * y) / 9 % 2 != 0 ? 255 : 0;
  throw std::invalid_argument(kind);
}

inline int result(const std::string& change, const std::string& kind, int x, int y, int c, int w, int h) {
  if (change == "shift") return reference(kind, std::max(x - 1, 0), y, c, w, h);
  const int v = reference(kind, x, y, c, w, h);
  if (change == "same") return v;
  if (change == "offset") return std::min(255, v + 12);
  if (change == "jitter") return std::clamp(v + noise(x, y, c, 7) % 17 - 8, 0, 255);
  if (change == "posterise") return v / 32 * 32 + 16;
  if (change == "patch") return w / 3 <= x && x < w / 2 && h / 4 <= y && y < h / 2 ? 255 - v : v;
  if (change == "inverse") return 255 - v;
  throw std::invalid_argument(change);
}

inline int alpha(int x, int y) { return (x / 16 + y / 24) % 3 == 0 ? 0 : 255; }

// The reference picture and its changed copy; `channels` is 1, 3 or 4.
inline std::pair<image::Image, image::Image> pictures(const std::string& kind, const std::string& change, int w, int h,
                                                      int channels) {
  std::vector<std::uint8_t> a, b;
  for (int y = 0; y < h; ++y) {
    for (int x = 0; x < w; ++x) {
      for (int c = 0; c < std::min(channels, 3); ++c) {
        a.push_back(static_cast<std::uint8_t>(reference(kind, x, y, c, w, h)));
        b.push_back(static_cast<std::uint8_t>(result(change, kind, x, y, c, w, h)));
      }
      if (channels == 4) {
        a.push_back(static_cast<std::uint8_t>(alpha(x, y)));
        b.push_back(static_cast<std::uint8_t>(alpha(x, y)));
      }
    }
  }
  return {image::Image(w, h, channels, std::move(a)), image::Image(w, h, channels, std::move(b))};
}

}  // namespace imgmill::test
