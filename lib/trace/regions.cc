// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/regions.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>

namespace imgmill::trace {
namespace {

std::uint8_t rounded(float value) { return static_cast<std::uint8_t>(std::clamp(std::lround(value), 0L, 255L)); }

std::uint8_t scaled(std::uint8_t value, std::uint8_t alpha) {
  return static_cast<std::uint8_t>((value * alpha + 127) / 255);
}

// Four pixels at a time, whose twelve bytes are three words.
void add_alpha(const std::uint8_t* rgb, std::size_t count, Sample* out) {
  const auto opaque = [](std::uint32_t bytes) { return bytes | 0xff000000U; };
  std::size_t i = 0;
  if constexpr (std::endian::native == std::endian::little) {
    for (; i + 4 <= count; i += 4) {
      std::array<std::uint32_t, 3> word;
      std::memcpy(word.data(), rgb + 3 * i, sizeof(word));
      const std::array<std::uint32_t, 4> four{opaque(word[0]), opaque(word[0] >> 24 | word[1] << 8),
                                              opaque(word[1] >> 16 | word[2] << 16), opaque(word[2] >> 8)};
      std::memcpy(out + i, four.data(), sizeof(four));
    }
  }
  for (; i < count; ++i) out[i] = {rgb[3 * i], rgb[3 * i + 1], rgb[3 * i + 2], 255};
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
  const std::uint8_t* in = image.data();
  const auto make_room = [&] { raster.at = std::vector<Sample>(count, Sample{0, 0, 0, 255}); };
  switch (image.channels()) {
    case 1:
      make_room();
      for (std::size_t i = 0; i < count; ++i) raster.at[i] = {in[i], in[i], in[i], 255};
      break;
    case 3:
      make_room();
      add_alpha(in, count, raster.at.data());
      break;
    default:
      raster.at.assign(reinterpret_cast<const Sample*>(in), reinterpret_cast<const Sample*>(in) + count);
      for (Sample& s : raster.at) {
        if (s.a != 255) s = {scaled(s.r, s.a), scaled(s.g, s.a), scaled(s.b, s.a), s.a};
      }
  }
  return raster;
}

}  // namespace imgmill::trace
