// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "image/image.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <string>

#include "base/error.h"

namespace imgmill::image {

namespace {

// One channel over the background's: rounded once, so that equal colours stay equal.
constexpr std::uint8_t blend(unsigned value, unsigned background, unsigned alpha) {
  const unsigned t = value * alpha + background * (255 - alpha) + 128;
  return static_cast<std::uint8_t>((t + (t >> 8)) >> 8);
}

static_assert(blend(7, 7, 100) == 7 && blend(200, 0, 255) == 200);

// Without an early exit inside a block the loop vectorises; a block is small enough to leave soon.
bool is_opaque(const std::vector<std::uint8_t>& rgba) {
  constexpr std::size_t kBlock = 4096, kAlpha = 3;
  const std::size_t pixels = rgba.size() / 4;
  for (std::size_t start = 0; start < pixels; start += kBlock) {
    const std::size_t end = std::min(start + kBlock, pixels);
    std::uint32_t all = ~0u;
    for (std::size_t i = start; i < end; ++i) {
      std::uint32_t pixel;
      std::memcpy(&pixel, rgba.data() + i * 4, sizeof(pixel));
      all &= pixel;
    }
    std::uint8_t bytes[4];
    std::memcpy(bytes, &all, sizeof(all));
    if (bytes[kAlpha] != 255) return false;
  }
  return true;
}

// How an orientation maps the picture as displayed back to the picture as stored: displayed (x, y) is stored
// origin + x × step_x + y × step_y, all in pixels.
struct Walk {
  bool swapped;  // width and height change places
  std::ptrdiff_t origin, step_x, step_y;
};

Walk walk(int width, int height, int orientation) {
  const std::ptrdiff_t w = width, h = height;
  const std::ptrdiff_t last_column = w - 1, last_row = (h - 1) * w;
  switch (orientation) {
    case 2:
      return {false, last_column, -1, w};
    case 3:
      return {false, last_row + last_column, -1, -w};
    case 4:
      return {false, last_row, 1, -w};
    case 5:
      return {true, 0, w, 1};
    case 6:
      return {true, last_row, -w, 1};
    case 7:
      return {true, last_row + last_column, -w, -1};
    case 8:
      return {true, last_column, w, -1};
    default:
      return {false, 0, 1, w};
  }
}

template <int kChannels>
void copy_walk(const std::uint8_t* from, const Walk& walk, int width, int height, std::uint8_t* to) {
  // In tiles, so that a transposed read does not miss the cache at every pixel.
  constexpr int kTile = 32;
  for (int tile_y = 0; tile_y < height; tile_y += kTile) {
    for (int tile_x = 0; tile_x < width; tile_x += kTile) {
      const int end_y = std::min(tile_y + kTile, height), end_x = std::min(tile_x + kTile, width);
      for (int y = tile_y; y < end_y; ++y) {
        std::uint8_t* out = to + (std::ptrdiff_t{y} * width + tile_x) * kChannels;
        for (int x = tile_x; x < end_x; ++x) {
          const std::uint8_t* in = from + (walk.origin + x * walk.step_x + y * walk.step_y) * kChannels;
          for (int c = 0; c < kChannels; ++c) *out++ = in[c];
        }
      }
    }
  }
}

}  // namespace

Image::Image(int width, int height, int channels, std::vector<std::uint8_t> samples)
    : width_(width), height_(height), channels_(channels) {
  const bool sizes_agree =
      width > 0 && height > 0 && (channels == 1 || channels == 3 || channels == 4) &&
      samples.size() == static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * channels;
  if (!sizes_agree) {
    throw base::Error(base::ErrorKind::internal, "a picture of " + std::to_string(width) + "x" +
                                                     std::to_string(height) + "x" + std::to_string(channels) +
                                                     " can't have " + std::to_string(samples.size()) + " samples");
  }
  samples_ = std::make_shared<const std::vector<std::uint8_t>>(std::move(samples));
}

Image flatten(const Image& image, Rgba background) {
  if (image.channels() == 3 || image.empty()) return image;
  std::vector<std::uint8_t> samples(static_cast<std::size_t>(image.pixels()) * 3);
  const std::uint8_t* in = image.data();
  std::uint8_t* out = samples.data();
  if (image.channels() == 1) {
    for (std::int64_t i = 0; i < image.pixels(); ++i, out += 3) out[0] = out[1] = out[2] = in[i];
  } else {
    for (std::int64_t i = 0; i < image.pixels(); ++i, in += 4, out += 3) {
      out[0] = blend(in[0], background.r, in[3]);
      out[1] = blend(in[1], background.g, in[3]);
      out[2] = blend(in[2], background.b, in[3]);
    }
  }
  return Image(image.width(), image.height(), 3, std::move(samples));
}

bool drop_opaque_alpha(std::vector<std::uint8_t>& rgba) {
  if (!is_opaque(rgba)) return false;
  const std::size_t pixels = rgba.size() / 4;
  const std::uint8_t* in = rgba.data();
  std::uint8_t* out = rgba.data();
  // Four bytes at a time are as quick as one; the fourth is overwritten by the next pixel.
  for (std::size_t i = 0; i < pixels; ++i, in += 4, out += 3) {
    std::uint32_t pixel;
    std::memcpy(&pixel, in, sizeof(pixel));
    std::memcpy(out, &pixel, sizeof(pixel));
  }
  rgba.resize(pixels * 3);
  return true;
}

Image apply_orientation(const Image& image, int exif_orientation) {
  if (exif_orientation < 2 || exif_orientation > 8 || image.empty()) return image;
  const Walk from = walk(image.width(), image.height(), exif_orientation);
  const int width = from.swapped ? image.height() : image.width();
  const int height = from.swapped ? image.width() : image.height();
  std::vector<std::uint8_t> samples(image.samples().size());
  switch (image.channels()) {
    case 1:
      copy_walk<1>(image.data(), from, width, height, samples.data());
      break;
    case 3:
      copy_walk<3>(image.data(), from, width, height, samples.data());
      break;
    default:
      copy_walk<4>(image.data(), from, width, height, samples.data());
  }
  return Image(width, height, image.channels(), std::move(samples));
}

}  // namespace imgmill::image
