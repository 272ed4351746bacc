// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "image/resize.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <numbers>

#include "base/error.h"
#include "image/image.h"

namespace imgmill {
namespace {

using image::Image;
using image::Light;
using image::Size;
using Samples = std::vector<std::uint8_t>;

TEST_CASE("fitted: inside of the box, in proportion, never enlarged") {
  CHECK(image::fitted({200, 100}, {50, 50}) == Size{50, 25});
  CHECK(image::fitted({200, 100}, {500, 10}) == Size{20, 10});
  CHECK(image::fitted({200, 100}, {199, 500}) == Size{199, 100});
  CHECK(image::fitted({200, 100}, {200, 100}) == Size{200, 100});
  CHECK(image::fitted({200, 100}, {1000, 1000}) == Size{200, 100});
  CHECK(image::fitted({1000, 1}, {10, 10}) == Size{10, 1});
  CHECK(image::fitted({2560, 1600}, {1024, 1024}) == Size{1024, 640});
  CHECK(image::fitted({65535, 65534}, {65534, 65534}) == Size{65534, 65533});
  CHECK(image::fitted({2147483647, 2147483646}, {3, 3}) == Size{3, 3});
}

TEST_CASE("covering: the box is filled, in proportion, never enlarged") {
  CHECK(image::covering({200, 100}, {50, 50}) == Size{100, 50});
  CHECK(image::covering({100, 200}, {50, 50}) == Size{50, 100});
  CHECK(image::covering({200, 100}, {50, 10}) == Size{50, 25});
  CHECK(image::covering({200, 100}, {150, 150}) == Size{200, 100});  // can't
  CHECK(image::covering({200, 100}, {199, 1}) == Size{199, 100});
  const Size size = image::covering({1001, 333}, {77, 77});
  CHECK((size.width >= 77 && size.height == 77));
}

TEST_CASE("crop: the rectangle that was asked for") {
  Samples samples(std::size_t{5} * 4 * 3);
  for (std::size_t i = 0; i < samples.size(); ++i) samples[i] = static_cast<std::uint8_t>(i);
  const Image picture(5, 4, 3, samples);
  const Image part = image::crop(picture, 1, 2, 3, 2);
  REQUIRE((part.width() == 3 && part.height() == 2));
  CHECK(part.row(0)[0] == 2 * 15 + 3);
  CHECK(part.row(1)[8] == 3 * 15 + 11);
  CHECK(image::crop(picture, 0, 0, 5, 4).data() == picture.data());
  CHECK_THROWS_AS(image::crop(picture, 3, 0, 3, 1), base::Error);
  CHECK_THROWS_AS(image::crop(picture, -1, 0, 1, 1), base::Error);
  CHECK_THROWS_AS(image::crop(picture, 0, 4, 1, 1), base::Error);
  CHECK_THROWS_AS(image::crop(picture, 0, 0, 0, 1), base::Error);
}

TEST_CASE("resize: down only, and the own size is the picture itself") {
  const Image picture(5, 4, 1, Samples(20));
  CHECK(image::resize(picture, 5, 4, Light::linear).data() == picture.data());
  CHECK_THROWS_AS(image::resize(picture, 6, 4, Light::srgb), base::Error);
  CHECK_THROWS_AS(image::resize(picture, 5, 5, Light::srgb), base::Error);
  CHECK_THROWS_AS(image::resize(picture, 0, 4, Light::srgb), base::Error);
}

TEST_CASE("fit_within: sizes keep the proportion and never grow") {
  const auto size = [](int width, int height, int side) {
    const Image fitted =
        image::fit_within(Image(width, height, 1, Samples(static_cast<std::size_t>(width) * height)), side);
    return std::pair(fitted.width(), fitted.height());
  };
  CHECK(size(200, 100, 50) == std::pair(50, 25));
  CHECK(size(100, 201, 100) == std::pair(50, 100));
  CHECK(size(1000, 1, 10) == std::pair(10, 1));
  CHECK(size(20, 10, 20) == std::pair(20, 10));
  CHECK(size(20, 10, 500) == std::pair(20, 10));
  const Image small(2, 1, 1, {1, 2});
  CHECK(image::fit_within(small, 2).data() == small.data());
}

TEST_CASE("fit_within: a flat picture stays flat") {
  const int channels = GENERATE(1, 3, 4);
  const Image fitted = image::fit_within(Image(97, 53, channels, Samples(std::size_t{97} * 53 * channels, 201)), 31);
  for (const std::uint8_t sample : fitted.samples()) REQUIRE(sample == 201);
}

TEST_CASE("fit_within: what the small size can't hold is averaged away, the rest is kept") {
  constexpr int kSide = 256;
  Samples checks, wave;
  for (int y = 0; y < kSide; ++y) {
    for (int x = 0; x < kSide; ++x) {
      checks.push_back((x + y) % 2 == 0 ? 0 : 255);
      wave.push_back(
          static_cast<std::uint8_t>(std::lround(128 + 100 * std::sin(2 * std::numbers::pi * (x + 0.5) / 64))));
    }
  }
  const Image grey = image::fit_within(Image(kSide, kSide, 1, checks), 64);
  for (int y = 4; y < 60; ++y) {
    for (int x = 4; x < 60; ++x) REQUIRE(std::abs(grey.row(y)[x] - 127) <= 2);
  }
  const Image smaller = image::fit_within(Image(kSide, kSide, 1, wave), 64);  // the wave now has a length of 16
  for (int x = 4; x < 60; ++x) {
    const double expected = 128 + 100 * std::sin(2 * std::numbers::pi * (x + 0.5) / 16);
    REQUIRE(std::abs(smaller.row(30)[x] - expected) <= 3);
  }
}

TEST_CASE("fit_within: colours hidden by alpha do not bleed") {
  Samples samples;
  for (int i = 0; i < 64 * 64; ++i) {
    const bool visible = i % 64 < 32;
    samples.insert(samples.end(),
                   {static_cast<std::uint8_t>(visible ? 200 : 0), static_cast<std::uint8_t>(visible ? 0 : 255), 0,
                    static_cast<std::uint8_t>(visible ? 255 : 0)});
  }
  const Image fitted = image::fit_within(Image(64, 64, 4, samples), 16);
  for (int x = 0; x < 16; ++x) {
    const std::uint8_t* pixel = fitted.row(8) + x * 4;
    if (pixel[3] == 0) continue;
    CHECK(std::abs(pixel[0] - 200) <= 4);
    CHECK(pixel[1] == 0);
  }
}

}  // namespace
}  // namespace imgmill
