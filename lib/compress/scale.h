// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// One picture in several sizes. Each is made from the picture itself or, where that is at least twice as large in
// both directions, from the next larger one: a Lanczos of a Lanczos loses nothing then that an eye or SSIM would find.
#pragma once

#include <functional>
#include <vector>

#include "compress/params.h"
#include "image/image.h"

namespace imgmill::compress {

// The size that `variant` gives a picture; never more than the picture's own.
image::Size scaled_size(image::Size picture, const Variant& variant, Fit general);

// What must be decoded of a picture so that every variant can be made well; 0 × 0 where that is all of it.
image::Size needed_size(image::Size picture, const CompressParams& params);

// The sizes that a picture of size `whole` is reduced to, one from the other, until it is that of variant `index`,
// before anything is cut off. With the same route, the other variants make no difference to this one.
std::vector<image::Size> route_to(image::Size whole, const CompressParams& params, std::size_t index);

// Where in a picture the eye goes: the left and top of a part of that size.
using Attention = std::function<std::pair<int, int>(const image::Image&, image::Size part)>;

// In the order of params.variants. `whole` is the size of the picture that `picture` is a reduction of, which the sizes
// follow from (its own where it is none).
std::vector<image::Image> scale(const image::Image& picture, image::Size whole, const CompressParams& params,
                                const Attention& attention, const base::Stop& stop = {});

}  // namespace imgmill::compress
