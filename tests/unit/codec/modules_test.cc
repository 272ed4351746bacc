// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <catch2/catch.hpp>

#include "codec/samples.h"

namespace imgmill {
namespace {

using namespace test;

constexpr std::array<Colour, 4> kWithAlpha{{{255, 0, 0}, {0, 255, 0}, {0, 0, 255}, {255, 255, 255, 128}}};

codec::Decoded decode_fixture(const std::string& name) { return codec::decode(read_fixture("quadrants/" + name), {}); }

TEST_CASE("AVIF: 8, 10 and 12 bit, with and without alpha") {
  for (const char* name : {"rgb.avif", "rgb10.avif", "sequence.avif"}) {
    CAPTURE(name);
    const auto decoded = decode_fixture(name);
    CHECK(decoded.header.format == codec::Format::avif);
    CHECK(decoded.header.format_name == "avif");
    CHECK(decoded.image.channels() == 3);
    CHECK(distance(corners(decoded.image), kQuadrants) <= 1);
  }
  for (const char* name : {"rgba12.avif", "premultiplied.avif"}) {
    CAPTURE(name);
    const auto decoded = decode_fixture(name);
    CHECK(decoded.image.channels() == 4);
    CHECK(distance(corners(decoded.image), kWithAlpha) <= 1);
  }
}

TEST_CASE("AVIF: rotation and mirroring, in that order") {
  // irot 1 turns a quarter anticlockwise.
  const auto turned = decode_fixture("irot1.avif");
  CHECK(turned.image.width() == kHeight);
  CHECK(codec::read_header(read_fixture("quadrants/irot1.avif"), {}).width == kHeight);
  CHECK(distance(corners(turned.image), {{kQuadrants[1], kQuadrants[3], kQuadrants[0], kQuadrants[2]}}) <= 1);
  // imir 0 exchanges top and bottom.
  const auto mirrored = decode_fixture("imir0.avif");
  CHECK(distance(corners(mirrored.image), {{kQuadrants[2], kQuadrants[3], kQuadrants[0], kQuadrants[1]}}) <= 1);
  // A quarter clockwise, then left and right exchanged: the transpose.
  const auto both = decode_fixture("irot3_imir1.avif");
  CHECK(distance(corners(both.image), {{kQuadrants[0], kQuadrants[2], kQuadrants[1], kQuadrants[3]}}) <= 1);
}

TEST_CASE("formats behind libvips") {
  const auto [file, name, tolerance] = GENERATE(table<std::string, std::string, int>({
      {"rgb.tiff", "tiff", 0},
      {"rgb16.tiff", "tiff", 0},
      {"pages.tiff", "tiff", 0},
      {"rgb.bmp", "bmp", 0},
      {"animated.gif", "gif", 0},
      {"rgb.jp2", "jp2", 0},
      {"rgb.jxl", "jxl", 0},
      {"rgb.heic", "heif", 2},
      {"rgb.hdr", "hdr", 14},
  }));
  CAPTURE(file);
  const auto decoded = decode_fixture(file);
  CHECK(decoded.header.format == codec::Format::other);
  CHECK(decoded.header.format_name == name);
  CHECK(decoded.image.width() == kWidth);
  CHECK(decoded.image.height() == kHeight);
  CHECK(decoded.image.channels() == 3);
  CHECK(distance(corners(decoded.image), kQuadrants) <= tolerance);
  const codec::Header header = codec::read_header(read_fixture("quadrants/" + file), {});
  CHECK(header.format_name == name);
  CHECK(header.width == kWidth);
}

TEST_CASE("libvips: alpha, ink, orientation, portable maps") {
  CHECK(distance(corners(decode_fixture("rgba.jxl").image), kWithAlpha) == 0);
  const auto ink = corners(decode_fixture("cmyk.tiff").image);  // what printing makes of pure colours is duller
  CHECK((ink[0].r > 200 && ink[0].g < 80 && ink[0].b < 80));
  CHECK(distance(ink[3], kQuadrants[3]) <= 2);
  const auto turned = decode_fixture("orientation6.tiff");
  CHECK(turned.image.width() == kHeight);
  CHECK(distance(corners(turned.image), {{kQuadrants[2], kQuadrants[0], kQuadrants[3], kQuadrants[1]}}) == 0);
  const std::string map = "P3 2 1 255\n1 2 3 250 251 252\n";
  const base::Bytes text(map.begin(), map.end());
  const auto decoded = codec::decode(text, {});
  CHECK(decoded.header.format_name == "pnm");
  CHECK(distance(corners(decoded.image)[1], {250, 251, 252}) == 0);
}

TEST_CASE("modules: limits are checked from the header") {
  const std::string name =
      GENERATE("rgb.avif", "rgb.tiff", "rgb.bmp", "animated.gif", "rgb.jp2", "rgb.jxl", "rgb.heic", "rgb.hdr");
  CAPTURE(name);
  image::Limits limits;
  limits.max_pixels = kWidth * kHeight - 1;
  const base::Error error = decode_error(read_fixture("quadrants/" + name), limits);
  CHECK(error.kind() == base::ErrorKind::limit);
  CHECK_THAT(error.what(), Catch::Contains("--max-pixels") && Catch::Contains("16x12"));
  CHECK_THROWS_AS(codec::read_header(read_fixture("quadrants/" + name), limits), base::Error);
}

}  // namespace
}  // namespace imgmill
