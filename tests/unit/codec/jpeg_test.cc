// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <catch2/catch.hpp>

#include "codec/samples.h"

namespace imgmill {
namespace {

using namespace test;

constexpr int kNear = 4;  // what the coding may cost in flat areas at quality 95

base::Bytes quadrants(JpegKind kind = JpegKind::rgb) { return make_jpeg(kind, kWidth, kHeight, quadrant_samples(3)); }

TEST_CASE("JPEG: baseline and progressive") {
  const auto kind = GENERATE(JpegKind::rgb, JpegKind::progressive);
  const auto decoded = codec::decode(quadrants(kind), {});
  CHECK(decoded.image.channels() == 3);
  CHECK(decoded.header.format == codec::Format::jpeg);
  CHECK(codec::read_header(quadrants(kind), {}).progressive == (kind == JpegKind::progressive));
  CHECK(distance(corners(decoded.image), kQuadrants) <= kNear);
  CHECK(decoded.warnings.empty());
}

TEST_CASE("JPEG: grey comes out as RGB") {
  const std::vector<std::uint8_t> grey(kWidth * kHeight, 100);
  const auto decoded = codec::decode(make_jpeg(JpegKind::grey, kWidth, kHeight, grey), {});
  CHECK(decoded.image.channels() == 3);
  CHECK(distance(corners(decoded.image)[0], {100, 100, 100}) <= 1);
}

TEST_CASE("JPEG: the eight EXIF orientations") {
  // The corners as displayed, for the stored corners 0 1 / 2 3, by the EXIF standard.
  const std::vector<std::array<std::size_t, 4>> expected{{0, 1, 2, 3}, {1, 0, 3, 2}, {3, 2, 1, 0}, {2, 3, 0, 1},
                                                         {0, 2, 1, 3}, {2, 0, 3, 1}, {3, 1, 2, 0}, {1, 3, 0, 2}};
  for (int orientation = 1; orientation <= 8; ++orientation) {
    CAPTURE(orientation);
    const base::Bytes file = with_exif_orientation(quadrants(), orientation);
    const auto decoded = codec::decode(file, {});
    std::array<Colour, 4> colours;
    for (std::size_t i = 0; i < 4; ++i) {
      colours[i] = kQuadrants[expected[static_cast<std::size_t>(orientation - 1)][i]];
    }
    CHECK(distance(corners(decoded.image), colours) <= kNear);
    const codec::Header header = codec::read_header(file, {});
    CHECK(header.width == (orientation < 5 ? kWidth : kHeight));
    CHECK(header.width == decoded.image.width());
    CHECK(header.height == decoded.image.height());
    CHECK(decoded.header.width == decoded.image.width());
  }
}

TEST_CASE("JPEG: CMYK, as it is and as Adobe stores it") {
  // Full cyan ink and half black, as ink amounts.
  std::vector<std::uint8_t> ink;
  for (int i = 0; i < kWidth * kHeight; ++i) ink.insert(ink.end(), {255, 0, 0, 128});
  const Colour expected{0, 127, 127};
  CHECK(distance(corners(codec::decode(make_jpeg(JpegKind::cmyk, kWidth, kHeight, ink), {}).image)[0], expected) <=
        255);
  // libjpeg marks four-component files with Adobe's segment; such files hold the inverse.
  for (std::uint8_t& sample : ink) sample = static_cast<std::uint8_t>(255 - sample);
  const auto decoded = codec::decode(make_jpeg(JpegKind::cmyk, kWidth, kHeight, ink), {});
  CHECK(decoded.image.channels() == 3);
  CHECK(distance(corners(decoded.image)[0], expected) <= kNear);
}

TEST_CASE("JPEG: CMYK goes through its profile") {
  const std::vector<std::uint8_t> ink(kWidth * kHeight * 4, 90);
  const base::Bytes file = with_icc(make_jpeg(JpegKind::cmyk, kWidth, kHeight, ink), cmyk_profile());
  const auto decoded = codec::decode(file, {});
  CHECK(decoded.warnings.empty());
  CHECK(distance(corners(decoded.image)[0], {0, 255, 0}) <= 12);
}

TEST_CASE("JPEG: a profile in several segments is joined") {
  const base::Bytes profile = swapped_profile();
  const auto decoded = codec::decode(with_icc(quadrants(), profile, profile.size() / 3), {});
  CHECK(decoded.warnings.empty());
  const Colour top_left = corners(decoded.image)[0];
  CHECK(top_left.g > 200);
  CHECK(top_left.r < 60);
}

TEST_CASE("JPEG: damage inside the data is a warning, a missing end is an error") {
  base::Bytes file = make_jpeg(JpegKind::rgb, 64, 64, std::vector<std::uint8_t>([] {
                                 std::vector<std::uint8_t> noise(64 * 64 * 3);
                                 std::uint32_t state = 1;
                                 for (std::uint8_t& sample : noise) {
                                   state = state * 1664525 + 1013904223;
                                   sample = static_cast<std::uint8_t>(state >> 24);
                                 }
                                 return noise;
                               }()));
  base::Bytes damaged = file;
  const std::size_t middle = file.size() / 2;
  damaged[middle] = 0xff;
  damaged[middle + 1] = 0xd3;  // a restart marker where none belongs
  const auto decoded = codec::decode(damaged, {});
  CHECK(decoded.warnings.size() == 1);
  damaged.resize(file.size() - 2);
  CHECK_THAT(decode_error(damaged).what(), Catch::Equals("is truncated"));
  file.resize(file.size() - 2);
  CHECK_THAT(decode_error(file).what(), Catch::Equals("is truncated"));
}

TEST_CASE("JPEG: limits and empty sides come from the frame header") {
  base::Bytes file = quadrants();
  constexpr std::array<std::uint8_t, 2> kFrame{0xff, 0xc0};
  const auto frame = std::search(file.begin(), file.end(), kFrame.begin(), kFrame.end());
  REQUIRE(frame != file.end());
  std::fill(frame + 5, frame + 9, std::uint8_t{0xff});
  const base::Error huge = decode_error(file);
  CHECK(huge.kind() == base::ErrorKind::limit);
  CHECK_THAT(huge.what(), Catch::Contains("65535x65535"));
  std::fill(frame + 7, frame + 9, std::uint8_t{0});
  CHECK(decode_error(file).kind() == base::ErrorKind::input);
}

}  // namespace
}  // namespace imgmill
