// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The box that a shape fills as it is written, with its points rounded to a grid: what a viewer takes for the units of
// a gradient that is given by shares of its shape. Curves count by their own extremes, but some viewers take all
// handles in.
#pragma once

#include "vector/document.h"

namespace imgmill::vector {

struct Box {
  Point low, high;  // units of the grid; low is above high where nothing is drawn

  Point size() const { return high - low; }
};

struct Bounds {
  Box drawn, handles;
};

// `step`: px of a unit of the grid.
Bounds bounds(const Shape& shape, double step);

}  // namespace imgmill::vector
