// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <catch2/catch.hpp>

#include "codec/samples.h"

namespace imgmill {
namespace {

using namespace test;

constexpr std::array<Colour, 4> kWithAlpha{{{255, 0, 0}, {0, 255, 0}, {0, 0, 255}, {255, 255, 255, 128}}};

TEST_CASE("WebP: lossless is exact, with and without alpha") {
  const auto rgb = codec::decode(make_webp(kWidth, kHeight, quadrant_samples(3), true), {});
  CHECK(rgb.header.format == codec::Format::webp);
  CHECK(rgb.image.channels() == 3);
  CHECK(distance(corners(rgb.image), kQuadrants) == 0);
  const auto rgba = codec::decode(make_webp(kWidth, kHeight, quadrant_samples(4), true), {});
  CHECK(rgba.image.channels() == 4);
  CHECK(distance(corners(rgba.image), kWithAlpha) == 0);
}

TEST_CASE("WebP: lossy, with and without alpha") {
  const auto rgb = codec::decode(make_webp(kWidth, kHeight, quadrant_samples(3), false), {});
  CHECK(distance(corners(rgb.image), kQuadrants) <= 20);  // 4:2:0
  const auto rgba = codec::decode(make_webp(kWidth, kHeight, quadrant_samples(4), false), {});
  CHECK(rgba.image.channels() == 4);
  CHECK(distance(corners(rgba.image), kWithAlpha) <= 20);
}

TEST_CASE("WebP: the first frame of an animation stands in its place on a transparent canvas") {
  const base::Bytes first = make_webp(kWidth, kHeight, quadrant_samples(3), true);
  const base::Bytes second =
      make_webp(kWidth, kHeight, std::vector<std::uint8_t>(std::size_t{kWidth} * kHeight * 3, 90), true);
  const auto whole = codec::decode(make_animated_webp(kWidth, kHeight, 0, 0, first, second), {});
  CHECK(whole.image.channels() == 3);
  CHECK(distance(corners(whole.image), kQuadrants) == 0);
  const auto placed = codec::decode(make_animated_webp(kWidth + 8, kHeight + 6, 8, 6, first, second), {});
  CHECK(placed.image.width() == kWidth + 8);
  CHECK(placed.image.channels() == 4);
  CHECK(corners(placed.image)[0].a == 0);
  CHECK(distance(corners(placed.image)[3], kQuadrants[3]) == 0);
  const std::uint8_t* pixel = placed.image.row(6) + 8 * 4;
  CHECK(distance({pixel[0], pixel[1], pixel[2], pixel[3]}, kQuadrants[0]) == 0);
}

TEST_CASE("WebP: profile and orientation") {
  const base::Bytes plain = make_webp(kWidth, kHeight, quadrant_samples(3), true);
  const base::Bytes turned = with_webp_chunks(plain, {}, exif_block(8));
  const auto decoded = codec::decode(turned, {});
  CHECK(codec::read_header(turned, {}).width == kHeight);
  CHECK(distance(corners(decoded.image), {{kQuadrants[1], kQuadrants[3], kQuadrants[0], kQuadrants[2]}}) == 0);
  const auto managed = codec::decode(with_webp_chunks(plain, swapped_profile(), {}), {});
  CHECK(corners(managed.image)[0].g > 200);
}

TEST_CASE("WebP: the limit is checked from the header") {
  image::Limits limits;
  limits.max_pixels = kWidth * kHeight - 1;
  CHECK(decode_error(make_webp(kWidth, kHeight, quadrant_samples(3), true), limits).kind() == base::ErrorKind::limit);
}

}  // namespace
}  // namespace imgmill
