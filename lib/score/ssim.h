// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The SSIM loop itself, over raw interleaved samples. Every variant gives bit for bit the same numbers, so a search
// for a target takes the same decisions on every machine.
#pragma once

#include <cstdint>

#include "base/stop.h"

namespace imgmill::score {

struct Ssim {
  double mean = 0;
  double worst_block = 0;
};

// Instruction sets that the loop is compiled for; `best` is what this processor has.
enum class Isa { best, baseline, avx2 };
bool supported(Isa isa);

// Two pictures of width × height pixels with `channels` interleaved samples each, rows without padding. The map covers
// the pixels whose 11 × 11 window lies inside the picture and is cut into blocks of 32 × 32; what remains at the right
// and the bottom belongs to the last block. Where a side is under 11 px, one window with equal weights covers all.
Ssim ssim(const std::uint8_t* reference, const std::uint8_t* result, int width, int height, int channels,
          Isa isa = Isa::best, const base::Stop& stop = {});

}  // namespace imgmill::score
