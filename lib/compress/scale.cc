// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "compress/scale.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace imgmill::compress {
namespace {

using image::Image;
using image::Size;

bool is_original(const Variant& variant) { return variant.box.width == 0; }

Size size_of(const Image& image) { return {image.width(), image.height()}; }

// Of the whole picture before anything is cut off.
Size reduced_size(Size picture, const Variant& variant, Fit general) {
  if (is_original(variant)) return picture;
  const bool whole = variant.fit.value_or(general) == Fit::inside;
  return whole ? image::fitted(picture, variant.box) : image::covering(picture, variant.box);
}

Image reduce(const Image& from, Size to, LightChoice choice) {
  if (size_of(from) == to) return from;
  const image::Light light = choice == LightChoice::automatic ? image::light_that_pays(from, to)
                             : choice == LightChoice::linear  ? image::Light::linear
                                                              : image::Light::srgb;
  return image::resize(from, to.width, to.height, light);
}

Image cut(const Image& whole, Size part, Fit fit, const Attention& attention) {
  if (size_of(whole) == part) return whole;
  std::pair<int, int> corner{(whole.width() - part.width) / 2, (whole.height() - part.height) / 2};
  if (fit == Fit::attention) corner = attention(whole, part);
  return image::crop(whole, corner.first, corner.second, part.width, part.height);
}

bool twice_as_large(Size a, Size b) { return a.width >= 2 * b.width && a.height >= 2 * b.height; }

}  // namespace

Size scaled_size(Size picture, const Variant& variant, Fit general) {
  const Size reduced = reduced_size(picture, variant, general);
  if (is_original(variant)) return reduced;
  return {std::min(reduced.width, variant.box.width), std::min(reduced.height, variant.box.height)};
}

Size needed_size(Size picture, const CompressParams& params) {
  Size needed;
  for (const Variant& variant : params.variants) {
    const Size size = reduced_size(picture, variant, params.fit);
    if (size == picture) return {};
    needed = {std::max(needed.width, size.width), std::max(needed.height, size.height)};
  }
  return needed;
}

std::vector<Image> scale(const Image& picture, Size whole_size, const CompressParams& params,
                         const Attention& attention) {
  const std::size_t count = params.variants.size();
  std::vector<Size> sizes;
  for (const Variant& variant : params.variants) sizes.push_back(reduced_size(whole_size, variant, params.fit));
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return sizes[a].width > sizes[b].width; });

  std::vector<Image> whole(count), made(count);
  Image source = picture;
  for (std::size_t k = 0; k < count; ++k) {
    const std::size_t i = order[k];
    for (std::size_t larger = k; larger-- > 0;) {  // the smallest one that is large enough
      if (!twice_as_large(sizes[order[larger]], sizes[i])) continue;
      source = whole[order[larger]];
      break;
    }
    whole[i] = reduce(source, sizes[i], params.light);
    const Variant& variant = params.variants[i];
    const Size size = scaled_size(whole_size, variant, params.fit);
    made[i] = cut(whole[i], size, variant.fit.value_or(params.fit), attention);
  }
  return made;
}

}  // namespace imgmill::compress
