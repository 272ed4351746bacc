// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Line art as a pen draws it: each line by its middle and its width, instead of by its two edges. Middle and width are
// measured from how much ink lies across the line, so they are finer than the pixels.
#pragma once

#include <cstddef>
#include <vector>

#include "base/stop.h"
#include "trace/fit.h"
#include "trace/ink.h"
#include "vector/document.h"

namespace imgmill::trace {

// The lines of the plane's ink, all of one width in one shape, `ink` the colour; the widest first. What has fewer than
// `speckle` px is none.
std::vector<vector::Shape> strokes_of(const Plane& plane, image::Rgba ink, std::size_t speckle, const FitOptions& fit,
                                      const base::Stop& stop);

}  // namespace imgmill::trace
