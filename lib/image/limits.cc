// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "image/limits.h"

#include <string>

#include "base/error.h"

namespace imgmill::image {

void check(const Limits& limits, std::int64_t width, std::int64_t height) {
  const std::string size = std::to_string(width) + "x" + std::to_string(height);
  if (width < 1 || height < 1) {
    throw base::Error(base::ErrorKind::input, "has no pixels (" + size + ")");
  }
  // Divided rather than multiplied: a header may claim sides whose product overflows. Sides beyond an int are beyond
  // what an Image can hold, whatever the limit says.
  constexpr std::int64_t kLongestSide = 0x7fffffff;
  if (width > kLongestSide || height > kLongestSide || width > limits.max_pixels / height) {
    throw base::Error(base::ErrorKind::limit, "is " + size + ", more than the " + std::to_string(limits.max_pixels) +
                                                  " pixels that --max-pixels allows");
  }
}

}  // namespace imgmill::image
