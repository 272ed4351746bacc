// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Where an entrant does worst, for the eye: the original, the result and what is between them, small enough for a page.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "bench/measure.h"
#include "bench/results.h"
#include "image/limits.h"

namespace imgmill::bench {

struct Pictured {
  std::size_t entrant = 0, image = 0;
  std::string original, result, difference;  // data: URIs of WebP
};

// Of each entrant the `count` images with the least SSIM, the worst first, from the results that `plan` left at their
// paths; the largest output where there are several. What can't be read is left out.
std::vector<Pictured> worst_images(const Results& results, const Plan& plan, std::size_t count,
                                   const image::Limits& limits);

}  // namespace imgmill::bench
