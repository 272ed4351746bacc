// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The middle of lines, one pixel wide, as chains of pixels between the places where lines end or meet.
#pragma once

#include <cstdint>
#include <vector>

#include "base/stop.h"

namespace imgmill::trace {

struct Bits {
  int width = 0, height = 0;
  std::vector<std::uint8_t> at;  // per pixel: 0 or 1

  bool operator()(int x, int y) const {
    return x >= 0 && y >= 0 && x < width && y < height && at[static_cast<std::size_t>(y) * width + x] != 0;
  }
};

inline constexpr std::int32_t kFreeEnd = -1;

// Pixels in order. A closed chain has no ends.
struct Chain {
  std::vector<std::int32_t> pixels;
  std::int32_t from = kFreeEnd, to = kFreeEnd;  // the nodes that it leads from and to
  bool closed = false;
};

struct Skeleton {
  struct Node {
    std::vector<std::int32_t> pixels;
  };
  std::vector<Node> nodes;  // where three chains or more meet; emptied ones are none any more
  std::vector<Chain> chains;
};

// Thinned by the first algorithm of Guo & Hall (1989). What branches off only because a line is wide (to its corners)
// is left out, and nodes that one line's width separates are one.
Skeleton skeleton_of(const Bits& bits, const base::Stop& stop);

}  // namespace imgmill::trace
