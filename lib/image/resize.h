// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Scaling down and cutting out. Lanczos-3 whose support grows with the reduction, alpha premultiplied meanwhile, all
// in whole numbers: every machine gives the same bytes, whatever instructions it has.
#pragma once

#include <cstdint>

#include "base/stop.h"
#include "image/image.h"

namespace imgmill::image {

struct Size {
  int width = 0, height = 0;
  friend bool operator==(const Size&, const Size&) = default;
};

// The largest size with the picture's proportion that is inside the box and no larger than the picture itself, rounded
// to the nearest pixel, sides ≥ 1. All sides given must be ≥ 1.
Size fitted(Size picture, Size box);

// The smallest size with the picture's proportion that covers the box in both directions, the picture's own where it
// can't without being enlarged.
Size covering(Size picture, Size box);

// What is averaged: the sRGB values, as browsers and most tools do, or the light that they stand for.
enum class Light : std::uint8_t { srgb, linear };

// Linear only where an average of sRGB values would visibly change how bright the picture is when it is reduced to
// `to`: fine patterns of dark and bright, such as line art, checks or stars. Looks at a fixed sample of the pixels.
Light light_that_pays(const Image& image, Size to);

// width ≤ image.width(), height ≤ image.height(), both ≥ 1, else Error{internal}. The picture itself where the size is
// its own.
Image resize(const Image& image, int width, int height, Light light, const base::Stop& stop = {});

// The rectangle must lie inside of the picture and not be empty, else Error{internal}.
Image crop(const Image& image, int left, int top, int width, int height);

}  // namespace imgmill::image
