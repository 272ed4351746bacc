// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// One damped step of Gauss–Newton for a drawing's points: the rows of the Jacobian say how pixels follow the points of
// one segment; the normal equations are solved by conjugate gradients.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "base/stop.h"
#include "trace/regions.h"

namespace imgmill::trace {

// How the colour of a pixel follows the coordinates of four points in a row (of two for a line, the rest is zero).
struct Row {
  std::int32_t pixel = 0;        // into the residuals
  std::int32_t first = 0;        // into the coordinates: x and y of the first point, then of the next
  Paint color;                   // by coverage
  std::array<float, 8> cover{};  // by px
};

// Coordinates, and which of them are one: the variable of each, −1 where it may not move.
struct Coordinates {
  std::vector<std::int32_t> variable;
  std::int32_t variables = 0;
};

// What each coordinate should move by, px, so that the residuals (picture less drawing, as `rows` weigh them) come
// nearest to zero.
std::vector<float> gauss_newton_step(const std::vector<Row>& rows, const Coordinates& coordinates,
                                     const std::vector<Paint>& residuals, const base::Stop& stop);

}  // namespace imgmill::trace
