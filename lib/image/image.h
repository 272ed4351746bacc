// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A picture in memory: 8-bit sRGB samples, interleaved, straight (not premultiplied) alpha, rows without padding.
// Immutable and shared, so a copy costs a reference count and may cross threads.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "base/stop.h"

namespace imgmill::image {

class Image {
 public:
  Image() = default;
  // `samples` holds height × width × channels values; channels is 1 (grey), 3 (RGB) or 4 (RGBA).
  // Throws Error{internal} when the sizes don't agree.
  Image(int width, int height, int channels, std::vector<std::uint8_t> samples);

  int width() const { return width_; }
  int height() const { return height_; }
  int channels() const { return channels_; }
  bool has_alpha() const { return channels_ == 4; }
  bool empty() const { return width_ == 0; }
  std::int64_t pixels() const { return std::int64_t{width_} * height_; }
  const std::uint8_t* data() const { return samples_ ? samples_->data() : nullptr; }
  const std::uint8_t* row(int y) const { return data() + std::int64_t{y} * width_ * channels_; }
  std::span<const std::uint8_t> samples() const {
    return samples_ ? std::span<const std::uint8_t>(*samples_) : std::span<const std::uint8_t>();
  }

 private:
  int width_ = 0, height_ = 0, channels_ = 0;
  std::shared_ptr<const std::vector<std::uint8_t>> samples_;
};

struct Rgba {
  std::uint8_t r = 0, g = 0, b = 0, a = 255;
  friend bool operator==(const Rgba&, const Rgba&) = default;
};

// The picture on an opaque background of that colour, as RGB (in sRGB values, as browsers blend). RGB passes through.
Image flatten(const Image& image, Rgba background);

// Turns RGBA samples into RGB ones where every pixel is opaque; whether that was so.
bool drop_opaque_alpha(std::vector<std::uint8_t>& rgba);

// Orientation 1…8 as EXIF tag 0x0112 numbers them; other values leave the picture as it is.
Image apply_orientation(const Image& image, int exif_orientation);

// Scaled down (never up) so that the longest side is at most `longest_side`: Lanczos-3 with the filter widened for
// the reduction, alpha premultiplied meanwhile.
Image fit_within(const Image& image, int longest_side, const base::Stop& stop = {});

}  // namespace imgmill::image
