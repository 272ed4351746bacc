// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Which part lies above which, so that each edge is drawn once, by the upper part, and the lower one runs on beneath it
// without a seam.
#pragma once

#include <vector>

#include "trace/parts.h"

namespace imgmill::trace {

struct Layers {
  std::vector<std::int32_t> order;  // the parts to draw, bottom first
  std::vector<std::int32_t> rank;   // per part: its place from the bottom; −1 for what is transparent and not drawn

  std::vector<std::uint8_t> solid;  // per part: 1 where nothing shines through it

  // Whether the lower part may run on beneath the upper one unseen.
  bool hides(std::int32_t upper, std::int32_t lower) const { return solid[upper] && rank[upper] > rank[lower]; }
};

// What encloses more lies lower, so what is contained is above its container. Translucent parts lie at the bottom:
// nothing may run on beneath them.
// `unseen`: per part, 1 where it is not drawn either, because what lies beneath is to be seen there; or empty.
Layers find_layers(const Parts& parts, const std::vector<PaintEntry>& paints,
                   const std::vector<std::uint8_t>& unseen = {});

}  // namespace imgmill::trace
