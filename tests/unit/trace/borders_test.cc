// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/borders.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <vector>

namespace imgmill::trace {
namespace {

// Labels and samples by pixel, means from both.
template <class Label, class Level>
std::pair<Regions, Raster> divided(int width, int height, int count, const Label& label, const Level& level) {
  Regions regions{width, height, {}, {}};
  Raster raster{width, height, {}};
  std::vector<Paint> sum(count, Paint{0, 0, 0, 0});
  std::vector<int> area(count);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const auto v = static_cast<std::uint8_t>(level(x, y));
      raster.at.push_back({v, v, v, 255});
      const int l = label(x, y);
      regions.label.push_back(l);
      sum[l] = sum[l] + to_paint(raster.at.back());
      ++area[l];
    }
  }
  for (int k = 0; k < count; ++k) regions.regions.push_back({sum[k] * (1.0F / static_cast<float>(area[k])), area[k]});
  return {std::move(regions), std::move(raster)};
}

TEST_CASE("steps of blocks become the edge that the picture has", "[borders]") {
  // A slanting edge, and the division by whole blocks of 8 px next to it; more rows than a strip.
  const auto bright = [](int x, int y) { return 3 * x > y + 60; };
  auto [regions, raster] = divided(
      120, 150, 2, [&](int x, int y) { return bright(x / 8 * 8 + 4, y / 8 * 8 + 4) ? 1 : 0; },
      [&](int x, int y) { return bright(x, y) ? 200 : 60; });
  settle_borders(regions, raster, {});
  int wrong = 0;
  for (int y = 1; y < 149; ++y) {
    for (int x = 1; x < 119; ++x)
      wrong += regions.label[static_cast<std::size_t>(y * 120 + x)] != (bright(x, y) ? 1 : 0);
  }
  CHECK(wrong <= 12);
  int area = 0;
  double sum = 0;
  for (std::size_t i = 0; i < raster.at.size(); ++i) {
    if (regions.label[i] == 1) ++area, sum += raster.at[i].r;
  }
  CHECK(regions.regions[1].area == area);
  CHECK(regions.regions[0].area == 120 * 150 - area);
  CHECK(regions.regions[1].paint.r == Approx(sum / area).epsilon(1e-5));
}

TEST_CASE("borders go as far as they have to, in every row", "[borders]") {
  for (const int from : {24, 56}) {
    auto [regions, raster] = divided(
        80, 200, 2, [&](int x, int) { return x < from ? 0 : 1; }, [](int x, int) { return x < 40 ? 50 : 150; });
    // As they would be if the border were right.
    regions.regions[0].paint = {50, 50, 50, 255};
    regions.regions[1].paint = {150, 150, 150, 255};
    settle_borders(regions, raster, {});
    for (int y = 4; y < 196; ++y) {
      CHECK(regions.label[static_cast<std::size_t>(y * 80 + 39)] == 0);
      CHECK(regions.label[static_cast<std::size_t>(y * 80 + 40)] == 1);
    }
  }
}

TEST_CASE("a border of a faint step doesn't follow the noise", "[borders]") {
  std::uint32_t seed = 1;
  auto [regions, raster] = divided(
      60, 60, 2, [](int x, int) { return x < 30 ? 0 : 1; },
      [&](int x, int) {
        seed = seed * 1664525U + 1013904223U;
        return (x < 30 ? 100 : 104) + static_cast<int>(seed >> 28);
      });
  const std::vector<std::int32_t> before = regions.label;
  settle_borders(regions, raster, {});
  int moved = 0;
  for (std::size_t i = 0; i < before.size(); ++i) moved += before[i] != regions.label[i];
  CHECK(moved < 60);
}

TEST_CASE("no region is parted, and none vanishes", "[borders]") {
  // A thread one pixel wide and a speck, both of their ground's colour; only their label tells them.
  auto [regions, raster] = divided(
      40, 40, 3, [](int x, int y) { return y == 20              ? 1
                                           : x == 10 && y == 10 ? 2
                                                                : 0; },
      [](int x, int y) { return y == 20 && x % 8 == 0 ? 120 : 80; });
  settle_borders(regions, raster, {});
  for (int x = 0; x < 40; ++x) CHECK(regions.label[static_cast<std::size_t>(20 * 40 + x)] == 1);
  CHECK(regions.regions[2].area == 1);
  CHECK(regions.label[10 * 40 + 10] == 2);
}

TEST_CASE("pictures without an inside stay as they are", "[borders]") {
  for (const auto& [width, height] : {std::pair{1, 1}, std::pair{9, 1}, std::pair{1, 9}, std::pair{2, 9}}) {
    auto [regions, raster] = divided(
        width, height, 1, [](int, int) { return 0; }, [](int x, int y) { return 10 * (x + y); });
    settle_borders(regions, raster, {});
    CHECK(regions.regions[0].area == width * height);
  }
}

TEST_CASE("settling leaves when it is told to", "[borders]") {
  auto [regions, raster] = divided(
      9, 9, 1, [](int, int) { return 0; }, [](int, int) { return 9; });
  const std::atomic<bool> flag{true};
  CHECK_THROWS_AS(settle_borders(regions, raster, {base::Stop(&flag)}), base::Error);
}

}  // namespace
}  // namespace imgmill::trace
