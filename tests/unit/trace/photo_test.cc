// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/photo.h"

#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdint>
#include <functional>
#include <vector>

#include "trace/borders.h"

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
  for (std::size_t i = 0; i < regions.label.size(); ++i) {
    const std::int32_t label = regions.label[i];
    REQUIRE(label >= 0);
    REQUIRE(static_cast<std::size_t>(label) < regions.regions.size());
    sum[static_cast<std::size_t>(label)] = sum[static_cast<std::size_t>(label)] + to_paint(raster.at[i]);
    ++area[static_cast<std::size_t>(label)];
  }
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

PhotoOptions options_of(float lambda, int min_area = 0) { return {lambda, min_area}; }

std::size_t count_regions(const Raster& raster, float lambda) {
  return segment_photo(raster, options_of(lambda), {}).regions.size();
}

TEST_CASE("a photograph is divided into connected regions that its pixels' means", "[photo]") {
  // Wider than a tile, and not by a whole one.
  const Raster raster = landscape(600, 270, 20);
  const Regions regions = segment_photo(raster, options_of(1000), {});
  CHECK(regions.regions.size() > 20);
  CHECK(count_patches(regions) == static_cast<int>(regions.regions.size()));
  check_regions(regions, raster);
}

TEST_CASE("regions don't end at the borders of the tiles", "[photo]") {
  const Raster raster = picture(700, 600, [](double, double y) { return y < 175 ? 40 : 200; });
  CHECK(count_regions(raster, 1000) == 2);
}

TEST_CASE("flat areas under noise are found", "[photo]") {
  Random random(3);
  const Raster raster = picture(300, 200, [&](double x, double y) {
    return (x < 177 ? 60 : y < 120 ? 120 : 180) + 16 * (random() - 0.5);
  });
  const Regions regions = segment_photo(raster, options_of(1000), {});
  REQUIRE(regions.regions.size() == 3);
  std::vector<int> areas;
  for (const Region& region : regions.regions) areas.push_back(region.area);
  std::sort(areas.begin(), areas.end());
  CHECK(areas == std::vector<int>{123 * 80, 123 * 120, 177 * 200});
}

TEST_CASE("a smaller lambda comes closer to the picture, in more regions", "[photo]") {
  const Raster raster = landscape(300, 200, 20);
  double last_error = 1e9;
  std::size_t last_count = 0;
  for (const float lambda : {5000.0F, 1000.0F, 200.0F, 40.0F}) {
    const Regions regions = segment_photo(raster, options_of(lambda), {});
    CHECK(error_per_pixel(regions, raster) < last_error);
    CHECK(regions.regions.size() > last_count);
    last_error = error_per_pixel(regions, raster);
    last_count = regions.regions.size();
  }
}

TEST_CASE("what there is to see tells the number of regions, not the size", "[photo]") {
  // Enlarged, the same picture has a pixel's noise less and nothing more to see.
  const auto smooth = [](int side) {
    return picture(side, side,
                   [side](double x, double y) { return 120 + 80 * std::sin(9 * x / side) * std::sin(7 * y / side); });
  };
  const std::size_t small = count_regions(smooth(300), 1000), large = count_regions(smooth(1200), 1000);
  CHECK(large < 5 * small);
  CHECK(count_regions(landscape(300, 300, 0), 1000) > 3 * small);
}

TEST_CASE("no region is smaller than asked for", "[photo]") {
  const Raster raster = landscape(200, 200, 90);
  const auto smallest = [&](int min_area) {
    const Regions regions = segment_photo(raster, options_of(500, min_area), {});
    check_regions(regions, raster);
    const auto less = [](const Region& a, const Region& b) { return a.area < b.area; };
    return std::min_element(regions.regions.begin(), regions.regions.end(), less)->area;
  };
  CHECK(smallest(0) < 8);
  CHECK(smallest(8) >= 8);
  CHECK(smallest(100) >= 100);
}

TEST_CASE("noise is not divided without end", "[photo]") {
  Random random(11);
  const Raster raster = picture(300, 300, [&](double, double) { return 255 * random(); });
  const std::size_t count = count_regions(raster, 0.01F);
  CHECK(count <= 300 * 300 / 12);
  CHECK(count > 300 * 300 / 40);
}

TEST_CASE("the threads don't change a photograph's regions", "[photo]") {
  const Raster raster = landscape(700, 600, 25);
  const Execution backwards{{}, nullptr, [](std::size_t count, const std::function<void(std::size_t)>& piece) {
                              while (count > 0) piece(--count);
                            }};
  Regions one = segment_photo(raster, options_of(800), {}), other = segment_photo(raster, options_of(800), backwards);
  settle_borders(one, raster, {}), settle_borders(other, raster, backwards);
  CHECK(one.label == other.label);
}

TEST_CASE("parameters ask for more regions with more colours and finer layers", "[photo]") {
  TraceParams coarse, fine;
  coarse.color_precision = 3;
  coarse.layer_difference = 24;
  fine.color_precision = 8;
  fine.layer_difference = 8;
  const float speed = photo_options(coarse, 512, 512).lambda;
  const float balanced = photo_options({}, 512, 512).lambda;
  const float quality = photo_options(fine, 512, 512).lambda;
  CHECK(speed > 2 * balanced);
  CHECK(balanced > 2 * quality);
  CHECK(photo_options({}, 2048, 2048).lambda == Approx(2 * balanced));
  CHECK(photo_options({}, 16000, 9000).lambda == Approx(2 * balanced));
  CHECK(photo_options({}, 64, 64).lambda == balanced);
}

TEST_CASE("one pixel, one row and one column are divided too", "[photo]") {
  for (const auto& [width, height] : {std::pair{1, 1}, std::pair{300, 1}, std::pair{1, 300}}) {
    const Raster raster = landscape(width, height, 20);
    check_regions(segment_photo(raster, options_of(500), {}), raster);
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

TEST_CASE("a large photograph is one though its neighbouring pixels hardly differ", "[photo]") {
  const auto smooth = [](double scale) {
    return [scale](double x, double y) {
      return 128 + 50 * std::sin(0.3 * scale * x) * std::sin(0.2 * scale * y) + 20 * std::sin(1.1 * scale * (x + y));
    };
  };
  CHECK(looks_like_photo(picture(256, 256, smooth(1))));
  CHECK(looks_like_photo(picture(2600, 2600, smooth(0.12))));
  CHECK_FALSE(looks_like_photo(discs(2600)));
}

TEST_CASE("a dither of two colours is no photograph", "[photo]") {
  Random random(9);
  CHECK_FALSE(looks_like_photo(picture(256, 256, [&](double, double) { return random() < 0.5 ? 255 : 0; })));
}

TEST_CASE("dividing a photograph leaves when it is told to", "[photo]") {
  const std::atomic<bool> flag{true};
  CHECK_THROWS_AS(segment_photo(landscape(64, 64, 9), {}, {base::Stop(&flag)}), base::Error);
}

}  // namespace
}  // namespace imgmill::trace
