// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Where the eye goes in a picture, as libvips's smartcrop judges it (edges, skin and saturated colours). Its module is
// loaded only when such a crop is asked for.
#pragma once

#include <utility>

#include "image/image.h"
#include "image/resize.h"

namespace imgmill::compress {

// The left and top of the part of that size, which must fit into the picture. Throws Error{internal}.
std::pair<int, int> attention(const image::Image& picture, image::Size part);

}  // namespace imgmill::compress
