// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Pixel art is kept as it is: every patch of one colour becomes an outline along the pixels' edges.
#pragma once

#include <optional>

#include "base/stop.h"
#include "trace/regions.h"
#include "vector/document.h"

namespace imgmill::trace {

// The side of the blocks, 1…64 px, that a picture is made of when it is pixel art: a grid of blocks of one colour each
// from the upper left corner on, in at most 256 colours. Blocks of 1 px are believed of small sprites only, and only
// when hardly a pixel looks like an antialiased edge.
std::optional<int> pixel_art_scale(const Raster& raster);

// Drawn at its own size the document equals the picture, pixel for pixel; transparent pixels stay empty. `scale` is
// what pixel_art_scale found.
vector::Document trace_pixel_art(const Raster& raster, int scale, const base::Stop& stop);

}  // namespace imgmill::trace
