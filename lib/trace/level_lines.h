// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Shapes finer than pixels: what a pixel's coverage leaves open, where in it the shape lies, its neighbours tell.
#pragma once

#include <vector>

#include "base/stop.h"
#include "trace/field.h"
#include "vector/document.h"

namespace imgmill::trace {

// A field of `factor` × `factor` cells for each pixel, smooth, whose part above a half covers of each pixel nearly what
// `cover` says, 0 … 1. By iterative back-projection (Irani & Peleg 1991) of a shape with soft edges.
Field finer_shape(const Field& cover, int factor, const base::Stop& stop);

// The closed lines along which a field is `level`, interpolated; what is more lies on their right. A cell's place is
// its middle: that of the first one is (0.5, 0.5). Beyond the sides there is 0, so `level` is 0 or more.
std::vector<std::vector<vector::Point>> level_lines(const Field& field, float level);

}  // namespace imgmill::trace
