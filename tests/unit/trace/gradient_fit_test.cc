// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/gradient_fit.h"

#include <array>
#include <catch2/catch.hpp>
#include <cmath>
#include <functional>
#include <numbers>
#include <random>

#include "trace/surface.h"
#include "vector/svg.h"

using namespace imgmill;
using namespace imgmill::trace;
using vector::Point;

namespace {

constexpr int kSize = 96;
constexpr double kPrice = 1000;

Paint rounded(Paint p) { return to_paint(to_sample(p)); }

// Samples of an even grid, colours rounded to levels, slopes from the pixels two to each side.
GradientSamples sampled(
    const std::function<Paint(Point)>& color_at,
    const std::function<bool(Point)>& inside = [](Point) { return true; }) {
  GradientSamples samples;
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
      samples.add(s);
    }
  }
  return samples;
}

FittedGradient fit(const GradientSamples& samples) {
  Surface surface;
  surface.add(samples, {kSize / 2.0, kSize / 2.0});
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

TEST_CASE("An elliptic gradient is found again: its centre, its half axes and its slant") {
  const std::vector<GradientStop> stops{{0, {250, 240, 90, 255}}, {0.6, {220, 120, 40, 255}}, {1, {40, 60, 120, 255}}};
  for (const double slant : {0.0, 0.5, 1.2, 2.4}) {
    for (const double ratio : {0.5, 0.6}) {
      const Point centre{52, 44}, along{std::cos(slant), std::sin(slant)}, across{-along.y, along.x};
      const double a = 80, b = a * ratio;
      const Gradient truth{true, centre, along * (1 / a), across * (1 / b), stops};
      const auto samples =
          sampled([&](Point p) { return truth.at(p); }, [&](Point p) { return truth.position(p) < 0.97; });
      const FittedGradient found = fit(samples);
      INFO("slant " << slant << ", ratio " << ratio);
      REQUIRE(found.gradient.radial);
      CHECK(vector::length(found.gradient.origin - centre) < 1);
      // The places that are as far out as the ends of the half axes are on the same ellipse.
      const double out = found.gradient.position(centre + along * (0.8 * a));
      CHECK(found.gradient.position(centre + across * (0.8 * b)) == Approx(out).epsilon(0.03));
      CHECK(found.gradient.position(centre + (along * a + across * b) * (0.8 * std::sqrt(0.5))) ==
            Approx(out).epsilon(0.03));
      CHECK(found.gradient.position(centre + (along * a - across * b) * (0.8 * std::sqrt(0.5))) ==
            Approx(out).epsilon(0.03));
      double worst = 0;
      for (const GradientSamples::Block& b : samples.blocks()) {
        const Point at{b.x[0], b.y[0]};
        worst = std::max<double>(worst, distance2(found.gradient.at(at), truth.at(at)));
      }
      CHECK(worst < 100);
    }
  }
}

TEST_CASE("What circles explain stays one, and what a line explains stays a line") {
  const std::vector<GradientStop> stops{{0, {250, 240, 90, 255}}, {1, {40, 60, 120, 255}}};
  const Gradient circle{true, {40, 50}, {1 / 70.0, 0}, {0, 1 / 70.0}, stops};
  const Gradient round = fit(sampled([&](Point p) { return circle.at(p); })).gradient;
  REQUIRE(round.radial);
  CHECK(round.u.y == 0);
  CHECK(round.v.x == 0);
  CHECK(round.u.x == round.v.y);
  for (const double angle : {0.0, 0.7, 2.0}) {
    const Gradient straight = line(angle, stops);
    CHECK_FALSE(fit(sampled([&](Point p) { return straight.at(p); })).gradient.radial);
  }
}

TEST_CASE("The bytes that a gradient is counted with are about those that it takes") {
  const auto written = [](const Gradient& gradient) {
    vector::Document document{96, 96, {}, 1.0 / 8};
    const auto shape = [](double x) {
      return vector::Contour{{x, 4}, {vector::line_to({x + 40, 4}), vector::line_to({x, 60})}};
    };
    document.shapes = {{{shape(2)}, to_fill(gradient)}, {{shape(50)}, vector::Solid{{18, 52, 86, 255}}}};
    const double one = double(vector::write_svg(document, {}).size());
    document.shapes[1].fill = document.shapes[0].fill;
    const double shared = double(vector::write_svg(document, {}).size());
    document.shapes[0].fill = document.shapes[1].fill = vector::Solid{{18, 52, 86, 255}};
    const double plain = double(vector::write_svg(document, {}).size()) + std::string("<defs></defs>").size();
    return std::array<double, 2>{one - plain, shared - plain};
  };
  const std::vector<GradientStop> stops{{0, {250, 240, 90, 255}}, {0.4, {40, 160, 20, 255}}, {1, {40, 60, 120, 255}}};
  for (const Gradient& truth :
       {line(0.6, stops), Gradient{true, {40, 50}, {1 / 70.0, 0}, {0, 1 / 70.0}, stops},
        Gradient{true, {50, 40}, Point{0.6, 0.8} * (1 / 80.0), Point{-0.8, 0.6} * (1 / 30.0), stops}}) {
    const FittedGradient found = fit(sampled([&](Point p) { return truth.at(p); }));
    const auto [one, shared] = written(found.gradient);
    INFO(one << " by shares of a box, " << shared << " in the drawing's units, " << found.bytes << " counted");
    CHECK(one < shared);
    CHECK(found.bytes > one - 15);
    CHECK(found.bytes < shared + 25);
  }
}

TEST_CASE("An error is told exactly up to a bound, and beyond it that it is more") {
  const Gradient gradient = line(0.4, {{0, {20, 30, 200, 255}}, {1, {220, 180, 40, 255}}});
  const auto samples = sampled([&](Point p) { return gradient.at(p + Point{6, 0}); });
  const double error = gradient_error(gradient, samples);
  CHECK(error > 0);
  CHECK(gradient_error(gradient, samples, error) == error);
  CHECK(gradient_error(gradient, samples, error / 2) > error / 2);
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
