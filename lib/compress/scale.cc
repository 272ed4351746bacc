// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "compress/scale.h"

#include <algorithm>
#include <numeric>
#include <optional>
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

Image reduce(const Image& from, Size to, LightChoice choice, const base::Stop& stop) {
  if (size_of(from) == to) return from;
  const image::Light light = choice == LightChoice::automatic ? image::light_that_pays(from, to)
                             : choice == LightChoice::linear  ? image::Light::linear
                                                              : image::Light::srgb;
  return image::resize(from, to.width, to.height, light, stop);
}

Image cut(const Image& whole, Size part, Fit fit, const Attention& attention) {
  if (size_of(whole) == part) return whole;
  std::pair<int, int> corner{(whole.width() - part.width) / 2, (whole.height() - part.height) / 2};
  if (fit == Fit::attention) corner = attention(whole, part);
  return image::crop(whole, corner.first, corner.second, part.width, part.height);
}

bool twice_as_large(Size a, Size b) { return a.width >= 2 * b.width && a.height >= 2 * b.height; }

// The variants in the order in which they are made, and of which earlier one each is made (of the picture: none).
struct Order {
  std::vector<Size> sizes;  // before anything is cut off
  std::vector<std::size_t> variants;
  std::vector<std::optional<std::size_t>> from;
};

Order order_of(Size whole, const CompressParams& params) {
  const std::size_t count = params.variants.size();
  Order order{{}, std::vector<std::size_t>(count), std::vector<std::optional<std::size_t>>(count)};
  for (const Variant& variant : params.variants) order.sizes.push_back(reduced_size(whole, variant, params.fit));
  std::iota(order.variants.begin(), order.variants.end(), std::size_t{0});
  std::stable_sort(order.variants.begin(), order.variants.end(),
                   [&](std::size_t a, std::size_t b) { return order.sizes[a].width > order.sizes[b].width; });
  for (std::size_t k = 0; k < count; ++k) {
    const std::size_t i = order.variants[k];
    for (std::size_t larger = k; larger-- > 0;) {  // the smallest one that is large enough
      if (!twice_as_large(order.sizes[order.variants[larger]], order.sizes[i])) continue;
      order.from[i] = order.variants[larger];
      break;
    }
  }
  return order;
}

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

std::vector<Size> route_to(Size whole, const CompressParams& params, std::size_t index) {
  const Order order = order_of(whole, params);
  std::vector<Size> route;
  for (std::optional<std::size_t> i = index; i; i = order.from[*i]) route.insert(route.begin(), order.sizes[*i]);
  return route;
}

std::vector<Image> scale(const Image& picture, Size whole_size, const CompressParams& params,
                         const Attention& attention, const base::Stop& stop) {
  const Order order = order_of(whole_size, params);
  std::vector<Image> whole(params.variants.size()), made(params.variants.size());
  for (const std::size_t i : order.variants) {
    whole[i] = reduce(order.from[i] ? whole[*order.from[i]] : picture, order.sizes[i], params.light, stop);
    const Variant& variant = params.variants[i];
    const Size size = scaled_size(whole_size, variant, params.fit);
    made[i] = cut(whole[i], size, variant.fit.value_or(params.fit), attention);
  }
  return made;
}

}  // namespace imgmill::compress
