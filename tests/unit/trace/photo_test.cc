// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/photo.h"

#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdint>
#include <vector>

namespace imgmill::trace {
namespace {

class Random {
 public:
  explicit Random(std::uint32_t seed) : state_(seed) {}
  double operator()() {
    state_ = state_ * 1664525U + 1013904223U;
    return (state_ >> 8) / 16777216.0;
  }

 private:
  std::uint32_t state_;
};

std::uint8_t byte(double v) { return static_cast<std::uint8_t>(std::clamp(std::lround(v), 0L, 255L)); }

// A picture from a function of the pixel's centre that gives grey levels, coloured a little.
template <class Level>
Raster picture(int width, int height, const Level& level) {
  Raster raster{width, height, {}};
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const double v = level(x + 0.5, y + 0.5);
      raster.at.push_back({byte(v), byte(0.8 * v + 20), byte(0.6 * v + 30), 255});
    }
  }
  return raster;
}

// Hills under a sky, with texture all over.
Raster landscape(int width, int height, double grain) {
  Random random(7);
  return picture(width, height, [&](double x, double y) {
    const double hill = height * (0.5 + 0.1 * std::sin(x * 9 / width));
    const double tone = y < hill ? 200 - 60 * y / height : 90 + 30 * std::sin(x * 0.7) * std::sin(y * 0.9);
    return tone + grain * (random() + random() - 1);
  });
}

// Discs on white, antialiased.
Raster discs(int side) {
  return picture(side, side, [&](double x, double y) {
    const double cell = side / 4.0;
    const double r = std::hypot(std::fmod(x, cell) - cell / 2, std::fmod(y, cell) - cell / 2);
    return 255 - 200 * std::clamp(cell / 3 - r + 0.5, 0.0, 1.0);
  });
}

void check_regions(const Regions& regions, const Raster& raster) {
  std::vector<Paint> sum(regions.regions.size(), Paint{0, 0, 0, 0});
  std::vector<int> area(regions.regions.size());
  std::int32_t next = 0;
  for (std::size_t i = 0; i < regions.label.size(); ++i) {
    const std::int32_t label = regions.label[i];
    REQUIRE(label >= 0);
    REQUIRE(label <= next);
    next = std::max(next, label + 1);
    sum[static_cast<std::size_t>(label)] = sum[static_cast<std::size_t>(label)] + to_paint(raster.at[i]);
    ++area[static_cast<std::size_t>(label)];
  }
  REQUIRE(static_cast<std::size_t>(next) == regions.regions.size());
  for (std::size_t k = 0; k < area.size(); ++k) {
    CHECK(regions.regions[k].area == area[k]);
    CHECK(distance2(regions.regions[k].paint, sum[k] * (1.0F / static_cast<float>(area[k]))) < 0.01F);
  }
}

// How many connected patches of one label there are.
int count_patches(const Regions& regions) {
  std::vector<bool> seen(regions.label.size());
  std::vector<int> open;
  int patches = 0;
  for (int start = 0; start < static_cast<int>(seen.size()); ++start) {
    if (seen[static_cast<std::size_t>(start)]) continue;
    ++patches;
    open.push_back(start);
    seen[static_cast<std::size_t>(start)] = true;
    while (!open.empty()) {
      const int i = open.back(), x = i % regions.width, y = i / regions.width;
      open.pop_back();
      const auto visit = [&](int nx, int ny) {
        if (nx < 0 || ny < 0 || nx >= regions.width || ny >= regions.height) return;
        const auto j = static_cast<std::size_t>(ny * regions.width + nx);
        if (seen[j] || regions.label[j] != regions.label[static_cast<std::size_t>(i)]) return;
        seen[j] = true;
        open.push_back(static_cast<int>(j));
      };
      visit(x - 1, y), visit(x + 1, y), visit(x, y - 1), visit(x, y + 1);
    }
  }
  return patches;
}

double error_per_pixel(const Regions& regions, const Raster& raster) {
  double error = 0;
  for (std::size_t i = 0; i < raster.at.size(); ++i) {
    error += distance2(to_paint(raster.at[i]), regions.regions[static_cast<std::size_t>(regions.label[i])].paint);
  }
  return error / static_cast<double>(raster.at.size());
}

TEST_CASE("a photograph is divided into connected regions within the budget", "[photo]") {
  // Wider than a tile, and not by a whole one.
  const Raster raster = landscape(300, 170, 20);
  PhotoOptions options;
  options.region_budget = 150;
  const Regions regions = segment_photo(raster, options, {});
  CHECK(regions.regions.size() <= 150);
  CHECK(regions.regions.size() > 100);
  CHECK(count_patches(regions) == static_cast<int>(regions.regions.size()));
  check_regions(regions, raster);
}

TEST_CASE("regions don't end at the borders of the tiles", "[photo]") {
  const Raster raster = picture(400, 150, [](double, double y) { return y < 75 ? 40 : 200; });
  const Regions regions = segment_photo(raster, {}, {});
  CHECK(regions.regions.size() == 2);
}

TEST_CASE("flat areas under noise are found", "[photo]") {
  Random random(3);
  const Raster raster = picture(200, 200, [&](double x, double y) {
    return (x < 77 ? 60 : y < 120 ? 120 : 180) + 16 * (random() - 0.5);
  });
  PhotoOptions options;
  options.region_budget = 3;
  const Regions regions = segment_photo(raster, options, {});
  REQUIRE(regions.regions.size() == 3);
  CHECK(regions.regions[0].area == Approx(77 * 200).margin(150));
  CHECK(regions.regions[1].area == Approx(123 * 120).margin(150));
  CHECK(regions.regions[2].area == Approx(123 * 80).margin(150));
}

TEST_CASE("a larger budget comes closer to the picture", "[photo]") {
  const Raster raster = landscape(200, 200, 20);
  double last = 1e9;
  for (const int budget : {20, 100, 500, 2500}) {
    PhotoOptions options;
    options.region_budget = budget;
    const double error = error_per_pixel(segment_photo(raster, options, {}), raster);
    CHECK(error < 0.9 * last);
    last = error;
  }
}

TEST_CASE("no region is smaller than asked for", "[photo]") {
  const Raster raster = landscape(200, 200, 40);
  PhotoOptions options;
  const auto smallest = [&] {
    const Regions regions = segment_photo(raster, options, {});
    const auto less = [](const Region& a, const Region& b) { return a.area < b.area; };
    return std::min_element(regions.regions.begin(), regions.regions.end(), less)->area;
  };
  CHECK(smallest() < 8);
  options.min_area = 8;
  CHECK(smallest() >= 8);
}

TEST_CASE("parameters ask for more regions with more colours and finer layers", "[photo]") {
  TraceParams coarse, fine;
  coarse.color_precision = 3;
  coarse.layer_difference = 24;
  fine.color_precision = 8;
  fine.layer_difference = 8;
  const int speed = photo_options(coarse, 512, 512).region_budget;
  const int balanced = photo_options({}, 512, 512).region_budget;
  const int quality = photo_options(fine, 512, 512).region_budget;
  CHECK(speed * 2 < balanced);
  CHECK(balanced * 2 < quality);
  const int large = photo_options({}, 2048, 2048).region_budget;
  CHECK(large > 8 * balanced);
  CHECK(large < 16 * balanced);
  CHECK(photo_options({}, 1, 1).region_budget > 0);
}

TEST_CASE("one pixel, one row and one column are divided too", "[photo]") {
  for (const auto& [width, height] : {std::pair{1, 1}, std::pair{300, 1}, std::pair{1, 300}}) {
    const Raster raster = landscape(width, height, 20);
    check_regions(segment_photo(raster, {}, {}), raster);
    CHECK_FALSE(looks_like_photo(raster));
  }
}

TEST_CASE("photographs are told from drawings", "[photo]") {
  CHECK(looks_like_photo(landscape(300, 200, 30)));
  CHECK(looks_like_photo(landscape(1200, 900, 12)));
  CHECK_FALSE(looks_like_photo(discs(256)));
  CHECK_FALSE(looks_like_photo(discs(40)));
  // Smooth gradients, linear and radial, that leave no pixel like its neighbours.
  CHECK_FALSE(looks_like_photo(picture(200, 200, [](double x, double y) { return 0.4 * x + 0.8 * y; })));
  CHECK_FALSE(looks_like_photo(picture(200, 200, [](double x, double y) { return std::hypot(x, y); })));
  // Ripples around the edges, as lossy compression leaves them.
  Raster rippled = discs(256);
  Random random(5);
  for (int y = 0; y < 256; ++y) {
    for (int x = 0; x < 256; ++x) {
      if (std::abs(std::hypot(x % 64 - 32, y % 64 - 32) - 21) > 5) continue;
      Sample& sample = rippled.at[static_cast<std::size_t>(y * 256 + x)];
      sample.g = byte(sample.g + 12 * (random() - 0.5));
    }
  }
  CHECK_FALSE(looks_like_photo(rippled));
}

TEST_CASE("a dither of two colours is no photograph", "[photo]") {
  Random random(9);
  CHECK_FALSE(looks_like_photo(picture(256, 256, [&](double, double) { return random() < 0.5 ? 255 : 0; })));
}

TEST_CASE("dividing a photograph leaves when it is told to", "[photo]") {
  const std::atomic<bool> flag{true};
  CHECK_THROWS_AS(segment_photo(landscape(64, 64, 9), {}, base::Stop(&flag)), base::Error);
}

}  // namespace
}  // namespace imgmill::trace
