// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Cuts smooth gradients into bands of one colour each, whose borders are smooth themselves.
#pragma once

#include "base/stop.h"
#include "trace/regions.h"

namespace imgmill::trace {

struct BandOptions {
  float lambda = 64;  // bands merge while that costs less than this squared error per pixel of border
  int min_area = 0;   // px: smaller patches go to their best neighbour
};

// `patches` labels connected patches of nearly one colour; −1 is left alone. They are merged, and the borders between
// them moved to where the colour is halfway, against raggedness (iterated conditional modes, Besag 1986).
void merge_bands(Regions& patches, const Raster& raster, const BandOptions& options, const base::Stop& stop);

}  // namespace imgmill::trace
