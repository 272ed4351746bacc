// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The grid of equal blocks that enlarged pixel art is made of. For any raster: what has `width`, `height` (≥ 1) and
// raster(x, y), a pixel with the members r, g, b, a (bytes) that can be compared.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <numeric>
#include <type_traits>
#include <vector>

namespace imgmill::image {

inline constexpr int kLargestBlock = 64;  // px

// The greatest number that divides every place where a row or a column changes colour; 0 where nothing changes. What
// has 1 px details is left in the first row that shows them.
template <class Raster>
int side_of_changes(const Raster& raster) {
  int side = 0;
  for (int y = 0; y < raster.height; ++y) {
    for (int x = 1; x < raster.width; ++x) {
      if (!(raster(x, y) == raster(x - 1, y))) side = std::gcd(side, x);
    }
    if (y > 0 && (side == 0 || y % side != 0)) {
      for (int x = 0; x < raster.width; ++x) {
        if (raster(x, y) == raster(x, y - 1)) continue;
        side = std::gcd(side, y);
        break;
      }
    }
    if (side == 1) break;
  }
  return side;
}

// The colours of every step-th pixel of every step-th row, in the order they are met; empty when there are more than
// `limit`.
template <class Raster>
auto colors_of(const Raster& raster, int step, std::size_t limit) {
  using Color = std::decay_t<decltype(raster(0, 0))>;
  std::vector<Color> colors;
  for (int y = 0; y < raster.height; y += step) {
    for (int x = 0; x < raster.width; x += step) {
      const Color color = raster(x, y);
      if (x > 0 && color == raster(x - step, y)) continue;
      if (std::find(colors.begin(), colors.end(), color) != colors.end()) continue;
      if (colors.size() == limit) return std::vector<Color>();
      colors.push_back(color);
    }
  }
  return colors;
}

// Whether most steps between neighbouring blocks can hardly be seen: a smooth gradient, whose levels happen to be
// equally wide.
template <class Raster>
bool is_gradient_of_blocks(const Raster& raster, int side) {
  constexpr int kFaint = 4;  // levels
  int steps = 0, faint = 0;
  const auto compare = [&](auto p, auto q) {
    if (p == q) return;
    ++steps;
    faint += std::max({std::abs(p.r - q.r), std::abs(p.g - q.g), std::abs(p.b - q.b), std::abs(p.a - q.a)}) <= kFaint;
  };
  for (int y = 0; y < raster.height; y += side) {
    for (int x = 0; x < raster.width; x += side) {
      if (x > 0) compare(raster(x - side, y), raster(x, y));
      if (y > 0) compare(raster(x, y - side), raster(x, y));
    }
  }
  return 2 * faint > steps;
}

// The side of the blocks, 2…64 px, that the picture is made of: one colour each, from the upper left corner on, in at
// most 256 colours. 1 where the finest detail is a pixel, 0 where there is one colour alone or the blocks are those of
// something else: of a gradient, or of too many colours.
template <class Raster>
int block_side(const Raster& raster) {
  constexpr std::size_t kColors = 256;
  int side = side_of_changes(raster);
  if (side <= 1) return side;
  for (int divisor = kLargestBlock; side > kLargestBlock; --divisor) {
    if (side % divisor == 0) side = divisor;
  }
  if (side == 1 || colors_of(raster, side, kColors).empty() || is_gradient_of_blocks(raster, side)) return 0;
  return side;
}

}  // namespace imgmill::image
