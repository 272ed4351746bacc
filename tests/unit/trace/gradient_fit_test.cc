// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/gradient_fit.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <functional>
#include <numbers>
#include <random>

#include "trace/surface.h"

using namespace imgmill;
using namespace imgmill::trace;
using vector::Point;

namespace {

constexpr int kSize = 96;
constexpr double kPrice = 1000;

Paint rounded(Paint p) { return to_paint(to_sample(p)); }

// Samples of an even grid, colours rounded to levels, slopes from the pixels two to each side.
std::vector<GradientSample> sampled(
    const std::function<Paint(Point)>& color_at,
    const std::function<bool(Point)>& inside = [](Point) { return true; }) {
  std::vector<GradientSample> samples;
  for (int y = 2; y < kSize - 2; y += 4) {
    for (int x = 2; x < kSize - 2; x += 4) {
      GradientSample s;
      s.at = {x + 0.5, y + 0.5};
      if (!inside(s.at)) continue;
      s.weight = 16;
      s.color = rounded(color_at(s.at));
      s.sloped = true;
      s.slopes.x = (rounded(color_at(s.at + Point{2, 0})) - rounded(color_at(s.at - Point{2, 0}))) * 0.25f;
      s.slopes.y = (rounded(color_at(s.at + Point{0, 2})) - rounded(color_at(s.at - Point{0, 2}))) * 0.25f;
      samples.push_back(s);
    }
  }
  return samples;
}

FittedGradient fit(const std::vector<GradientSample>& samples) {
  Surface surface;
  for (const GradientSample& s : samples) surface.add(s, {kSize / 2.0, kSize / 2.0});
  std::optional<FittedGradient> fitted = fit_gradient(samples, surface.error(), kPrice, Effort::full);
  REQUIRE(fitted);
  return *fitted;
}

// Through the middle, from corner to corner at least.
Gradient line(double angle, std::vector<GradientStop> stops) {
  const Point way{std::cos(angle), std::sin(angle)};
  const double length = 1.5 * kSize;
  return {false, Point{kSize / 2.0, kSize / 2.0} - way * (length / 2), way * (1 / length), {}, std::move(stops)};
}

}  // namespace

TEST_CASE("A linear gradient is found again: its angle within a degree, its colours within a level") {
  std::mt19937 random(7);
  std::uniform_real_distribution<double> angles(0, std::numbers::pi);
  std::uniform_int_distribution<int> levels(20, 235);
  for (int round = 0; round < 40; ++round) {
    const auto level = [&] { return float(levels(random)); };
    const Paint from{level(), level(), level(), 255}, to{level(), level(), level(), 255};
    if (distance2(from, to) < 60 * 60) continue;
    const double angle = angles(random);
    const Gradient truth = line(angle, {{0, from}, {1, to}});
    const FittedGradient found = fit(sampled([&](Point p) { return truth.at(p); }));
    INFO("round " << round);
    REQUIRE_FALSE(found.gradient.radial);
    const double off = vector::angle_between(found.gradient.u, truth.u);
    CHECK(std::min(off, std::numbers::pi - off) < std::numbers::pi / 180);
    for (const Point p : {Point{8, 8}, Point{48, 48}, Point{88, 20}, Point{30, 86}}) {
      CHECK(distance2(found.gradient.at(p), truth.at(p)) < 1.5);
    }
  }
}

TEST_CASE("Stops are found where the colours turn, and none where they don't") {
  const Gradient two = line(0.4, {{0, {20, 30, 200, 255}}, {1, {220, 180, 40, 255}}});
  CHECK(fit(sampled([&](Point p) { return two.at(p); })).gradient.stops.size() == 2);
  const Gradient three = line(0, {{0, {20, 20, 20, 255}}, {0.4, {220, 40, 40, 255}}, {1, {40, 60, 240, 255}}});
  const FittedGradient found = fit(sampled([&](Point p) { return three.at(p); }));
  CHECK(found.gradient.stops.size() >= 3);
  CHECK(found.gradient.stops.size() <= 4);
  const double turn = (0.4 * 1.5 - 0.25) * kSize;
  double nearest = kSize;
  const vector::LinearGradient drawn = std::get<vector::LinearGradient>(to_fill(found.gradient));
  for (const vector::ColorStop& stop : drawn.stops) {
    nearest = std::min(nearest, std::fabs(drawn.from.x + (drawn.to.x - drawn.from.x) * stop.offset - turn));
  }
  CHECK(nearest < 2);
  for (const double x : {6.0, 20.0, 50.0, 80.0}) {
    CHECK(distance2(found.gradient.at({x, 40}), three.at({x, 40})) < 6);
  }
}

TEST_CASE("A radial gradient is found again: its centre within a pixel, its colours within a level or two") {
  for (const Point centre : {Point{48, 48}, Point{20, 70}, Point{100, 10}}) {
    const Gradient truth{
        true, centre, {1 / 80.0, 0}, {0, 1 / 80.0}, {{0, {250, 240, 90, 255}}, {1, {40, 60, 120, 255}}}};
    const FittedGradient found =
        fit(sampled([&](Point p) { return truth.at(p); }, [&](Point p) { return vector::length(p - centre) < 78; }));
    INFO(centre.x << ", " << centre.y);
    REQUIRE(found.gradient.radial);
    CHECK(vector::length(found.gradient.origin - centre) < 1);
    for (const double r : {10.0, 30.0, 60.0}) {
      const Point p = centre + Point{0.6, centre.y < 40 ? 0.8 : -0.8} * r;
      if (p.x > 90) continue;
      CHECK(distance2(found.gradient.at(p), truth.at(p)) < 6);
    }
  }
}

TEST_CASE("What does not change has no gradient") {
  const auto found = fit_gradient(sampled([](Point) { return Paint{90, 90, 90, 255}; }), 0, kPrice, Effort::full);
  CHECK((!found || found->gradient.stops.size() == 2));
}

TEST_CASE("A fade to nothing keeps its colour") {
  Gradient fade = line(0, {{0, {200, 0, 0, 255}}, {1, {0, 0, 0, 0}}});
  const auto drawn = std::get<vector::LinearGradient>(to_fill(fade));
  CHECK(drawn.stops[1].color == image::Rgba{200, 0, 0, 0});
  CHECK_FALSE(fade.opaque());
}
