// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "image/resize.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/error.h"
#include "image/lanczos.h"

namespace imgmill::image {

namespace {

// round(side × numerator / denominator)
int scaled(std::int64_t side, std::int64_t numerator, std::int64_t denominator) {
  return static_cast<int>(std::max<std::int64_t>(1, (side * numerator * 2 + denominator) / (2 * denominator)));
}

}  // namespace

Size fitted(Size picture, Size box) {
  const std::int64_t w = picture.width, h = picture.height;
  if (w <= box.width && h <= box.height) return picture;
  if (w * box.height >= h * box.width) return {box.width, std::min(box.height, scaled(h, box.width, w))};
  return {std::min(box.width, scaled(w, box.height, h)), box.height};
}

Size covering(Size picture, Size box) {
  const std::int64_t w = picture.width, h = picture.height;
  if (w <= box.width || h <= box.height) return picture;
  if (w * box.height >= h * box.width) return {std::max(box.width, scaled(w, box.height, h)), box.height};
  return {box.width, std::max(box.height, scaled(h, box.width, w))};
}

Image resize(const Image& image, int width, int height, Light light, const base::Stop& stop) {
  if (width < 1 || height < 1 || width > image.width() || height > image.height()) {
    throw base::Error(base::ErrorKind::internal, "a picture can't be enlarged here");
  }
  if (width == image.width() && height == image.height()) return image;
  return lanczos(image, width, height, light, Isa::best, stop);
}

Image crop(const Image& image, int left, int top, int width, int height) {
  const bool inside = left >= 0 && top >= 0 && width >= 1 && height >= 1 && left <= image.width() - width &&
                      top <= image.height() - height;
  if (!inside) throw base::Error(base::ErrorKind::internal, "a picture has nothing outside of it to cut out");
  if (width == image.width() && height == image.height()) return image;
  const std::size_t row = static_cast<std::size_t>(width) * static_cast<std::size_t>(image.channels());
  std::vector<std::uint8_t> samples(row * static_cast<std::size_t>(height));
  for (int y = 0; y < height; ++y) {
    const std::uint8_t* from = image.row(top + y) + std::ptrdiff_t{left} * image.channels();
    std::copy(from, from + row, samples.begin() + static_cast<std::ptrdiff_t>(row) * y);
  }
  return Image(width, height, image.channels(), std::move(samples));
}

Image fit_within(const Image& image, int longest_side, const base::Stop& stop) {
  if (image.empty() || longest_side < 1) return image;
  const Size to = fitted({image.width(), image.height()}, {longest_side, longest_side});
  return resize(image, to.width, to.height, Light::srgb, stop);
}

}  // namespace imgmill::image
