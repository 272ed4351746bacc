// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What an input may ask of us before a pixel of it is touched.
#pragma once

#include <cstdint>

namespace imgmill::image {

struct Limits {
  std::int64_t max_pixels = 268402689;  // 16383 × 16383, as sharp and libvips users know it; --max-pixels
};

// Throws Error{limit}, naming --max-pixels, when width × height is over the limit; Error{input} when a side is < 1.
void check(const Limits& limits, std::int64_t width, std::int64_t height);

}  // namespace imgmill::image
