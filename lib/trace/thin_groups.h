// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Ink that is hardly wider than pixels: words of small writing, hairlines, the strokes of small icons.
#pragma once

#include <cstdint>
#include <vector>

#include "base/stop.h"
#include "trace/layers.h"
#include "trace/paints.h"
#include "trace/parts.h"
#include "trace/window.h"

namespace imgmill::trace {

inline constexpr int kMixedWithin = 2;  // px of ink within which its ground may show some of it

// Thin parts on one ground, close together, each as deep in colour as one beside it, or nearly. Their paints are
// guesses, none of which may show anywhere pure: mixtures of one ink with the ground.
struct ThinGroup {
  std::vector<std::int32_t> ink, enclosed;  // parts: those, and the ground that shows in them alone
  std::int32_t ground = kNoPaint;
  Window window;          // of the ink
  std::int64_t area = 0;  // px of it
};

std::vector<ThinGroup> find_thin(const PaintMap& map, const Parts& parts, const std::vector<Loop>& loops,
                                 const Layers& layers, const Raster& raster, const base::Stop& stop);

}  // namespace imgmill::trace
