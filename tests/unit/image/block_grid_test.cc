// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "image/block_grid.h"

#include <catch2/catch.hpp>
#include <cstdint>
#include <functional>
#include <utility>

#include "image/image.h"

namespace imgmill {
namespace {

using image::block_side;
using image::Rgba;

struct Drawn {
  int width, height;
  std::function<Rgba(int, int)> at;
  Rgba operator()(int x, int y) const { return at(x, y); }
};

Rgba hash_color(int x, int y) {
  const auto mixed = static_cast<std::uint32_t>(x * 7 + y * 13 + x * y * 5);
  return {static_cast<std::uint8_t>(mixed % 4 * 80), static_cast<std::uint8_t>(mixed % 3 * 100), 40, 255};
}

Drawn blocks(int side, int width, int height) {
  return {width, height, [side](int x, int y) { return hash_color(x / side, y / side); }};
}

TEST_CASE("block_side: of blocks from the corner on, the last of which may be cut off") {
  for (const int side : {1, 2, 5, 16, 64}) {
    CHECK(block_side(blocks(side, 12 * side, 9 * side)) == side);
    CHECK(block_side(blocks(side, 12 * side + side / 2, 9 * side + side / 3)) == side);
  }
  CHECK(block_side(blocks(96, 960, 480)) == 48);  // the largest divisor that is 64 px or less
  CHECK(block_side(blocks(67, 670, 670)) == 0);   // a prime
}

TEST_CASE("block_side: stripes either way, nothing, and one odd pixel") {
  CHECK(block_side(Drawn{90, 40, [](int x, int) { return hash_color(x / 6, 0); }}) == 6);
  CHECK(block_side(Drawn{40, 90, [](int, int y) { return hash_color(0, y / 6); }}) == 6);
  CHECK(block_side(Drawn{30, 30, [](int, int) { return Rgba{1, 2, 3, 255}; }}) == 0);
  CHECK(block_side(Drawn{1, 1, hash_color}) == 0);
  const auto odd = [](int x, int y) { return x == 37 && y == 50 ? Rgba{9, 9, 9, 255} : hash_color(x / 8, y / 8); };
  CHECK(block_side(Drawn{96, 96, odd}) == 1);
}

TEST_CASE("block_side: neither gradients nor more than 256 colours") {
  const auto level = [](int v) { return Rgba{static_cast<std::uint8_t>(v), 0, 0, 255}; };
  CHECK(block_side(Drawn{400, 20, [&](int x, int) { return level(x / 2); }}) == 0);
  const auto many = [](int x, int y) {
    return Rgba{static_cast<std::uint8_t>(x / 4 * 12), static_cast<std::uint8_t>(y / 4 * 12), 0, 255};
  };
  CHECK(block_side(Drawn{64, 64, many}) == 4);  // 256 of them
  CHECK(block_side(Drawn{68, 64, many}) == 0);
}

}  // namespace
}  // namespace imgmill
