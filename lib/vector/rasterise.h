// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Draws an SVG file as its users will see it, with librsvg, in a module that is loaded on first need.
#pragma once

#include "base/bytes.h"
#include "image/image.h"

namespace imgmill::vector {

// The SVG scaled to width × height pixels, RGBA. Thread-safe. Throws Error{input} for what librsvg refuses and
// Error{internal} when the module can't be loaded.
image::Image rasterise(base::ByteView svg, int width, int height);

}  // namespace imgmill::vector
