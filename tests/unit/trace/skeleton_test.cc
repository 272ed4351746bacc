// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/skeleton.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdlib>
#include <functional>

using namespace imgmill::trace;

namespace {

Skeleton skeleton(const std::function<bool(int x, int y)>& ink, int size = 60) {
  Bits bits{size, size, {}};
  for (int y = 0; y < size; ++y) {
    for (int x = 0; x < size; ++x) bits.at.push_back(ink(x, y));
  }
  return skeleton_of(bits, {});
}

std::size_t nodes(const Skeleton& skeleton) {
  return static_cast<std::size_t>(std::count_if(skeleton.nodes.begin(), skeleton.nodes.end(),
                                                [](const Skeleton::Node& node) { return !node.pixels.empty(); }));
}

}  // namespace

TEST_CASE("A wide bar is one chain along its middle, without ways to its corners") {
  for (const int half : {0, 1, 2, 3, 5}) {
    const Skeleton found = skeleton([&](int x, int y) { return std::abs(y - 30) <= half && x >= 10 && x < 50; });
    CHECK(nodes(found) == 0);
    REQUIRE(found.chains.size() == 1);
    CHECK_FALSE(found.chains[0].closed);
    CHECK(found.chains[0].from == kFreeEnd);
    CHECK(found.chains[0].to == kFreeEnd);
    CHECK(found.chains[0].pixels.size() + 3 * std::size_t(half) >= 36);
    const auto n = found.chains[0].pixels.size();
    for (std::size_t k = n / 4; k < n * 3 / 4; ++k) CHECK(std::abs(found.chains[0].pixels[k] / 60 - 30) <= 1);
  }
}

TEST_CASE("A bump on a wide line is no branch, but a line that leaves it is one") {
  const auto with_bump = [](int high) {
    return skeleton([high](int x, int y) {
      const bool bump = std::abs(x - 30) <= 1 && y <= 26 && y > 26 - high;
      return bump || (std::abs(y - 30) <= 3 && x >= 5 && x < 55);
    });
  };
  for (const int high : {1, 2, 3}) {
    CHECK(with_bump(high).chains.size() == 1);
    CHECK(nodes(with_bump(high)) == 0);
  }
  CHECK(with_bump(15).chains.size() == 3);
  CHECK(nodes(with_bump(15)) == 1);
}

TEST_CASE("A bar of two pixels does not vanish, whichever way it runs") {
  for (const bool upright : {false, true}) {
    const Skeleton found = skeleton([&](int x, int y) {
      if (upright) std::swap(x, y);
      return (y == 30 || y == 31) && x >= 10 && x < 50;
    });
    REQUIRE(found.chains.size() == 1);
    CHECK(found.chains[0].pixels.size() >= 37);
  }
  const Skeleton slanted = skeleton([](int x, int y) { return (x == y || x == y + 1) && x >= 10 && x < 50; });
  REQUIRE(slanted.chains.size() == 1);
  CHECK(slanted.chains[0].pixels.size() >= 36);
}

TEST_CASE("Lines that cross meet in one node, even at a slant") {
  const Skeleton upright = skeleton([](int x, int y) { return std::abs(x - 30) <= 1 || std::abs(y - 25) <= 1; });
  CHECK(nodes(upright) == 1);
  CHECK(upright.chains.size() == 4);
  const Skeleton slanted =
      skeleton([](int x, int y) { return std::abs(y - 30) <= 2 || std::fabs((y - 30) * 0.8 - (x - 30) * 0.6) <= 2; });
  CHECK(nodes(slanted) == 1);
  CHECK(slanted.chains.size() == 4);
}

TEST_CASE("A ring is closed, a dot is a chain of its own, and two shapes are two chains") {
  const Skeleton found = skeleton([](int x, int y) {
    const double r = std::hypot(x - 25, y - 25);
    return (r > 14 && r < 18) || std::hypot(x - 52, y - 52) < 3;
  });
  CHECK(nodes(found) == 0);
  REQUIRE(found.chains.size() == 2);
  CHECK(std::count_if(found.chains.begin(), found.chains.end(), [](const Chain& c) { return c.closed; }) == 1);
  CHECK(std::min(found.chains[0].pixels.size(), found.chains[1].pixels.size()) <= 2);
}

TEST_CASE("Nothing gives nothing, and all ink one chain at most") {
  CHECK(skeleton([](int, int) { return false; }).chains.empty());
  CHECK(skeleton([](int, int) { return true; }).chains.size() <= 1);
}
