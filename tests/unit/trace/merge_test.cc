// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/merge.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <cstdint>
#include <string>

namespace imgmill::trace {
namespace {

Raster grey(int width, const std::vector<int>& values) {
  Raster raster{width, static_cast<int>(values.size()) / width, {}};
  for (const int v : values) {
    const auto byte = static_cast<std::uint8_t>(v);
    raster.at.push_back({byte, byte, byte, 255});
  }
  return raster;
}

Regions labelled(int width, std::vector<std::int32_t> labels, int count) {
  Regions regions{width, static_cast<int>(labels.size()) / width, std::move(labels), {}};
  regions.regions.resize(static_cast<std::size_t>(count));
  return regions;
}

Regions every_pixel(const Raster& raster) {
  std::vector<std::int32_t> labels(raster.at.size());
  for (std::size_t i = 0; i < labels.size(); ++i) labels[i] = static_cast<std::int32_t>(i);
  return labelled(raster.width, labels, static_cast<int>(labels.size()));
}

// The algorithm's definition, in quadratic time: the oracle.
Regions merge_slowly(Regions regions, const Raster& raster, float lambda) {
  for (;;) {
    const std::size_t n = regions.regions.size();
    std::vector<Paint> sum(n, Paint{0, 0, 0, 0});
    std::vector<float> area(n), side(n * n);
    const auto meet = [&](std::size_t i, std::size_t j) {
      const auto a = static_cast<std::size_t>(regions.label[i]), b = static_cast<std::size_t>(regions.label[j]);
      if (a != b) ++side[std::min(a, b) * n + std::max(a, b)];
    };
    for (std::size_t i = 0; i < raster.at.size(); ++i) {
      const auto label = static_cast<std::size_t>(regions.label[i]);
      sum[label] = sum[label] + to_paint(raster.at[i]);
      ++area[label];
      if ((i + 1) % static_cast<std::size_t>(raster.width) != 0) meet(i, i + 1);
      if (i + static_cast<std::size_t>(raster.width) < raster.at.size()) {
        meet(i, i + static_cast<std::size_t>(raster.width));
      }
    }
    float least = 1e30F;
    std::size_t best = 0;
    for (std::size_t pair = 0; pair < side.size(); ++pair) {
      if (side[pair] == 0) continue;
      const std::size_t a = pair / n, b = pair % n;
      const float d2 = distance2(sum[a] * (1 / area[a]), sum[b] * (1 / area[b]));
      const float cost = area[a] * area[b] / (area[a] + area[b]) * d2 / side[pair];
      if (cost < least) {
        least = cost;
        best = pair;
      }
    }
    if (least >= lambda) return regions;
    for (std::int32_t& label : regions.label) {
      if (label == static_cast<std::int32_t>(best % n)) label = static_cast<std::int32_t>(best / n);
    }
  }
}

int count_labels(const Regions& regions) {
  std::vector<bool> seen(regions.regions.size());
  int count = 0;
  for (const std::int32_t label : regions.label) {
    if (label >= 0 && !seen[static_cast<std::size_t>(label)]) {
      seen[static_cast<std::size_t>(label)] = true;
      ++count;
    }
  }
  return count;
}

double squared_error(const Regions& regions, const Raster& raster) {
  double error = 0;
  for (std::size_t i = 0; i < raster.at.size(); ++i) {
    error += distance2(to_paint(raster.at[i]), regions.regions[static_cast<std::size_t>(regions.label[i])].paint);
  }
  return error;
}

Raster noise(int width, int height, std::uint32_t seed) {
  Raster raster{width, height, {}};
  for (int i = 0; i < width * height; ++i) {
    seed = seed * 1664525U + 1013904223U;
    const int step = (i % width) * 3 / width * 60;  // three bands under the noise
    const auto v = static_cast<std::uint8_t>(step + static_cast<int>(seed >> 27));
    raster.at.push_back({v, static_cast<std::uint8_t>(v / 2), static_cast<std::uint8_t>(255 - v), 255});
  }
  return raster;
}

TEST_CASE("two levels a step apart merge below lambda and not above", "[merge]") {
  const Raster raster = grey(4, {10, 10, 14, 14, 10, 10, 14, 14});
  // ΔSSE = 4·4/8 · 3·4² = 96 over two sides.
  MergeOptions options;
  SECTION("just below") {
    options.lambda = 47;
    Regions regions = labelled(4, {0, 0, 1, 1, 0, 0, 1, 1}, 2);
    merge_regions(regions, raster, options, {});
    CHECK(regions.label == std::vector<std::int32_t>{0, 0, 1, 1, 0, 0, 1, 1});
  }
  SECTION("just above") {
    options.lambda = 49;
    Regions regions = labelled(4, {0, 0, 1, 1, 0, 0, 1, 1}, 2);
    merge_regions(regions, raster, options, {});
    REQUIRE(regions.regions.size() == 1);
    CHECK(regions.regions[0].area == 8);
    CHECK(regions.regions[0].paint == Paint{12, 12, 12, 255});
  }
}

TEST_CASE("slopes that go two ways stay apart, however little they are off one colour", "[merge]") {
  // A ridge of ten levels, as a soft fold has it, and an even slope of as many.
  constexpr int kWidth = 40, kHeight = 16;
  for (const bool ridge : {true, false}) {
    Raster raster{kWidth, kHeight, {}};
    std::vector<std::int32_t> labels;
    for (int y = 0; y < kHeight; ++y) {
      for (int x = 0; x < kWidth; ++x) {
        const int level = ridge && y >= kHeight / 2 ? kHeight - 1 - y : y;
        const auto v = static_cast<std::uint8_t>(100 + 2 * level);
        raster.at.push_back({v, v, v, 255});
        labels.push_back(y >= kHeight / 2 ? 1 : 0);
      }
    }
    MergeOptions options;
    options.slopes = true;
    options.lambda = 2000;
    Regions regions = labelled(kWidth, labels, 2);
    merge_regions(regions, raster, options, {});
    CHECK(count_labels(regions) == (ridge ? 2 : 1));
  }
}

TEST_CASE("labels come out compact, in the order of the first pixels", "[merge]") {
  const Raster raster = grey(3, {9, 200, 9, 9, 200, 9});
  Regions regions = labelled(3, {7, 2, 5, 7, 2, 5}, 9);
  merge_regions(regions, raster, {}, {});
  CHECK(regions.label == std::vector<std::int32_t>{0, 1, 2, 0, 1, 2});
  REQUIRE(regions.regions.size() == 3);
  CHECK(regions.regions[1].paint == Paint{200, 200, 200, 255});
  CHECK(regions.regions[1].area == 2);
}

TEST_CASE("pixels of no region take no part and part their neighbours", "[merge]") {
  const Raster raster = grey(3, {50, 0, 50});
  Regions regions = labelled(3, {0, -1, 1}, 2);
  MergeOptions options;
  options.lambda = 1e9F;
  merge_regions(regions, raster, options, {});
  CHECK(regions.label == std::vector<std::int32_t>{0, -1, 1});
}

TEST_CASE("pinned regions stay as they are", "[merge]") {
  const Raster raster = grey(4, {50, 50, 50, 51});
  Regions regions = labelled(4, {0, 1, 2, 3}, 4);
  MergeOptions options;
  options.lambda = 1e9F;
  options.pinned = {false, true, false, false};
  merge_regions(regions, raster, options, {});
  CHECK(regions.label == std::vector<std::int32_t>{0, 1, 2, 2});
}

TEST_CASE("alpha counts as a channel", "[merge]") {
  Raster raster = grey(2, {0, 0});
  raster.at[0].a = 0;
  Regions regions = labelled(2, {0, 1}, 2);
  MergeOptions options;
  options.lambda = 1000;
  merge_regions(regions, raster, options, {});
  CHECK(regions.regions.size() == 2);
}

TEST_CASE("merging is as good as the quadratic definition", "[merge]") {
  for (std::uint32_t seed = 1; seed <= 4; ++seed) {
    const Raster raster = noise(14, 11, seed);
    for (const float lambda : {100.0F, 300.0F, 2000.0F}) {
      MergeOptions options;
      options.lambda = lambda;
      Regions fast = every_pixel(raster);
      merge_regions(fast, raster, options, {});
      Regions slow = merge_slowly(every_pixel(raster), raster, lambda);
      CHECK(static_cast<int>(fast.regions.size()) == Approx(count_labels(slow)).margin(2));
      merge_regions(slow, raster, {}, {});  // compacts
      // Equal but for ties and the width of a bucket.
      CHECK(squared_error(fast, raster) <= 1.1 * squared_error(slow, raster) + 1);
    }
  }
}

TEST_CASE("a background takes in ten thousand specks", "[merge]") {
  // Every other pixel is a speck of its own, just lighter than the one region they all lie in.
  const int width = 201;
  std::vector<int> values;
  std::vector<std::int32_t> labels;
  int count = 1;
  for (int i = 0; i < width * width; ++i) {
    const bool speck = (i % width) % 2 == 1 && (i / width) % 2 == 1;
    values.push_back(speck ? 52 : 50);
    labels.push_back(speck ? count++ : 0);
  }
  const Raster raster = grey(width, values);
  Regions regions = labelled(width, labels, count);
  MergeOptions options;
  options.lambda = 4;  // a speck costs 3·2² over four sides
  merge_regions(regions, raster, options, {});
  CHECK(regions.regions.size() == 1);
}

TEST_CASE("merging leaves when it is told to", "[merge]") {
  const Raster raster = noise(8, 8, 1);
  Regions regions = every_pixel(raster);
  const std::atomic<bool> flag{true};
  MergeOptions options;
  options.lambda = 1e9F;
  CHECK_THROWS_AS(merge_regions(regions, raster, options, base::Stop(&flag)), base::Error);
}

}  // namespace
}  // namespace imgmill::trace
