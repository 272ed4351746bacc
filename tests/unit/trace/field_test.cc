// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/field.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <random>

using namespace imgmill;
using trace::Field;

namespace {

// The share of a unit step's Gaussian that lies up to so many sigma.
double normal(double at) { return 0.5 * std::erfc(-at / std::sqrt(2.0)); }

Field random_field(int width, int height) {
  std::mt19937 random(8);
  Field field(width, height);
  for (float& v : field.at) v = static_cast<float>(random() % 1000) / 1000;
  return field;
}

}  // namespace

TEST_CASE("A blurred rectangle is what the integral of the Gaussian has it, whatever sigma is") {
  constexpr int kWidth = 90, kHeight = 70, kLeft = 25, kRight = 60, kTop = 20, kBottom = 45;
  Field box(kWidth, kHeight);
  for (int y = kTop; y < kBottom; ++y) {
    for (int x = kLeft; x < kRight; ++x) box(x, y) = 1;
  }
  for (const double sigma : {1.0, 2.5, 4.0, 7.9, 8.0, 13.0}) {
    const Field soft = trace::blurred(box, sigma);
    double worst = 0;
    for (int y = 0; y < kHeight; ++y) {
      for (int x = 0; x < kWidth; ++x) {
        const double across = normal((kRight - x - 0.5) / sigma) - normal((kLeft - x - 0.5) / sigma);
        const double down = normal((kBottom - y - 0.5) / sigma) - normal((kTop - y - 0.5) / sigma);
        worst = std::max(worst, std::fabs(soft(x, y) - across * down));
      }
    }
    INFO("sigma " << sigma);
    CHECK(worst < (sigma < 2 ? 0.02 : 0.008));
  }
}

TEST_CASE("Rows that are wanted are blurred as all are") {
  const Field field = random_field(40, 30), whole = trace::blurred(field, 2);
  trace::Rows rows(30);
  rows[0] = rows[7] = rows[8] = rows[29] = 1;
  const Field some = trace::blurred(field, 2, rows);
  for (const int y : {0, 7, 8, 29}) {
    for (int x = 0; x < 40; ++x) REQUIRE(some(x, y) == whole(x, y));
  }
}

TEST_CASE("Cells are means, those at the sides of what there is") {
  Field field(5, 3);
  for (int k = 0; k < 15; ++k) field.at[static_cast<std::size_t>(k)] = static_cast<float>(k);
  const Field cells = trace::shrunk(field, 2);
  REQUIRE((cells.width == 3 && cells.height == 2));
  CHECK(cells(0, 0) == Approx((0 + 1 + 5 + 6) / 4.0));
  CHECK(cells(2, 0) == Approx((4 + 9) / 2.0));
  CHECK(cells(0, 1) == Approx((10 + 11) / 2.0));
  CHECK(cells(2, 1) == Approx(14));
}

TEST_CASE("Between cells it goes evenly, moved too, and to nothing beyond the sides") {
  Field slope(8, 6);
  for (int y = 0; y < 6; ++y) {
    for (int x = 0; x < 8; ++x) slope(x, y) = static_cast<float>(10 + 3 * x + 5 * y);
  }
  CHECK(slope.between(2.25, 3.5) == Approx(10 + 3 * 2.25 + 5 * 3.5));
  CHECK(slope.between(-0.5, 0) == Approx(5));
  CHECK(slope.between(-1.5, 0) == 0);
  CHECK(slope.between(3, 5.75) == Approx(0.25 * slope(3, 5)));
  for (const double x : {-0.5, 1.0, 2.25, 3.5}) {
    for (const double y : {0.25, 1.75, 2.0, 4.5}) {
      const Field::Around found = slope.around(x, y);
      CHECK(found.here == slope.between(x, y));
      CHECK(found.left == slope.between(x - 1, y));
      CHECK(found.right == slope.between(x + 1, y));
      CHECK(found.above == slope.between(x, y - 1));
      CHECK(found.below == slope.between(x, y + 1));
    }
  }
  const Field fine = trace::stretched(slope, 4, 32, 24, 1.5, -2);
  for (int y = 4; y < 16; ++y) {
    for (int x = 6; x < 28; ++x) {
      REQUIRE(fine(x, y) == Approx(slope.between((x + 0.5 - 1.5) / 4 - 0.5, (y + 0.5 + 2) / 4 - 0.5)).epsilon(1e-4));
    }
  }
}
