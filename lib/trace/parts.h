// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The connected parts of a picture: each a patch of one paint, with the loops that bound it on the pixel grid.
#pragma once

#include <cstdint>
#include <vector>

#include "base/stop.h"
#include "trace/paints.h"

namespace imgmill::trace {

inline constexpr std::int32_t kOutside = -1;

// A unit step along the pixel grid with the part on its right: 0 → +x, 1 → +y, 2 → −x, 3 → −y.
struct Crack {
  std::int32_t x, y;  // grid corner it starts from
  std::int32_t direction;
};
inline constexpr int kStepX[] = {1, 0, -1, 0};
inline constexpr int kStepY[] = {0, 1, 0, -1};

struct Pixel {
  int x, y;
};
// The pixels on both sides of a crack; the outer one may lie outside the picture.
inline Pixel inner_pixel(const Crack& c) {
  constexpr int kX[] = {0, -1, -1, 0}, kY[] = {0, 0, -1, -1};
  return {c.x + kX[c.direction], c.y + kY[c.direction]};
}
inline Pixel outer_pixel(const Crack& c) {
  constexpr int kX[] = {0, 0, -1, -1}, kY[] = {-1, 0, 0, -1};
  return {c.x + kX[c.direction], c.y + kY[c.direction]};
}

struct Loop {
  std::int32_t part = 0;
  bool hole = false;
  double area = 0;  // px enclosed, positive
  std::vector<Crack> cracks;
};

struct Part {
  std::int32_t paint = 0;
  std::int64_t area = 0;   // px
  double filled_area = 0;  // px, holes filled
};

struct Parts {
  int width = 0, height = 0;
  std::vector<std::int32_t> label;  // per pixel
  std::vector<Part> parts;
  std::int32_t at(int x, int y) const {
    return x < 0 || y < 0 || x >= width || y >= height ? kOutside : label[static_cast<std::size_t>(y) * width + x];
  }
};

// Connected patches of equal paint; pixels that only touch at a corner are connected where both are mixtures, as along
// a hairline. Patches smaller than `speckle` px go to the neighbour whose paint is closest;
// `map` follows.
Parts find_parts(PaintMap& map, int speckle, const base::Stop& stop);

// Every loop of every part; sets each part's filled area.
std::vector<Loop> trace_loops(Parts& parts, const PaintMap& map, const base::Stop& stop);

}  // namespace imgmill::trace
