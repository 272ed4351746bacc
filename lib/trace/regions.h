// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What the tracing stages hand to each other: the picture as premultiplied samples, and its division into regions.
// Premultiplied, because mixing along an antialiased edge is linear there, and "transparent" is one more colour.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <vector>

#include "image/image.h"
#include "trace/four.h"

namespace imgmill::trace {

// Premultiplied colour, 0…255 each; transparent is all zero.
struct Paint {
  float r = 0, g = 0, b = 0, a = 255;

  friend Paint operator+(Paint x, Paint y) { return {x.r + y.r, x.g + y.g, x.b + y.b, x.a + y.a}; }
  friend Paint operator-(Paint x, Paint y) { return {x.r - y.r, x.g - y.g, x.b - y.b, x.a - y.a}; }
  friend Paint operator*(Paint x, float k) { return {x.r * k, x.g * k, x.b * k, x.a * k}; }
  friend bool operator==(const Paint&, const Paint&) = default;
};
inline constexpr float kSolid = 254;  // levels of alpha from which nothing shines through
inline Four four(Paint paint) { return std::bit_cast<Four>(paint); }
inline Paint to_paint(Four channels) { return std::bit_cast<Paint>(channels); }
inline float dot(Paint x, Paint y) { return sum(four(x) * four(y)); }
inline float distance2(Paint x, Paint y) { return dot(x - y, x - y); }
// The share of `first` in the mixture of two paints that comes nearest to `color`; or beyond either.
inline float unclamped_share(Paint color, Paint first, Paint second) {
  const Paint axis = first - second;
  return dot(color - second, axis) / std::max(dot(axis, axis), 1e-6f);
}
inline float share(Paint color, Paint first, Paint second) {
  return std::clamp(unclamped_share(color, first, second), 0.0f, 1.0f);
}
image::Rgba to_rgba(Paint paint);  // straight alpha, rounded
Paint to_paint(image::Rgba color);

// A pixel as premultiplied bytes.
struct Sample {
  std::uint8_t r, g, b, a;
  friend bool operator==(Sample x, Sample y) {
    return std::bit_cast<std::uint32_t>(x) == std::bit_cast<std::uint32_t>(y);
  }
};

// Its bytes, or their squares, as wider numbers; shorts and low_half where the low byte comes first.
using EightShort = std::uint16_t __attribute__((vector_size(16)));
inline EightShort shorts(Sample sample) {
  using Bytes = std::uint8_t __attribute__((vector_size(16)));
  const auto bytes = (Bytes)FourWhole{std::bit_cast<std::int32_t>(sample), 0, 0, 0};
  return (EightShort)__builtin_shufflevector(bytes, Bytes{}, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}
inline FourWhole low_half(EightShort v) {
  return (FourWhole)__builtin_shufflevector(v, EightShort{}, 0, 8, 1, 9, 2, 10, 3, 11);
}
inline FourWhole whole(Sample s) {
  if constexpr (std::endian::native != std::endian::little) return FourWhole{s.r, s.g, s.b, s.a};
  return low_half(shorts(s));
}
inline FourWhole squares(Sample s) {
  if constexpr (std::endian::native != std::endian::little) return whole(s) * whole(s);
  return low_half(shorts(s) * shorts(s));
}
inline Four four(Sample sample) { return fractional(whole(sample)); }
inline Paint to_paint(Sample sample) { return to_paint(four(sample)); }

Sample to_sample(Paint paint);  // rounded

struct Raster {
  int width = 0, height = 0;
  std::vector<Sample> at;  // row by row
  const Sample& operator()(int x, int y) const { return at[static_cast<std::size_t>(y) * width + x]; }
};
// From grey, RGB or RGBA.
Raster to_raster(const image::Image& image);

struct Region {
  Paint paint;
  std::int32_t area = 0;  // px
};

// Every pixel belongs to one region; a region need not be connected unless the stage that made it says so.
struct Regions {
  int width = 0, height = 0;
  std::vector<std::int32_t> label;  // row by row, an index into `regions`
  std::vector<Region> regions;
};

}  // namespace imgmill::trace
