// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "image/taps.h"

#include <catch2/catch.hpp>
#include <numeric>

namespace imgmill {
namespace {

using image::Taps;

TEST_CASE("taps: weights of samples inside of the line add up to one") {
  for (const auto& [from, to] : {std::pair(1, 1), std::pair(2, 1), std::pair(100, 99), std::pair(101, 7),
                                 std::pair(4000, 150), std::pair(100000, 1)}) {
    CAPTURE(from, to);
    const Taps taps(from, to);
    REQUIRE(taps.size() == to);
    for (int i = 0; i < to; ++i) {
      const int count = 2 * (taps.end_pair(i) - taps.first_pair(i));
      const std::int16_t* weights = taps.weights(i);
      REQUIRE(std::accumulate(weights, weights + count, 0) == Taps::kUnit);
      REQUIRE(taps.first_pair(i) >= 0);
      for (int j = 0; j < count; ++j) {
        if (2 * taps.first_pair(i) + j >= from) REQUIRE(weights[j] == 0);
      }
      REQUIRE(2 * (taps.end_pair(i) - 1) < from);
    }
  }
}

TEST_CASE("taps: a line as long as before is left alone") {
  const Taps taps(9, 9);
  for (int i = 0; i < 9; ++i) {
    for (int j = 0; j < 2 * (taps.end_pair(i) - taps.first_pair(i)); ++j) {
      REQUIRE(taps.weights(i)[j] == (2 * taps.first_pair(i) + j == i ? Taps::kUnit : 0));
    }
  }
}

}  // namespace
}  // namespace imgmill
