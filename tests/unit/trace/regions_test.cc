// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/regions.h"

#include <catch2/catch.hpp>

using namespace imgmill;
using trace::Sample;

TEST_CASE("A raster is the same from grey, RGB and RGBA, whatever the number of its pixels") {
  for (int width = 1; width < 12; ++width) {
    std::vector<std::uint8_t> grey, rgb, rgba;
    for (int k = 0; k < width; ++k) {
      const auto v = static_cast<std::uint8_t>(7 * k + 3);
      grey.push_back(v);
      for (int c = 0; c < 3; ++c) rgb.push_back(v), rgba.push_back(v);
      rgba.push_back(255);
    }
    for (const auto& [channels, samples] : {std::pair{1, grey}, {3, rgb}, {4, rgba}}) {
      const trace::Raster raster = trace::to_raster(image::Image(width, 1, channels, samples));
      REQUIRE(raster.at.size() == static_cast<std::size_t>(width));
      for (int k = 0; k < width; ++k) CHECK(raster(k, 0) == Sample{grey[k], grey[k], grey[k], 255});
    }
  }
  const trace::Raster colors =
      trace::to_raster(image::Image(5, 1, 3, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}));
  for (std::uint8_t k = 0; k < 5; ++k) {
    CHECK(colors(k, 0) == Sample{std::uint8_t(3 * k + 1), std::uint8_t(3 * k + 2), std::uint8_t(3 * k + 3), 255});
  }
}

TEST_CASE("Colours are premultiplied, and what is transparent is all zero") {
  const trace::Raster raster = trace::to_raster(image::Image(3, 1, 4, {200, 100, 50, 128, 9, 8, 7, 0, 1, 2, 3, 255}));
  CHECK(raster(0, 0) == Sample{100, 50, 25, 128});
  CHECK(raster(1, 0) == Sample{0, 0, 0, 0});
  CHECK(raster(2, 0) == Sample{1, 2, 3, 255});
}

TEST_CASE("Four channels at once come to what they come to one by one") {
  const trace::Paint a{1, 20, 300, 255}, b{-4, 5, 0.5f, 2};
  CHECK(trace::dot(a, b) == -4 + 100 + 150 + 510);
  CHECK(trace::distance2(a, b) == 25 + 225 + 299.5f * 299.5f + 253 * 253);
  const Sample s{255, 0, 17, 128};
  CHECK(trace::to_paint(s) == trace::Paint{255, 0, 17, 128});
  const trace::FourWhole squares = trace::squares(s);
  CHECK(squares[0] == 255 * 255);
  CHECK(squares[1] == 0);
  CHECK(squares[2] == 17 * 17);
  CHECK(squares[3] == 128 * 128);
}
