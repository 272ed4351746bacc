// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/cores.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <random>

using namespace imgmill;
using trace::Raster;
using trace::Sample;

namespace {

// By the definition: the most that a channel changes within 3 × 3 pixels.
int range_at(const Raster& raster, int x, int y) {
  int range = 0;
  for (const auto channel : {&Sample::r, &Sample::g, &Sample::b, &Sample::a}) {
    int low = 255, high = 0;
    for (int v = std::max(y - 1, 0); v <= std::min(y + 1, raster.height - 1); ++v) {
      for (int u = std::max(x - 1, 0); u <= std::min(x + 1, raster.width - 1); ++u) {
        low = std::min<int>(low, raster(u, v).*channel), high = std::max<int>(high, raster(u, v).*channel);
      }
    }
    range = std::max(range, high - low);
  }
  return range;
}

}  // namespace

TEST_CASE("The range within 3 x 3 pixels is told for pictures of any width, plain or not") {
  std::mt19937 random(11);
  for (const int width : {1, 2, 3, 63, 64, 65, 66, 127, 128, 129, 200}) {
    for (const int spots : {0, 1, 40}) {
      constexpr int kHeight = 7;
      Raster raster{width, kHeight, {}};
      raster.at.assign(static_cast<std::size_t>(width * kHeight), Sample{90, 80, 70, 255});
      for (int k = 0; k < spots; ++k) raster.at[random() % raster.at.size()].g = static_cast<std::uint8_t>(random());
      const trace::Cores cores = trace::find_cores(raster, {});
      for (int y = 0; y < kHeight; ++y) {
        for (int x = 0; x < width; ++x) {
          INFO(x << ", " << y << " of " << width << " px, " << spots << " spots");
          REQUIRE(int(cores.range[static_cast<std::size_t>(y * width + x)]) == range_at(raster, x, y));
        }
      }
    }
  }
}
