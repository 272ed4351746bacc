// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "image/image.h"

#include <catch2/catch.hpp>

#include "base/error.h"

namespace imgmill {
namespace {

using image::Image;
using Samples = std::vector<std::uint8_t>;

Samples samples_of(const Image& picture) { return {picture.samples().begin(), picture.samples().end()}; }

TEST_CASE("Image: sizes must agree") {
  CHECK_NOTHROW(Image(2, 1, 3, Samples(6)));
  CHECK_THROWS_AS(Image(2, 1, 3, Samples(5)), base::Error);
  CHECK_THROWS_AS(Image(2, 1, 2, Samples(4)), base::Error);
  CHECK_THROWS_AS(Image(0, 1, 3, Samples()), base::Error);
  CHECK_THROWS_AS(Image(-1, -1, 1, Samples(1)), base::Error);
  CHECK(Image().empty());
}

TEST_CASE("flatten: blends in sRGB values, rounded") {
  const Image rgba(4, 1, 4, {10, 20, 30, 255, 10, 20, 30, 0, 0, 100, 255, 128, 7, 7, 7, 99});
  const Image white = image::flatten(rgba, {255, 255, 255, 255});
  // 0 × 128/255 + 255 × 127/255 = 127; 100 → (12800 + 32385) / 255 = 177.2; 7 at 99 → (693 + 39780) / 255 = 158.7
  CHECK(samples_of(white) == Samples{10, 20, 30, 255, 255, 255, 127, 177, 255, 159, 159, 159});
  CHECK(samples_of(image::flatten(rgba, {7, 7, 7, 255})).back() == 7);
  CHECK(samples_of(image::flatten(Image(1, 1, 1, {9}), {})) == Samples{9, 9, 9});
  const Image rgb(1, 1, 3, {1, 2, 3});
  CHECK(image::flatten(rgb, {}).data() == rgb.data());  // shared, not copied
}

TEST_CASE("drop_opaque_alpha: only where every pixel is opaque") {
  Samples samples(std::size_t{4} * 5000, 255), translucent = samples;
  translucent[4 * 4999 + 3] = 254;
  const Samples kept = translucent;
  CHECK_FALSE(image::drop_opaque_alpha(translucent));
  CHECK(translucent == kept);
  CHECK(image::drop_opaque_alpha(samples));
  CHECK(samples == Samples(std::size_t{3} * 5000, 255));
  Samples two{1, 2, 3, 255, 4, 5, 6, 255};
  CHECK(image::drop_opaque_alpha(two));
  CHECK(two == Samples{1, 2, 3, 4, 5, 6});
}

TEST_CASE("apply_orientation: the eight of EXIF") {
  // a b c
  // d e f
  const Samples stored{'a', 'b', 'c', 'd', 'e', 'f'};
  const std::vector<std::string> shown{"abcdef", "cbafed", "fedcba", "defabc", "adbecf", "daebfc", "fcebda", "cfbead"};
  const int channels = GENERATE(1, 3, 4);
  Samples wide;
  for (const std::uint8_t sample : stored) wide.insert(wide.end(), static_cast<std::size_t>(channels), sample);
  for (int orientation = 1; orientation <= 8; ++orientation) {
    CAPTURE(orientation);
    const Image turned = image::apply_orientation(Image(3, 2, channels, wide), orientation);
    CHECK(turned.width() == (orientation < 5 ? 3 : 2));
    CHECK(turned.height() == (orientation < 5 ? 2 : 3));
    std::string text;
    for (std::size_t i = 0; i < wide.size(); i += static_cast<std::size_t>(channels)) {
      text.push_back(static_cast<char>(turned.samples()[i]));
    }
    CHECK(text == shown[static_cast<std::size_t>(orientation - 1)]);
  }
  const Image upright(3, 2, channels, wide);
  CHECK(image::apply_orientation(upright, 0).data() == upright.data());
  CHECK(image::apply_orientation(upright, 9).data() == upright.data());
}

TEST_CASE("apply_orientation: pictures larger than a tile, there and back") {
  Samples samples(std::size_t{100} * 70 * 3);
  for (std::size_t i = 0; i < samples.size(); ++i) samples[i] = static_cast<std::uint8_t>(i * 31 % 251);
  const Image picture(100, 70, 3, samples);
  CHECK(samples_of(image::apply_orientation(image::apply_orientation(picture, 6), 8)) == samples);
  CHECK(samples_of(image::apply_orientation(image::apply_orientation(picture, 7), 7)) == samples);
}

}  // namespace
}  // namespace imgmill
