// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "image/light.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <functional>
#include <random>

#include "image/resize.h"

namespace imgmill {
namespace {

using image::Image;
using image::Light;
using image::LightTables;
using Samples = std::vector<std::uint8_t>;

long double light_of(long double value) {
  const long double v = value / 255;
  return LightTables::kFull * (v <= 0.04045L ? v / 12.92L : std::pow((v + 0.055L) / 1.055L, 2.4L));
}

TEST_CASE("light: the tables are the transfer function of sRGB and its inverse") {
  const LightTables& tables = image::light_tables();
  for (std::size_t v = 0; v < 256; ++v) {
    REQUIRE(std::abs(tables.light[v] - light_of(static_cast<long double>(v))) <= 0.5001L);
    REQUIRE(tables.value[static_cast<std::size_t>(tables.light[v])] == v);
  }
  REQUIRE(std::is_sorted(tables.value.begin(), tables.value.end()));
  CHECK(tables.value[LightTables::kFull / 2] == 188);
}

TEST_CASE("light: no entry of the tables stands where the last bit of a power decides") {
  for (int v = 0; v < 256; ++v) {
    const long double light = light_of(v), edge = light_of(v + 0.5L);
    if (v != 0) REQUIRE(std::abs(light - std::floor(light) - 0.5L) > 1e-6L);
    REQUIRE(std::abs(edge - std::round(edge)) > 1e-6L);
  }
}

Image drawn(int side, const std::function<int(int, int)>& value) {
  Samples samples;
  for (int y = 0; y < side; ++y) {
    for (int x = 0; x < side; ++x) samples.push_back(static_cast<std::uint8_t>(value(x, y)));
  }
  return Image(side, side, 1, std::move(samples));
}

TEST_CASE("light_that_pays: fine patterns of dark and bright, and nothing else") {
  const int to = GENERATE(100, 500);
  const auto choice = [&](const std::function<int(int, int)>& value) {
    return image::light_that_pays(drawn(1000, value), {to, to});
  };
  std::mt19937 random(1);
  CHECK(choice([](int x, int y) { return (x + y) % 2 == 0 ? 0 : 255; }) == Light::linear);
  CHECK(choice([](int x, int) { return x % 16 == 0 ? 255 : 0; }) == Light::linear);
  CHECK(choice([](int, int y) { return y % 16 == 0 ? 0 : 255; }) == Light::linear);
  CHECK(choice([&](int, int) { return random() % 200 == 0 ? 220 : 8; }) == Light::linear);

  CHECK(choice([](int, int) { return 90; }) == Light::srgb);
  CHECK(choice([](int x, int y) { return (x + y) / 8; }) == Light::srgb);
  CHECK(choice([&](int, int) { return 100 + static_cast<int>(random() % 40); }) == Light::srgb);
  CHECK(choice([](int x, int y) {
          return static_cast<int>(128 + 60 * std::sin(x * 0.04) + 40 * std::cos(y * 0.05));
        }) == Light::srgb);
}

TEST_CASE("light_that_pays: what is not reduced, or not seen") {
  const Image checks = drawn(64, [](int x, int y) { return (x + y) % 2 == 0 ? 0 : 255; });
  CHECK(image::light_that_pays(checks, {64, 64}) == Light::srgb);
  CHECK(image::light_that_pays(checks, {64, 32}) == Light::linear);
  CHECK(image::light_that_pays(checks, {1, 1}) == Light::linear);
  Samples hidden;
  for (const std::uint8_t sample : checks.samples()) hidden.insert(hidden.end(), {sample, sample, sample, 0});
  CHECK(image::light_that_pays(Image(64, 64, 4, hidden), {32, 32}) == Light::srgb);
}

}  // namespace
}  // namespace imgmill
