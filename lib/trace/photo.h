// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Divides a photograph into patches of one colour each: regions grow over the pixel pairs in the order of their
// difference, as long as the squared error stays small (after Felzenszwalb & Huttenlocher 2004 and Nock & Nielsen's
// statistical region merging, 2004), and merge down to a budget. And tells photographs from drawings.
#pragma once

#include "base/stop.h"
#include "trace/params.h"
#include "trace/regions.h"

namespace imgmill::trace {

struct PhotoOptions {
  int region_budget = 3000;  // at most this many regions
  // Regions merge below the budget too where a step between them costs less than this, squared levels per root
  // of its length: what keeps a smooth sky from using up the budget.
  float lambda = 0;
  int min_area = 0;  // px: what is smaller goes to the neighbour where it costs least
};

// What the parameters stand for on a picture of this size: more regions for a higher color_precision and a smaller
// layer_difference, fewer per pixel for a larger picture.
PhotoOptions photo_options(const TraceParams& params, int width, int height);

// Every pixel in a connected region, labels in the order of their first pixels, each with the mean of its pixels.
Regions segment_photo(const Raster& raster, const PhotoOptions& options, const base::Stop& stop);

// Whether a picture is noisy or textured all over, as photographs are, rather than drawn: flat, with smooth gradients,
// antialiased, or lightly JPEG-compressed. Looks at a sample of the rows.
bool looks_like_photo(const Raster& raster);

}  // namespace imgmill::trace
