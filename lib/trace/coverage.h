// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// How much of each pixel a drawn outline covers, exactly, and how that changes as the outline moves: the rasteriser
// that a drawing is corrected with. Curves count as chains of lines that leave them by less than kFlatness px. That is
// what renderers do: shapes of curves drawn by resvg and by cairo are .022 px smaller all around than they should be,
// and one corrected with finer chains ends up that much inside the drawing that its picture came from.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "vector/document.h"

namespace imgmill::trace {

inline constexpr double kFlatness = 0.04;  // px

// A stretch of one row: `count` pixels that are covered alike. Where an outline runs through it, count is 1.
struct Span {
  std::int32_t x, y, count;
  float cover;  // 0…1
};

// What one segment does to one pixel: the coverage added per px that each of its points moves, to the right and down.
// Point 0 is where the segment starts, then its handles and its end, or its end alone; of an arc its rise stands for a
// point, with 0 beside it. The implied line back to the start is one more segment.
struct Pull {
  std::int32_t x, y;
  std::int32_t contour, segment;
  std::array<float, 8> by;  // x and y of point 0, then of the next
};

struct Coverage {
  std::vector<Span> spans;  // by row, then from the left; what is not covered at all is left out
  std::vector<Pull> pulls;  // in the order of the outlines
};

// The non-zero rule, as long as outlines don't cross themselves within a pixel. What lies outside width × height is cut
// off. `pulls_at`: per pixel, not 0 where pulls are asked for; empty for none at all.
Coverage cover(const std::vector<vector::Contour>& contours, int width, int height,
               std::span<const std::uint8_t> pulls_at);

}  // namespace imgmill::trace
