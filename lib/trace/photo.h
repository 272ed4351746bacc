// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Divides a photograph into patches of one colour each: blocks that hold one colour join while the squared
// error that this adds is small by what their border costs to be drawn. Tile by tile, then across the tiles' borders.
// So the number of regions follows what there is to see. And tells photographs from drawings.
#pragma once

#include "trace/execution.h"
#include "trace/params.h"
#include "trace/regions.h"

namespace imgmill::trace {

struct PhotoOptions {
  // Regions join where a step between them costs less than this: see RegionGraph::join().
  float lambda = 0;
  int min_area = 0;  // px: what is smaller goes to the neighbour where it costs least
};

// What the parameters stand for on a picture of this size: more regions for a higher color_precision and a smaller
// layer_difference, fewer per pixel for a larger picture.
PhotoOptions photo_options(const TraceParams& params, int width, int height);

// Every pixel in a 4-connected region, each with the mean of its pixels.
Regions segment_photo(const Raster& raster, const PhotoOptions& options, const Execution& execution);

// Whether a picture is noisy or textured all over, as photographs are, rather than drawn: flat, with smooth gradients,
// antialiased, or lightly JPEG-compressed. Looks at a sample of the rows.
bool looks_like_photo(const Raster& raster);

}  // namespace imgmill::trace
