// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Cuts what changes smoothly into patches, each of one colour or of one gradient, whose borders are smooth themselves.
#pragma once

#include "base/stop.h"
#include "trace/gradient.h"
#include "trace/regions.h"

namespace imgmill::trace {

// `patches` labels connected patches of nearly one colour; −1 is left alone. They are merged while that costs less than
// `lambda` (squared error per pixel of border).
void merge_bands(Regions& patches, const Raster& raster, float lambda, const base::Stop& stop);

// Moves the borders between patches to where the colour is halfway, against raggedness (iterated conditional modes,
// Besag 1986).
void smooth_borders(Regions& patches, const Raster& raster, const Shading& shading, const base::Stop& stop);

}  // namespace imgmill::trace
