// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/blur_fit.h"

#include <catch2/catch.hpp>
#include <cmath>

using namespace imgmill;
using trace::Blur;
using trace::Field;

namespace {

constexpr int kSize = 160;
constexpr double kMost = 441;

// A disc and a bar beside it; their shadow is seen where they aren't, in whole levels.
struct Scene {
  Field caster{kSize, kSize}, depth{kSize, kSize}, seen{kSize, kSize};

  explicit Scene(const std::vector<Blur>& layers) {
    for (int y = 0; y < kSize; ++y) {
      for (int x = 0; x < kSize; ++x) {
        const bool in_disc = std::hypot(x - 60, y - 70) < 30, in_bar = x >= 100 && x < 120 && y >= 50 && y < 110;
        caster(x, y) = in_disc || in_bar ? 1 : 0;
      }
    }
    const Field shadow = trace::cast(caster, layers, kMost);
    for (std::size_t i = 0; i < shadow.at.size(); ++i) {
      seen.at[i] = 1 - caster.at[i];
      depth.at[i] = seen.at[i] * std::round(shadow.at[i]);
    }
  }
  trace::BlurFit fit(const std::vector<Blur>& start, int cell, int steps = 20) const {
    return trace::fit_blur({caster, depth, seen, kMost}, start, cell, steps, {});
  }
};

void check(const Blur& found, const Blur& meant, double close) {
  CHECK(std::fabs(found.sigma - meant.sigma) < close * meant.sigma);
  CHECK(vector::length(found.shift - meant.shift) < close * meant.sigma);
  CHECK(std::fabs(found.depth - meant.depth) < close * meant.depth);
}

}  // namespace

TEST_CASE("How a shadow was cast is told from where it is seen, in fine cells and in coarse ones") {
  for (const Blur& meant : {Blur{2.5, {0, 2}, 150}, Blur{6, {3.3, 5.2}, 90}, Blur{11, {-4, 8}, 200}}) {
    const Scene scene({meant});
    const Blur start{1.7 * meant.sigma, {0, 0}, 0.6 * meant.depth};
    INFO("sigma " << meant.sigma);
    const trace::BlurFit fine = scene.fit({start}, 1), coarse = scene.fit({start}, 2);
    REQUIRE(fine.layers.size() == 1);
    check(fine.layers[0], meant, 0.02);
    check(coarse.layers[0], meant, 0.08);
    CHECK(fine.left < 0.001);
  }
}

TEST_CASE("A shape at the side is moved in from there as a whole") {
  Field caster(60, 60);
  for (int y = 2; y < 30; ++y) {
    for (int x = 10; x < 50; ++x) caster(x, y) = 1;
  }
  const Field roomy = trace::padded(caster, 40);
  const Blur blur{6, {0, 12}, 100};
  const Field here = trace::cast(caster, {blur}, kMost), there = trace::cast(roomy, {blur}, kMost);
  for (int y = 0; y < 60; ++y) {
    for (int x = 0; x < 60; ++x) REQUIRE(here(x, y) == Approx(there(x + 40, y + 40)).margin(0.5));
  }
}

TEST_CASE("Two layers are told apart, each seen through the other") {
  const Blur close{2.5, {0, 2}, 120}, wide{10, {0, 8}, 160};
  const Scene scene({close, wide});
  const trace::BlurFit one = scene.fit({{6, {0, 4}, 200}}, 1), two = scene.fit({{2, {0, 1}, 80}, {8, {0, 6}, 120}}, 1);
  REQUIRE(two.layers.size() == 2);
  check(two.layers[0], close, 0.05);
  check(two.layers[1], wide, 0.05);
  CHECK(two.left < 0.001);
  CHECK(one.left > 10 * two.left);
}

TEST_CASE("Layers come to no more than what nothing shines through") {
  const Scene scene({{3, {0, 0}, kMost}, {3, {0, 0}, kMost}});
  CHECK(trace::cast(scene.caster, {{3, {0, 0}, kMost}, {3, {0, 0}, kMost}}, kMost)(60, 70) ==
        Approx(kMost).epsilon(1e-3));
}

TEST_CASE("What is no shadow of a shape is left over") {
  Scene scene({{6, {0, 0}, 100}});
  for (int y = 0; y < kSize; ++y) {
    for (int x = 0; x < kSize; ++x) scene.depth(x, y) = scene.seen(x, y) * static_cast<float>(x) / 2;
  }
  CHECK(scene.fit({{6, {0, 0}, 100}}, 1).left > 0.1);
}
