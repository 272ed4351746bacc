// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// One number for each pixel of a picture, or of its coarser cells, and how such a picture is blurred.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace imgmill::trace {

struct Field {
  int width = 0, height = 0;
  std::vector<float> at;  // row by row

  Field() = default;
  Field(int w, int h) : width(w), height(h), at(static_cast<std::size_t>(w) * h) {}
  float& operator()(int x, int y) { return at[static_cast<std::size_t>(y) * width + x]; }
  float operator()(int x, int y) const { return at[static_cast<std::size_t>(y) * width + x]; }

  // Between the middles of cells, which are at whole numbers; 0 beyond the sides.
  float between(double x, double y) const;

  // There, and one cell to each side of there.
  struct Around {
    float here, left, right, above, below;
  };
  Around around(double x, double y) const;
};

// The means of cells of `factor` × `factor`; those at the right and at the bottom may have fewer.
Field shrunk(const Field& field, int factor);

// Such cells as pixels again, interpolated, moved `across` and `down` by so many px; 0 where there are none.
Field stretched(const Field& cells, int factor, int width, int height, double across = 0, double down = 0);

// With so many pixels of 0 more on each side.
Field padded(const Field& field, int by);

// For each row, 1 where it is wanted; empty: all are.
using Rows = std::vector<std::uint8_t>;

// Convolved with a Gaussian of `sigma` pixels, more than 0; 0 beyond the sides. Rows that aren't wanted may be left 0.
// The same on every machine.
Field blurred(const Field& field, double sigma, const Rows& rows = {});

}  // namespace imgmill::trace
