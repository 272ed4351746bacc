// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/gauss_newton.h"

#include <catch2/catch.hpp>

using namespace imgmill;
using trace::Coordinates;
using trace::Paint;
using trace::Row;

namespace {

Row row(int pixel, int first, Paint color, std::array<float, 8> cover) { return {pixel, first, color, cover}; }

}  // namespace

TEST_CASE("A step takes each coordinate to where the residuals vanish, short of it by the damping") {
  // Two pixels, each following one coordinate; coordinate 2 may not move, 0 and 3 are one.
  const Coordinates coordinates{{0, 1, -1, 0, 2, 3, 4, 5}, 6};
  const Paint color{100, 0, 0, 0};
  const std::vector<Row> rows{row(0, 0, color, {1, 0, 0, 0}), row(1, 0, color, {0, 1, 1, 0})};
  const std::vector<float> step =
      trace::gauss_newton_step(rows, coordinates, {Paint{20, 0, 0, 0}, Paint{-50, 0, 0, 0}}, {});
  REQUIRE(step.size() == 8);
  CHECK(step[0] == Approx(0.2 / 1.1).epsilon(0.01));
  CHECK(step[1] == Approx(-0.5 / 1.1).epsilon(0.01));
  CHECK(step[2] == 0);
  CHECK(step[3] == step[0]);
  CHECK(step[4] == 0);
}

TEST_CASE("Two edges that share a pixel divide what is missing") {
  const Coordinates coordinates{{0, -1, -1, -1, 1, -1, -1, -1}, 2};
  const Paint color{0, 200, 0, 0};
  const std::vector<Row> rows{row(0, 0, color, {1}), row(0, 4, color, {1})};
  const std::vector<float> step = trace::gauss_newton_step(rows, coordinates, {Paint{0, 100, 0, 0}}, {});
  CHECK(step[0] == Approx(step[4]));
  CHECK(step[0] + step[4] == Approx(0.5 * 2 / 2.1).epsilon(0.01));
}

TEST_CASE("Nothing moves where there are no rows") {
  const std::vector<float> step = trace::gauss_newton_step({}, {{0, 1}, 2}, {}, {});
  CHECK(step == std::vector<float>{0, 0});
}
