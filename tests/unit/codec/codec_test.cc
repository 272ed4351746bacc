// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <catch2/catch.hpp>

#include "codec/samples.h"

namespace imgmill {
namespace {

using namespace test;

base::Bytes to_bytes(std::string_view text) { return {text.begin(), text.end()}; }

TEST_CASE("decode: what is no picture") {
  CHECK(decode_error({}).kind() == base::ErrorKind::input);
  CHECK_THAT(decode_error({}).what(), Catch::Equals("is empty"));
  for (const char* text : {"hello, world", "P1x", "BM is a word and not a bitmap", "<html><body/></html>",
                           "RIFFxxxxWAVE", "%PDF-1.4", "\x89PNG"}) {
    CAPTURE(text);
    const base::Error error = decode_error(to_bytes(text));
    CHECK(error.kind() == base::ErrorKind::input);
    CHECK_THAT(error.what(), Catch::StartsWith("is not an image"));
    CHECK_THROWS_AS(codec::read_header(to_bytes(text), {}), base::Error);
  }
}

TEST_CASE("decode: an SVG is recognised and refused") {
  for (const char* text :
       {"<svg xmlns='http://www.w3.org/2000/svg'/>", "\xef\xbb\xbf<?xml version=\"1.0\"?>\n<!-- c -->\n<svg>",
        "  \n<!DOCTYPE svg PUBLIC \"\" \"\"><svg\n>"}) {
    CAPTURE(text);
    CHECK(codec::sniff(to_bytes(text)) == codec::Format::svg);
    CHECK(decode_error(to_bytes(text)).kind() == base::ErrorKind::unsupported);
    CHECK_THAT(decode_error(to_bytes(text)).what(), Catch::Equals("is already an SVG"));
  }
}

TEST_CASE("sniff: a few dozen bytes are enough") {
  const auto sniff_head = [](const base::Bytes& file) { return codec::sniff(base::ByteView(file).first(40)); };
  CHECK(sniff_head(make_png({}, quadrant_samples(3))) == codec::Format::png);
  CHECK(sniff_head(make_jpeg(JpegKind::rgb, kWidth, kHeight, quadrant_samples(3))) == codec::Format::jpeg);
  CHECK(sniff_head(make_webp(kWidth, kHeight, quadrant_samples(3), true)) == codec::Format::webp);
  CHECK(sniff_head(read_fixture("quadrants/rgb.avif")) == codec::Format::avif);
  CHECK(sniff_head(read_fixture("quadrants/rgb.heic")) == codec::Format::other);
  CHECK(codec::sniff({}) == std::nullopt);
  CHECK(codec::to_string(codec::Format::avif) == "avif");
}

struct Sample {
  std::string name;
  base::Bytes bytes;
};

std::vector<Sample> samples() {
  PngRecipe interlaced;
  interlaced.interlaced = true;
  std::vector<Sample> all{
      {"png", make_png({}, quadrant_samples(3))},
      {"interlaced png", make_png(interlaced, quadrant_samples(3))},
      {"jpeg", make_jpeg(JpegKind::rgb, kWidth, kHeight, quadrant_samples(3))},
      {"progressive", make_jpeg(JpegKind::progressive, kWidth, kHeight, quadrant_samples(3))},
      {"exif", with_exif_orientation(make_jpeg(JpegKind::rgb, kWidth, kHeight, quadrant_samples(3)), 6)},
      {"webp", make_webp(kWidth, kHeight, quadrant_samples(4), false)},
      {"lossless", make_webp(kWidth, kHeight, quadrant_samples(4), true)},
      {"extended",
       with_webp_chunks(make_webp(kWidth, kHeight, quadrant_samples(3), true), srgb_profile(), exif_block(6))},
  };
  for (const char* name : {"rgb.avif", "rgba12.avif", "sequence.avif", "rgb.tiff", "animated.gif", "rgb.jp2", "rgb.jxl",
                           "rgb.heic", "rgb.bmp", "rgb.hdr"}) {
    all.push_back({name, read_fixture(std::string("quadrants/") + name)});
  }
  return all;
}

TEST_CASE("decode: a file cut off anywhere is an error") {
  for (const Sample& sample : samples()) {
    CAPTURE(sample.name);
    REQUIRE_NOTHROW(codec::decode(sample.bytes, {}));
    // Of these, parts at the end may be missing without loss: a second frame, the checksum of PNG's end chunk.
    const bool has_second_frame = sample.name == "animated.gif" || sample.name == "sequence.avif";
    const std::size_t most = has_second_frame ? sample.bytes.size() / 2 : sample.bytes.size() - 5;
    const std::size_t step = std::max<std::size_t>(1, most / 97);
    for (std::size_t size = 0; size <= most; size += step) {
      CAPTURE(size);
      const base::Error error = decode_error(base::ByteView(sample.bytes).first(size));
      const bool blames_input = error.kind() == base::ErrorKind::input || error.kind() == base::ErrorKind::unsupported;
      CHECK(blames_input);
    }
  }
}

TEST_CASE("decode: damaged bytes give a picture or an Error, nothing else") {
  std::uint32_t state = 7;
  const auto random = [&state](std::size_t bound) {
    state = state * 1664525 + 1013904223;
    return static_cast<std::size_t>(state >> 8) % bound;
  };
  image::Limits limits;
  limits.max_pixels = 1 << 20;
  for (const Sample& sample : samples()) {
    for (int round = 0; round < 60; ++round) {
      base::Bytes bytes = sample.bytes;
      for (std::size_t i = 0; i <= random(4); ++i) bytes[random(bytes.size())] = static_cast<std::uint8_t>(random(256));
      try {
        const auto decoded = codec::decode(bytes, limits);
        CHECK(decoded.image.pixels() <= limits.max_pixels);
      } catch (const base::Error& error) {
        CAPTURE(sample.name, round, error.what());
        CHECK(error.kind() != base::ErrorKind::internal);
      }
    }
  }
}

}  // namespace
}  // namespace imgmill
