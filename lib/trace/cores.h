// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Which pixels show one paint alone. An antialiased edge mixes two paints in a ribbon one to two pixels wide; what is
// flat, or changes evenly, around a pixel says that the pixel is no mixture.
#pragma once

#include <cstdint>
#include <vector>

#include "trace/regions.h"

namespace imgmill::trace {

struct Noise {
  // Largest difference of a channel within 3 × 3 pixels that still counts as flat: 3 for clean art, up to 24 in JPEG.
  int flat_range = 3;
  bool noisy() const { return flat_range > 3; }
};

struct Cores {
  Noise noise;
  std::vector<std::uint8_t> range;  // per pixel: the largest channel difference within 3 × 3
  std::vector<std::uint8_t> core;   // per pixel: 1 where it shows one paint alone
};

Cores find_cores(const Raster& raster, const base::Stop& stop);

// Of the cores those that are flat to `flat` levels, or change evenly, in the denoised picture too.
void narrow_cores(Cores& cores, const Raster& denoised, int flat, const base::Stop& stop);

}  // namespace imgmill::trace
