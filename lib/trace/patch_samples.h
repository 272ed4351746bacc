// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Some pixels of each patch of a picture, evenly spread, for fitting gradients to.
#pragma once

#include <cstdint>
#include <vector>

#include "base/stop.h"
#include "trace/gradient_samples.h"
#include "trace/regions.h"

namespace imgmill::trace {

// By region; of those with a 0 in `wanted`, none. About `most` a region, and fewer where there are many. Their weights
// add up to the region's area and what it shows of itself in the mixtures beside it.
std::vector<GradientSamples> sample_patches(const Regions& patches, const Raster& raster,
                                            const std::vector<std::uint8_t>& wanted, int most, const base::Stop& stop);

}  // namespace imgmill::trace
