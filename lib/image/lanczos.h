// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The resampling behind resize(), with the instruction set to choose.
#pragma once

#include "image/resize.h"
#include "image/weigh.h"

namespace imgmill::image {

// 1 ≤ width ≤ image.width(), 1 ≤ height ≤ image.height(). Every Isa gives the same bytes.
Image lanczos(const Image& image, int width, int height, Light light, Isa isa = Isa::best, const base::Stop& stop = {});

}  // namespace imgmill::image
