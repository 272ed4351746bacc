// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Parts ink from paper: the grey plane of a picture, and the level below which a pixel is ink.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace imgmill::trace {

// One byte a pixel, ink darker than `level`.
struct Plane {
  int width = 0, height = 0;
  std::vector<std::uint8_t> at;
  double level = 127.5;
  bool exact = false;  // two values only: nothing between them tells where the edge runs

  Plane(int w, int h) : width(w), height(h), at(static_cast<std::size_t>(w) * h) {}
  bool ink(std::size_t i) const { return at[i] < level; }
};

using Histogram = std::array<std::int64_t, 256>;

struct Split {
  int below = 128;             // ink is darker than this
  double dark = 0, light = 0;  // the means of the two classes; equal where there is one class only
};

Split otsu(const Histogram& histogram);

// The value that half of the entries don't exceed.
int median(const Histogram& histogram);

// Whether most of the rim is ink; where it is even, most of the picture.
bool ink_holds_the_rim(const Plane& plane);
void invert(Plane& plane);

// 1 where a pixel and its four neighbours are on the same side, so that its colour is that side's own.
std::vector<std::uint8_t> cores_of(const Plane& plane);

// The threshold goes midway between the levels of solid ink and bare paper: there a pixel is covered by half.
void set_level(Plane& plane);

// Makes the ink dark and sets the level, by one threshold or, under uneven light, by one that follows the paper.
// False where there is nothing but paper.
bool separate(Plane& plane);

}  // namespace imgmill::trace
