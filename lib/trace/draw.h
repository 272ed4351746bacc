// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// From paints to shapes: parts, loops, layers and outlines, shared by every engine that divides a picture into paints.
#pragma once

#include <vector>

#include "trace/execution.h"
#include "trace/fit.h"
#include "trace/paints.h"
#include "trace/params.h"
#include "trace/parts.h"
#include "vector/document.h"

namespace imgmill::trace {

// What is drawn right above the part that shows at a pixel. Other parts of its paint, enclosed by what is above, are
// holes through which both are seen.
struct Overlay {
  std::vector<vector::Shape> shapes;
  Pixel on;
  std::vector<Pixel> holes;  // a pixel of each
};

// `map` has a paint for every pixel. Patches under `speckle` px are dropped.
vector::Document draw_paints(PaintMap& map, const Raster& raster, int speckle, const FitOptions& fit,
                             const std::vector<Overlay>& overlays, const Execution& execution);

// What the parameters ask of the curves.
FitOptions fit_options(const TraceParams& params);

}  // namespace imgmill::trace
