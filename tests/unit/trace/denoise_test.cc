// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/denoise.h"

#include <catch2/catch.hpp>
#include <cmath>

using namespace imgmill;
using trace::Raster;
using trace::Sample;

namespace {

// Greys of a function of the place, ± up to `noise` levels, another for each channel.
template <class Grey>
Raster noisy(int width, int height, int noise, const Grey& grey) {
  Raster raster{width, height, {}};
  std::uint32_t seed = 7;
  const auto level = [&](double v) {
    seed = seed * 1664525U + 1013904223U;
    return static_cast<std::uint8_t>(std::lround(v) + int((seed >> 16) % (2 * noise + 1)) - noise);
  };
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const double v = grey(x, y);
      Sample& s = raster.at.emplace_back();
      s.r = level(v), s.g = level(v), s.b = level(v), s.a = 255;
    }
  }
  return raster;
}

// Of the red channel, at least `from` columns and rows inside.
template <class Grey>
double mean_square_error(const Raster& raster, int from, const Grey& grey) {
  double sum = 0;
  int count = 0;
  for (int y = from; y < raster.height - from; ++y) {
    for (int x = from; x < raster.width - from; ++x, ++count) sum += std::pow(raster(x, y).r - grey(x, y), 2);
  }
  return sum / count;
}

}  // namespace

TEST_CASE("Noise on flat ground and on slopes is taken out") {
  const auto flat = [](int, int) { return 120.0; };
  const auto slope = [](int x, int y) { return 60 + 0.7 * x + 0.4 * y; };
  for (const bool even : {true, false}) {
    const auto grey = [&](int x, int y) { return even ? flat(x, y) : slope(x, y); };
    const Raster raster = noisy(96, 96, 3, grey);
    trace::Cores cores = trace::find_cores(raster, {});
    REQUIRE(cores.noise.noisy());
    const Raster out = trace::denoise(raster, cores, {});
    CHECK(mean_square_error(out, 6, grey) < mean_square_error(raster, 6, grey) / 3);
    std::size_t core = 0;
    for (const std::uint8_t c : cores.core) core += c;
    CHECK(core > out.at.size() * 3 / 4);
    CHECK(out(48, 48).a == 255);
  }
}

TEST_CASE("Edges stay as they are, and a faint one is no flat ground any longer") {
  // A strong edge, and one of 12 levels that the noise nearly hides.
  const Raster raster = noisy(96, 96, 3, [](int x, int) { return x < 40 ? 60.0 : x < 70 ? 180.0 : 192.0; });
  trace::Cores cores = trace::find_cores(raster, {});
  cores.noise.flat_range = 18;
  for (std::size_t i = 0; i < cores.core.size(); ++i) cores.core[i] = cores.range[i] <= 18;
  REQUIRE(cores.core[48 * 96 + 69]);
  const Raster out = trace::denoise(raster, cores, {});
  for (int y = 0; y < 96; ++y) {
    for (const int x : {39, 40}) CHECK(out(x, y) == raster(x, y));
    for (const int x : {69, 70}) CHECK_FALSE(cores.core[static_cast<std::size_t>(y) * 96 + x]);
    if (y < 6 || y >= 90) continue;
    CHECK(std::abs(out(66, y).g - 180) <= 3);
    CHECK(std::abs(out(73, y).g - 192) <= 3);
  }
}

TEST_CASE("Pictures smaller than the filter's window are denoised as far as it goes") {
  for (const auto& [width, height] : {std::pair{1, 1}, std::pair{1, 40}, std::pair{40, 1}, std::pair{5, 5}}) {
    const Raster raster = noisy(width, height, 4, [](int, int) { return 100.0; });
    trace::Cores cores = trace::find_cores(raster, {});
    cores.noise.flat_range = 12;
    const Raster out = trace::denoise(raster, cores, {});
    REQUIRE(out.at.size() == raster.at.size());
    for (const Sample& s : out.at) CHECK(std::abs(s.b - 100) <= 4);
  }
}
