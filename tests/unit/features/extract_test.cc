// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "features/extract.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <cstdint>
#include <functional>
#include <vector>

namespace imgmill {
namespace {

using features::extract;
using features::Features;

// Each pixel's channels from its place.
image::Image drawn(int width, int height, int channels, const std::function<std::uint32_t(int, int)>& at) {
  std::vector<std::uint8_t> samples;
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const std::uint32_t rgba = at(x, y);
      for (int c = 0; c < channels; ++c) samples.push_back(static_cast<std::uint8_t>(rgba >> (24 - 8 * c)));
    }
  }
  return {width, height, channels, std::move(samples)};
}

std::uint32_t grey(int v) { return static_cast<std::uint32_t>(v) * 0x01010100u | 0xff; }

void check_ranges(const Features& features) {
  for (const features::Feature& feature : features::feature_list()) {
    INFO(feature.name);
    CHECK(features.*feature.member >= 0);
    CHECK(features.*feature.member <= 1);
  }
}

TEST_CASE("extract: one colour has nothing but flatness") {
  const Features features = extract(drawn(200, 100, 3, [](int, int) { return 0x3366ccff; }));
  CHECK(features == Features{.flat_share = 1, .region_count = 0.125, .complexity_score = 0.025});
}

TEST_CASE("extract: two halves have one bit of entropy, two colours, one edge") {
  const Features features = extract(drawn(320, 320, 3, [](int x, int) { return grey(x < 160 ? 0 : 255); }));
  CHECK(features.entropy == Approx(1.0 / 8));
  CHECK(features.unique_colors == Approx(1.0 / 8));
  CHECK(features.color_mixtures == Approx(1.0 / 15));
  CHECK(features.edge_density == Approx(320.0 * 320 / (100 * 320 * 320)).epsilon(0.02));
  CHECK(features.edge_spread == Approx(1.0 / 64));
  CHECK(features.corner_density == 0);
  CHECK(features.flat_share == Approx(318.0 / 320));
  CHECK(features.gradient_strength == 0);
}

TEST_CASE("extract: a ramp is a gradient of many colours, without edges or noise") {
  const Features features = extract(drawn(256, 128, 3, [](int x, int) { return grey(x); }));
  CHECK(features.gradient_strength > 0.9);
  CHECK(features.unique_colors == Approx(5.0 / 8));  // 32 greys of 5 bits
  CHECK(features.entropy == Approx(1).epsilon(1e-6));
  CHECK(features.edge_density == 0);
  CHECK(features.noise == 0);
  CHECK(features.flat_share < 0.01);
}

TEST_CASE("extract: a checkerboard has a corner in every cell, noise has its sigma") {
  const Features board =
      extract(drawn(512, 512, 3, [](int x, int y) { return grey((x / 32 + y / 32) % 2 == 0 ? 40 : 220); }));
  CHECK(board.corner_density > 0.8);
  std::uint32_t state = 1;
  const auto sum_of_twelve = [&] {  // of uniform numbers: nearly normal, of deviation 1
    double sum = -6;
    for (int i = 0; i < 12; ++i) sum += ((state = state * 1664525 + 1013904223) >> 8) / double(1 << 24);
    return sum;
  };
  const auto noisy = [&](double sigma) {
    return extract(drawn(400, 300, 3, [&](int, int) { return grey(int(128.5 + sigma * sum_of_twelve())); })).noise * 16;
  };
  CHECK(noisy(1.5) == Approx(1.5).epsilon(0.15));
  CHECK(noisy(3) == Approx(3).epsilon(0.15));
}

TEST_CASE("extract: transparency counts, and white on nothing is seen") {
  const Features features = extract(
      drawn(128, 128, 4, [](int x, int y) { return x >= 32 && x < 96 && y >= 32 && y < 96 ? 0xffffffffu : 0u; }));
  CHECK(features.transparency == Approx(0.75));
  CHECK(features.edge_density > 0);
  CHECK(features.unique_colors == Approx(1.0 / 8));
}

TEST_CASE("extract: the side of pixel art's blocks, at full size and whatever hides below nothing") {
  const auto art = [](int side, int width, int channels) {
    return drawn(width, width, channels, [=](int x, int y) {
      const int value = (x / side * 7 + y / side * 13 + x / side * (y / side) * 5) % 4;
      if (channels == 4 && value == 0) return static_cast<std::uint32_t>(x * 2654435761u + y) & 0xffffff00u;
      return grey(70 * value);
    });
  };
  for (const int channels : {1, 3, 4}) {
    CHECK(extract(art(1, 64, channels)).pixel_grid == 0);
    CHECK(extract(art(8, 128, channels)).pixel_grid == Approx(0.5));
    CHECK(extract(art(5, 1503, channels)).pixel_grid == Approx(std::log2(5) / 6));  // reduced by two for all the rest
    CHECK(extract(art(64, 512, channels)).pixel_grid == Approx(1));
  }
}

TEST_CASE("extract: what is larger than 800 px is reduced, whatever its sides are") {
  const auto bars = [](int width, int height) {
    return drawn(width, height, 3, [&](int x, int y) {
      return grey(x * 8 / width % 2 == 0 ? 30 : y * 4 < height ? 90 : 200);
    });
  };
  const Features small = extract(bars(800, 600));
  for (const auto& [width, height] : {std::pair(1601, 1203), std::pair(2000, 1500), std::pair(3997, 2998)}) {
    const Features features = extract(bars(width, height));
    CHECK(features.unique_colors == small.unique_colors);
    CHECK(features.edge_density == Approx(small.edge_density).epsilon(0.1));
    CHECK(features.flat_share == Approx(small.flat_share).margin(0.02));
  }
  check_ranges(extract(bars(5000, 3)));
  check_ranges(extract(bars(1, 4000)));
}

TEST_CASE("extract: any size and number of channels has features within 0 and 1, much the same at twice the size") {
  // Antialiased: the mean of 4 × 4 points a pixel.
  const auto scene = [](int scale, int channels) {
    return drawn(300 * scale, 200 * scale, channels, [=](int px, int py) {
      std::uint32_t red = 0, green = 0, blue = 0;
      for (int i = 0; i < 16; ++i) {
        const double x = (px + (i % 4 + 0.5) / 4) / scale, y = (py + (i / 4 + 0.5) / 4) / scale;
        const double d = (x - 150) * (x - 150) + (y - 100) * (y - 100);
        const std::uint32_t color = d < 80 * 80 ? 0xd04020 : int(x + y) % 60 < 30 ? 0x20a060 : 0xf0f0f0;
        red += color >> 16, green += color >> 8 & 255, blue += color & 255;
      }
      return red / 16 << 24 | green / 16 << 16 | blue / 16 << 8 | 0xff;
    });
  };
  const Features one = extract(scene(1, 3)), four = extract(scene(4, 3));
  check_ranges(one);
  check_ranges(four);
  CHECK(one.edge_density == Approx(four.edge_density).epsilon(0.2));
  CHECK(one.entropy == Approx(four.entropy).epsilon(0.2));
  CHECK(one.unique_colors == four.unique_colors);
  CHECK(extract(scene(1, 4)) == one);
  for (const int side : {1, 2, 3, 7}) check_ranges(extract(drawn(side, 1, 1, [](int x, int) { return grey(90 * x); })));
}

}  // namespace
}  // namespace imgmill
