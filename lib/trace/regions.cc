// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/regions.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace imgmill::trace {
namespace {

std::uint8_t rounded(float value) { return static_cast<std::uint8_t>(std::clamp(std::lround(value), 0L, 255L)); }

std::uint8_t scaled(std::uint8_t value, std::uint8_t alpha) {
  return static_cast<std::uint8_t>((value * alpha + 127) / 255);
}

}  // namespace

image::Rgba to_rgba(Paint p) {
  if (p.a < 0.5f) return {0, 0, 0, 0};
  const float k = 255.0f / p.a;
  return {rounded(p.r * k), rounded(p.g * k), rounded(p.b * k), rounded(p.a)};
}

Paint to_paint(image::Rgba c) {
  const float k = c.a / 255.0f;
  return {c.r * k, c.g * k, c.b * k, float(c.a)};
}

Sample to_sample(Paint p) { return {rounded(p.r), rounded(p.g), rounded(p.b), rounded(p.a)}; }

Raster to_raster(const image::Image& image) {
  Raster raster{image.width(), image.height(), {}};
  const std::size_t count = static_cast<std::size_t>(image.pixels());
  raster.at.resize(count);
  const std::uint8_t* in = image.data();
  Sample* out = raster.at.data();
  switch (image.channels()) {
    case 1:
      for (std::size_t i = 0; i < count; ++i) out[i] = {in[i], in[i], in[i], 255};
      break;
    case 3:
      // Four bytes at a time are as quick as one, but for the last pixel, behind which there is none.
      for (std::size_t i = 0; i + 1 < count; ++i) {
        Sample sample;
        std::memcpy(&sample, in + 3 * i, sizeof(sample));
        sample.a = 255;
        out[i] = sample;
      }
      if (count > 0) out[count - 1] = {in[3 * count - 3], in[3 * count - 2], in[3 * count - 1], 255};
      break;
    default:
      for (std::size_t i = 0; i < count; ++i, in += 4) {
        if (in[3] == 255) {
          std::memcpy(out + i, in, 4);
        } else if (in[3] == 0) {
          out[i] = {0, 0, 0, 0};
        } else {
          out[i] = {scaled(in[0], in[3]), scaled(in[1], in[3]), scaled(in[2], in[3]), in[3]};
        }
      }
  }
  return raster;
}

}  // namespace imgmill::trace
