// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/gradient_samples.h"

#include <catch2/catch.hpp>

#include "trace/patch_samples.h"
#include "trace/surface.h"

using namespace imgmill::trace;

namespace {

GradientSample sample(double x, float weight = 1) {
  GradientSample s;
  s.at = {x, 2 * x};
  s.color = {float(x), 0, 0, 255};
  s.weight = weight;
  s.sloped = true;
  s.slopes.x = {1, 0, 0, 0};
  return s;
}

struct Sums {
  float weight = 0, x = 0, red = 0, steep = 0;
};
Sums sums(const GradientSamples& samples) {
  Sums out;
  for (const GradientSamples::Block& b : samples.blocks()) {
    for (int lane = 0; lane < 4; ++lane) {
      out.weight += b.weight[lane], out.steep += b.steep[lane];
      out.x += b.weight[lane] * b.x[lane], out.red += b.weight[lane] * b.color[lane][0];
    }
  }
  return out;
}

}  // namespace

TEST_CASE("Samples are kept by fours, and what is left over has a place of theirs and no weight") {
  GradientSamples samples;
  CHECK(samples.empty());
  for (int k = 0; k < 6; ++k) samples.add(sample(10 + k, 2));
  CHECK(samples.size() == 6);
  REQUIRE(samples.blocks().size() == 2);
  const GradientSamples::Block& last = samples.blocks()[1];
  for (const int lane : {2, 3}) {
    CHECK(last.weight[lane] == 0);
    CHECK(last.steep[lane] == 0);
    CHECK(last.x[lane] == 14);
    CHECK(last.y[lane] == 28);
  }
  CHECK(sums(samples).weight == 12);
  CHECK(sums(samples).steep == 12 * kSlopeWeight);
}

TEST_CASE("Those of two patches are those of both") {
  GradientSamples samples, others;
  for (int k = 0; k < 5; ++k) samples.add(sample(k));
  for (int k = 5; k < 7; ++k) others.add(sample(k, 3));
  samples.add(others);
  samples.add(GradientSamples{});
  samples.add(sample(7));
  CHECK(samples.size() == 8);
  CHECK(sums(samples).weight == 5 + 2 * 3 + 1);
  CHECK(sums(samples).x == 0 + 1 + 2 + 3 + 4 + 3 * (5 + 6) + 7);
  CHECK(sums(samples).red == sums(samples).x);
}

TEST_CASE("Every other sample stands for the one after it too") {
  GradientSamples samples;
  for (int k = 0; k < 22; ++k) samples.add(sample(k, 2));
  samples.thin();
  CHECK(samples.size() == 11);
  CHECK(sums(samples).weight == Approx(44));
  CHECK(sums(samples).steep == Approx(44 * kSlopeWeight));
  CHECK(sums(samples).x == Approx(4 * (0 + 2 + 4 + 6 + 8 + 10 + 12 + 14 + 16 + 18 + 20)));
}

TEST_CASE("Samples of patches weigh as much as what shows of the patch, and know its slopes") {
  constexpr int kSize = 40;
  Raster raster{kSize, kSize, {}};
  Regions patches{kSize, kSize, {}, {{{}, kSize * (kSize / 2 - 1)}, {{}, kSize * (kSize / 2)}}};
  for (int y = 0; y < kSize; ++y) {
    for (int x = 0; x < kSize; ++x) {
      raster.at.push_back({static_cast<std::uint8_t>(3 * x), static_cast<std::uint8_t>(2 * y), 9, 255});
      patches.label.push_back(x < kSize / 2 - 1 ? 0 : x < kSize / 2 ? -1 : 1);  // a mixture between them
    }
  }
  const std::vector<GradientSamples> samples = sample_patches(patches, raster, {1, 0}, 50, {});
  REQUIRE(samples.size() == 2);
  CHECK(samples[1].empty());
  CHECK(samples[0].size() >= 25);
  CHECK(samples[0].size() <= 100);
  CHECK(sums(samples[0]).weight == Approx(kSize * (kSize / 2 - 1) + kSize));
  bool sloped = false;
  for (const GradientSamples::Block& b : samples[0].blocks()) {
    for (int lane = 0; lane < 4; ++lane) {
      if (b.weight[lane] == 0) continue;
      CHECK(b.color[lane][0] == 3 * (b.x[lane] - 0.5f));
      if (b.steep[lane] == 0) continue;
      sloped = true;
      CHECK(b.slope_x[lane][0] == 3);
      CHECK(b.slope_y[lane][1] == 2);
      CHECK(b.xx[lane] == 9);
      CHECK(b.yy[lane] == 4);
    }
  }
  CHECK(sloped);
}

TEST_CASE("A surface of second order is found again from samples, and the sum of two is that of both") {
  const auto color = [](double x, double y) {
    return Paint{float(20 + x + 0.5 * y), float(0.01 * x * x + 3), float(0.02 * x * y), float(200 - 0.01 * y * y)};
  };
  GradientSamples left, right;
  for (int y = 0; y < 96; y += 6) {
    for (int x = 0; x < 96; x += 6) {
      GradientSample s;
      s.at = {double(x), double(y)};
      s.weight = 36;
      s.color = color(x, y);
      s.sloped = x % 12 == 0;
      s.slopes.x = {1, float(0.02 * x), float(0.02 * y), 0};
      s.slopes.y = {0.5f, 0, float(0.02 * x), float(-0.02 * y)};
      (x < 48 ? left : right).add(s);
    }
  }
  Surface surface, other;
  surface.add(left, {48, 48});
  other.add(right, {48, 48});
  surface.add(other);
  CHECK(surface.level_error() > 1e6);
  CHECK(surface.error() < 1e-3 * surface.level_error());
  GradientSamples both = left;
  both.add(right);
  Surface whole;
  whole.add(both, {48, 48});
  CHECK(whole.level_error() == Approx(surface.level_error()));
}
