// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/patches.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdlib>
#include <map>
#include <vector>

#include "drawing.h"
#include "trace/photo.h"

namespace imgmill::trace {
namespace {

constexpr double kTolerance = 0.75;

// Regions of which each is 4-connected, in far apart colours.
template <class Label>
Regions divided(int width, int height, int count, const Label& label) {
  Regions regions{width, height, {}, {}};
  for (int k = 0; k < count; ++k) {
    const auto level = [&](int by) { return static_cast<float>((k + 1) * by % 256); };
    regions.regions.push_back({{level(89), level(151), level(211), 255}, 0});
  }
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      regions.label.push_back(label(x, y));
      ++regions.regions[label(x, y)].area;
    }
  }
  return regions;
}

std::string written(const Regions& regions, const Execution& execution = {}) {
  return vector::write_svg(draw_patches(regions, kTolerance, execution), {});
}

// Every pixel that has only its own region within two pixels shows that region's colour.
int wrong_pixels(const Regions& regions) {
  const image::Image picture = test::drawn(written(regions), regions.width, regions.height);
  const int channels = picture.channels();
  int wrong = 0;
  for (int y = 0; y < regions.height; ++y) {
    for (int x = 0; x < regions.width; ++x) {
      const std::int32_t own = regions.label[static_cast<std::size_t>(y * regions.width + x)];
      bool inside = true;
      for (int j = std::max(y - 2, 0); j <= std::min(y + 2, regions.height - 1); ++j) {
        for (int i = std::max(x - 2, 0); i <= std::min(x + 2, regions.width - 1); ++i) {
          inside = inside && regions.label[static_cast<std::size_t>(j * regions.width + i)] == own;
        }
      }
      if (!inside) continue;
      const std::uint8_t* at = picture.data() + static_cast<std::size_t>(y * regions.width + x) * channels;
      const image::Rgba color = to_rgba(regions.regions[own].paint);
      wrong += std::abs(at[0] - color.r) > 2 || std::abs(at[1] - color.g) > 2 || std::abs(at[2] - color.b) > 2 ||
               (channels == 4 && at[3] != 255);
    }
  }
  return wrong;
}

TEST_CASE("a picture of one region is one rectangle", "[patches]") {
  CHECK(written(divided(40, 30, 1, [](int, int) {
          return 0;
        })).find("<path fill=\"#5997d3\" d=\"M0 0h80v60h-80z\"/>") != std::string::npos);
  const vector::Document document = draw_patches(divided(40, 30, 1, [](int, int) { return 0; }), kTolerance, {});
  REQUIRE(document.shapes.size() == 1);
  CHECK(document.shapes[0].contours[0].segments.size() == 3);
  CHECK(wrong_pixels(divided(1, 1, 1, [](int, int) { return 0; })) == 0);
}

TEST_CASE("what lies within another lies above it", "[patches]") {
  const auto ring = [](int x, int y) {
    const double r = std::hypot(x - 60, y - 50);
    return r < 8 ? 3 : r < 18 ? 2 : r < 30 ? 1 : 0;
  };
  const Regions regions = divided(120, 100, 4, ring);
  CHECK(wrong_pixels(regions) == 0);
  CHECK(draw_patches(regions, kTolerance, {}).shapes.size() == 5);
}

TEST_CASE("sectors, bands and a spiral show where they are", "[patches]") {
  const double pi = std::acos(-1.0);
  CHECK(wrong_pixels(divided(150, 130, 7, [&](int x, int y) {
          return std::min(static_cast<int>((std::atan2(y - 64.5, x - 74.5) + pi) / (2 * pi) * 7), 6);
        })) == 0);
  CHECK(wrong_pixels(divided(90, 77, 5, [](int x, int y) { return std::min((x + 2 * y) / 50, 4); })) == 0);
  // Two arms, each around the other.
  CHECK(wrong_pixels(divided(160, 160, 2, [&](int x, int y) {
          const double turn = (std::atan2(y - 79.5, x - 79.5) + pi) / (2 * pi), r = std::hypot(x - 79.5, y - 79.5) / 24;
          return std::fmod(r + 1 - turn, 1.0) < 0.5 && r > 1 && r < 3 ? 1 : 0;
        })) == 0);
}

TEST_CASE("regions that touch at a corner only are drawn apart", "[patches]") {
  const Regions regions = divided(60, 60, 4, [](int x, int y) { return (x >= 30 ? 1 : 0) + (y >= 30 ? 2 : 0); });
  CHECK(wrong_pixels(regions) == 0);
}

TEST_CASE("a comb and what lies between its teeth", "[patches]") {
  // The comb encloses most, so the teeth's gaps lie above it.
  const Regions regions = divided(130, 80, 2, [](int x, int y) { return y < 10 || (y < 70 && x % 16 < 8) ? 0 : 1; });
  CHECK(wrong_pixels(regions) == 0);
}

TEST_CASE("no hidden way leads around what lies lower", "[patches]") {
  // A thin U, in it a square that is larger than it, and between them a mosaic of what lies above both.
  std::map<int, int> cells;
  const auto label = [&](int x, int y) {
    if (x < 20 || x >= 60 || y < 20 || y >= 60) return 0;
    if (x < 23 || x >= 57 || y >= 57) return 1;
    if (x >= 30 && x < 50 && y >= 28 && y < 48) return 2;
    return cells.emplace((y - 20) / 4 * 9 + (x - 23) / 4, 3 + static_cast<int>(cells.size())).first->second;
  };
  for (int i = 0; i < 80 * 80; ++i) label(i % 80, i / 80);
  const Regions regions = divided(80, 80, 3 + static_cast<int>(cells.size()), label);
  const image::Image picture = test::drawn(written(regions), 80, 80);
  const std::uint8_t* at = picture.data() + (38 * 80 + 40) * picture.channels();
  const image::Rgba color = to_rgba(regions.regions[2].paint);
  CHECK(at[0] == Approx(color.r).margin(1));
  CHECK(at[1] == Approx(color.g).margin(1));
}

Regions of_photo() {
  std::uint32_t seed = 5;
  Raster raster{300, 280, {}};
  for (int y = 0; y < raster.height; ++y) {
    for (int x = 0; x < raster.width; ++x) {
      seed = seed * 1664525U + 1013904223U;
      const double v = 120 + 70 * std::sin(x * 0.04) * std::sin(y * 0.05) + static_cast<int>(seed >> 28);
      raster.at.push_back({static_cast<std::uint8_t>(v), static_cast<std::uint8_t>(v / 2), 90, 255});
    }
  }
  return segment_photo(raster, {300, 4}, {});
}

TEST_CASE("many regions leave no gap and few wrong pixels", "[patches]") {
  const Regions regions = of_photo();
  REQUIRE(regions.regions.size() > 300);
  CHECK(wrong_pixels(regions) <= 3);
}

TEST_CASE("each border is drawn once: what lies lower runs on in few straight ways", "[patches]") {
  // A wavy border between two halves, beneath them the ground.
  const Regions regions = divided(400, 200, 2, [](int x, int y) { return y < 100 + 30 * std::sin(x * 0.1) ? 0 : 1; });
  const vector::Document document = draw_patches(regions, kTolerance, {});
  REQUIRE(document.shapes.size() == 3);
  const std::size_t lower = document.shapes[1].contours[0].segments.size();
  const std::size_t upper = document.shapes[2].contours[0].segments.size();
  CHECK(upper > 40);
  CHECK(upper < 120);
  CHECK(lower < 0.7 * upper);
}

TEST_CASE("the threads don't change the patches", "[patches]") {
  const Regions regions = of_photo();
  const Execution backwards{{}, nullptr, [](std::size_t count, const std::function<void(std::size_t)>& piece) {
                              while (count > 0) piece(--count);
                            }};
  CHECK(written(regions) == written(regions, backwards));
}

TEST_CASE("a looser tolerance gives fewer points on a coarser grid", "[patches]") {
  const Regions regions = of_photo();
  const vector::Document fine = draw_patches(regions, 0.3, {}), coarse = draw_patches(regions, 1.2, {});
  CHECK(fine.resolution < coarse.resolution);
  CHECK(2 * vector::write_svg(coarse, {}).size() < vector::write_svg(fine, {}).size());
}

TEST_CASE("drawing patches leaves when it is told to", "[patches]") {
  const std::atomic<bool> flag{true};
  CHECK_THROWS_AS(draw_patches(divided(20, 20, 1, [](int, int) { return 0; }), 1, {base::Stop(&flag)}), base::Error);
}

}  // namespace
}  // namespace imgmill::trace
