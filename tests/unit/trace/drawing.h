// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Test pictures: a colour for every point of the plane, box filtered to pixels as a renderer with antialiasing does.
#pragma once

#include <catch2/catch.hpp>
#include <cmath>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "image/image.h"
#include "score/score.h"
#include "trace/trace.h"
#include "vector/rasterise.h"
#include "vector/svg.h"

namespace imgmill::test {

using Painter = std::function<image::Rgba(double x, double y)>;

// RGBA pixels, each the mean over samples × samples points (straight alpha from premultiplied means).
inline image::Image paint(int width, int height, const Painter& color_at, int samples = 16) {
  std::vector<std::uint8_t> pixels;
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      double r = 0, g = 0, b = 0, a = 0;
      for (int j = 0; j < samples; ++j) {
        for (int i = 0; i < samples; ++i) {
          const image::Rgba c = color_at(x + (i + 0.5) / samples, y + (j + 0.5) / samples);
          r += c.r * c.a, g += c.g * c.a, b += c.b * c.a, a += c.a;
        }
      }
      const double count = samples * samples;
      for (const double v : {r, g, b}) pixels.push_back(static_cast<std::uint8_t>(std::lround(a > 0 ? v / a : 0)));
      pixels.push_back(static_cast<std::uint8_t>(std::lround(a / count)));
    }
  }
  const int channels = image::drop_opaque_alpha(pixels) ? 3 : 4;
  return image::Image(width, height, channels, std::move(pixels));
}

inline constexpr image::Rgba kWhite{255, 255, 255, 255};
inline constexpr image::Rgba kBlack{0, 0, 0, 255};
inline constexpr image::Rgba kRed{200, 40, 30, 255};
inline constexpr image::Rgba kBlue{30, 60, 190, 255};
inline constexpr image::Rgba kClear{0, 0, 0, 0};

inline std::string svg_of(const image::Image& picture, const trace::TraceParams& params = {}) {
  const trace::Traced traced = trace::trace(picture, params);
  return vector::write_svg(traced.document, {});
}

inline image::Image drawn(const std::string& svg, int width, int height) {
  const auto* data = reinterpret_cast<const std::uint8_t*>(svg.data());
  return vector::rasterise(base::ByteView(data, svg.size()), width, height);
}

// SSIM of a picture against its own tracing.
inline double ssim_of_tracing(const image::Image& picture, const trace::TraceParams& params = {}) {
  return score::compare(picture, drawn(svg_of(picture, params), picture.width(), picture.height())).ssim;
}

// The outline of a drawing's second shape, of two, where that has but one.
inline const vector::Contour& upper_contour(const vector::Document& document) {
  REQUIRE(document.shapes.size() == 2);
  REQUIRE(document.shapes[1].contours.size() == 1);
  return document.shapes[1].contours[0];
}

}  // namespace imgmill::test
