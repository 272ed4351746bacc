// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "codec/icc.h"

#include <catch2/catch.hpp>

#include "codec/samples.h"

namespace imgmill {
namespace {

using namespace test;

codec::Decoded decode_with(const base::Bytes& icc, int channels, bool grey = false) {
  PngRecipe recipe;
  recipe.icc = icc;
  recipe.colour_type = grey ? 0 : channels == 4 ? 6 : 2;
  if (grey) return codec::decode(make_png(recipe, std::vector<std::uint8_t>(std::size_t{kWidth} * kHeight, 100)), {});
  return codec::decode(make_png(recipe, quadrant_samples(channels)), {});
}

TEST_CASE("ICC: an sRGB profile changes nothing") {
  CHECK(distance(corners(decode_with(srgb_profile(), 3).image), kQuadrants) == 0);
}

TEST_CASE("ICC: a gamma of 2.2 is not taken for sRGB") {
  PngRecipe recipe;
  recipe.width = 1;
  recipe.height = 1;
  recipe.icc = gamma_profile();
  const auto decoded = codec::decode(make_png(recipe, std::vector<std::uint8_t>{20, 20, 20}), {});
  // (20 / 255)^2.2 of linear light is 12 or 13 in sRGB.
  CHECK(distance(corners(decoded.image)[0], {12, 12, 12}) <= 1);
}

TEST_CASE("ICC: swapped primaries swap the colours, and alpha stays") {
  const int channels = GENERATE(3, 4);
  const auto decoded = decode_with(swapped_profile(), channels);
  CHECK(decoded.warnings.empty());
  const auto colours = corners(decoded.image);
  CHECK(distance(colours[0], {0, 255, 0}) <= 2);
  CHECK(distance(colours[1], {255, 0, 0}) <= 2);
  CHECK(distance(colours[2], {0, 0, 255}) <= 2);
  CHECK(distance(colours[3], {255, 255, 255, channels == 4 ? 128 : 255}) <= 1);
}

TEST_CASE("ICC: a wide gamut comes out more saturated") {
  // By the published matrices, (128, 200, 64) in Adobe RGB (1998) is (77, 201, 44) in sRGB.
  PngRecipe recipe;
  recipe.width = 1;
  recipe.height = 1;
  recipe.icc = adobe_like_profile();
  const auto decoded = codec::decode(make_png(recipe, std::vector<std::uint8_t>{128, 200, 64}), {});
  const Colour colour = corners(decoded.image)[0];
  CHECK(distance(colour, {77, 201, 44}) <= 2);
}

TEST_CASE("ICC: a grey profile applies to grey pictures only") {
  const auto linear = decode_with(grey_profile(1.0), 3, true);
  // Linear light of 100/255 is 168 in sRGB.
  CHECK(distance(corners(linear.image)[0], {168, 168, 168}) <= 2);
  CHECK(linear.warnings.empty());
  const auto rgb = decode_with(grey_profile(1.0), 3);
  CHECK(distance(corners(rgb.image), kQuadrants) == 0);
  CHECK(rgb.warnings.size() == 1);
}

TEST_CASE("ICC: a broken profile is a warning") {
  base::Bytes broken = swapped_profile();
  const bool cut = GENERATE(false, true);
  if (cut) {
    broken.resize(60);
  } else {
    broken.assign(500, 7);
  }
  const auto decoded =
      codec::decode(with_icc(make_jpeg(JpegKind::rgb, kWidth, kHeight, quadrant_samples(3)), broken), {});
  CHECK(distance(corners(decoded.image), kQuadrants) <= 4);
  REQUIRE(decoded.warnings.size() == 1);
  CHECK_THAT(decoded.warnings[0], Catch::Contains("profile"));
}

}  // namespace
}  // namespace imgmill
