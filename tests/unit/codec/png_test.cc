// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <zlib.h>

#include <algorithm>
#include <catch2/catch.hpp>

#include "base/error.h"
#include "codec/samples.h"

namespace imgmill {
namespace {

using namespace test;

bool same_samples(const image::Image& image, const std::vector<std::uint8_t>& samples) {
  return std::equal(image.samples().begin(), image.samples().end(), samples.begin(), samples.end());
}

// Of a chunk, from its name to the end of what it holds; it stands behind that.
void write_checksum(base::Bytes& file, std::size_t begin, std::size_t end) {
  const uLong crc = crc32(0, file.data() + begin, static_cast<uInt>(end - begin));
  for (std::size_t k = 0; k < 4; ++k) file[end + k] = static_cast<std::uint8_t>(crc >> (24 - 8 * k));
}

constexpr std::array<Colour, 4> kWithAlpha{{{255, 0, 0}, {0, 255, 0}, {0, 0, 255}, {255, 255, 255, 128}}};

TEST_CASE("PNG: true colour with and without alpha is exact, interlaced or not") {
  const bool interlaced = GENERATE(false, true);
  PngRecipe recipe;
  recipe.interlaced = interlaced;
  const auto rgb = codec::decode(make_png(recipe, quadrant_samples(3)), {});
  CHECK(rgb.image.channels() == 3);
  CHECK(same_samples(rgb.image, quadrant_samples(3)));
  CHECK(rgb.header.format == codec::Format::png);
  CHECK(rgb.header.format_name == "png");
  CHECK(rgb.warnings.empty());
  recipe.colour_type = 6;
  const auto rgba = codec::decode(make_png(recipe, quadrant_samples(4)), {});
  CHECK(rgba.image.channels() == 4);
  CHECK(same_samples(rgba.image, quadrant_samples(4)));
}

TEST_CASE("PNG: an alpha channel that is opaque everywhere is dropped") {
  std::vector<std::uint8_t> samples = quadrant_samples(4);
  for (std::size_t i = 3; i < samples.size(); i += 4) samples[i] = 255;
  PngRecipe recipe;
  recipe.colour_type = 6;
  const auto decoded = codec::decode(make_png(recipe, samples), {});
  CHECK(decoded.image.channels() == 3);
  CHECK(same_samples(decoded.image, quadrant_samples(3)));
}

TEST_CASE("PNG: damaged pixels are told by a chunk's checksum, and where that is right, the stream's is left out") {
  const base::Bytes file = make_png({}, quadrant_samples(3));
  const std::array<std::uint8_t, 4> name{'I', 'D', 'A', 'T'};
  const auto chunk = std::search(file.begin(), file.end(), name.begin(), name.end());
  REQUIRE(chunk != file.end());
  const auto begin = static_cast<std::size_t>(chunk - file.begin());
  const auto length = static_cast<std::size_t>(chunk[-2] << 8 | chunk[-1]);
  base::Bytes damaged = file;
  damaged[begin + 4 + length - 1] ^= 1;  // the stream's, under the chunk's
  CHECK_THROWS_AS(codec::decode(damaged, {}), base::Error);
  write_checksum(damaged, begin, begin + 4 + length);
  CHECK(same_samples(codec::decode(damaged, {}).image, quadrant_samples(3)));
}

TEST_CASE("PNG: grey of every depth spreads over 0 to 255") {
  const int depth = GENERATE(1, 2, 4, 8, 16);
  PngRecipe recipe;
  recipe.width = 8;
  recipe.height = 1;
  recipe.bit_depth = depth;
  recipe.colour_type = 0;
  // Eight pixels: the first four are black, the last four white.
  std::vector<std::uint8_t> samples(static_cast<std::size_t>(depth));
  std::fill(samples.begin() + depth / 2, samples.end(), std::uint8_t{0xff});
  if (depth == 1) samples[0] = 0x0f;
  const auto decoded = codec::decode(make_png(recipe, samples), {});
  CHECK(decoded.image.channels() == 3);
  CHECK(distance(corners(decoded.image), {{{0, 0, 0}, {255, 255, 255}, {0, 0, 0}, {255, 255, 255}}}) == 0);
}

TEST_CASE("PNG: grey with alpha") {
  PngRecipe recipe;
  recipe.width = 2;
  recipe.height = 1;
  recipe.colour_type = 4;
  const auto decoded = codec::decode(make_png(recipe, std::vector<std::uint8_t>{200, 255, 10, 7}), {});
  CHECK(decoded.image.channels() == 4);
  CHECK(same_samples(decoded.image, {200, 200, 200, 255, 10, 10, 10, 7}));
}

TEST_CASE("PNG: palettes of every depth, with transparency") {
  const int depth = GENERATE(1, 2, 4, 8);
  PngRecipe recipe;
  recipe.width = 8;
  recipe.height = 1;
  recipe.bit_depth = depth;
  recipe.colour_type = 3;
  recipe.palette = {{10, 20, 30}, {200, 150, 100}};
  // Indices 0, 1, 0, 1, …
  std::vector<std::uint8_t> indices(static_cast<std::size_t>(depth), depth == 1 ? 0x55 : depth == 2 ? 0x11 : 0x01);
  if (depth == 8) indices = {0, 1, 0, 1, 0, 1, 0, 1};
  const auto opaque = codec::decode(make_png(recipe, indices), {});
  CHECK(opaque.image.channels() == 3);
  CHECK(distance(corners(opaque.image)[0], {10, 20, 30}) == 0);
  CHECK(distance(corners(opaque.image)[1], {200, 150, 100}) == 0);
  recipe.transparent = {77};
  const auto transparent = codec::decode(make_png(recipe, indices), {});
  CHECK(transparent.image.channels() == 4);
  CHECK(distance(corners(transparent.image)[0], {10, 20, 30, 77}) == 0);
  CHECK(distance(corners(transparent.image)[1], {200, 150, 100, 255}) == 0);
}

TEST_CASE("PNG: a transparent colour in grey and in RGB") {
  PngRecipe recipe;
  recipe.width = 2;
  recipe.height = 1;
  recipe.colour_type = 0;
  recipe.transparent = {9};
  CHECK(same_samples(codec::decode(make_png(recipe, std::vector<std::uint8_t>{9, 8}), {}).image,
                     {9, 9, 9, 0, 8, 8, 8, 255}));
  recipe.colour_type = 2;
  recipe.transparent = {1, 2, 3};
  CHECK(same_samples(codec::decode(make_png(recipe, std::vector<std::uint8_t>{1, 2, 3, 1, 2, 4}), {}).image,
                     {1, 2, 3, 0, 1, 2, 4, 255}));
}

TEST_CASE("PNG: 16 bit is rounded to 8, not cut") {
  const bool alpha = GENERATE(false, true);
  PngRecipe recipe;
  recipe.width = 1;
  recipe.height = 1;
  recipe.bit_depth = 16;
  recipe.colour_type = alpha ? 6 : 2;
  // 0x00ff is nearer to 1 × 257 than to 0; 0xff00 is nearer to 254 × 257 + 2 than to 255 × 257.
  const std::vector<std::uint16_t> deep{0x00ff, 0x8080, 0xff00, 0x4040};
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(deep.data());
  const auto decoded = codec::decode(make_png(recipe, {bytes, alpha ? 8U : 6U}), {});
  std::vector<std::uint8_t> expected{1, 128, 254};
  if (alpha) expected.push_back(64);
  CHECK(same_samples(decoded.image, expected));
}

TEST_CASE("PNG: the EXIF orientation is applied") {
  PngRecipe recipe;
  recipe.exif = exif_block(6, true);
  const base::Bytes file = make_png(recipe, quadrant_samples(3));
  const auto decoded = codec::decode(file, {});
  CHECK(decoded.image.width() == kHeight);
  CHECK(codec::read_header(file, {}).width == kHeight);
  CHECK(distance(corners(decoded.image), {{kQuadrants[2], kQuadrants[0], kQuadrants[3], kQuadrants[1]}}) == 0);
}

TEST_CASE("PNG: a header that claims too much or nothing") {
  base::Bytes file = make_png({}, quadrant_samples(3));
  const auto claim = [&](std::uint32_t width, std::uint32_t height) {
    for (int i = 0; i < 4; ++i) {
      file[16 + static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(width >> (24 - 8 * i));
      file[20 + static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(height >> (24 - 8 * i));
    }
    write_checksum(file, 12, 29);
  };
  claim(65535, 65535);
  const base::Error huge = decode_error(file);
  CHECK(huge.kind() == base::ErrorKind::limit);
  CHECK_THAT(huge.what(), Catch::Contains("--max-pixels") && Catch::Contains("65535x65535"));
  claim(0, 12);
  CHECK(decode_error(file).kind() == base::ErrorKind::input);
  CHECK_THAT(decode_error(file).what(), Catch::Contains("no pixels"));
}

TEST_CASE("PNG: what is encoded here reads back the same") {
  const int channels = GENERATE(1, 3, 4);
  std::vector<std::uint8_t> samples = quadrant_samples(channels == 4 ? 4 : 3);
  if (channels == 1) samples.resize(kWidth * kHeight);
  const codec::EncodedImage encoded = codec::encode_png(image::Image(kWidth, kHeight, channels, samples));
  CHECK(encoded.format == codec::Format::png);
  const auto decoded = codec::decode(encoded.bytes, {});
  if (channels != 1) {
    CHECK(same_samples(decoded.image, samples));
  } else {
    CHECK(decoded.image.samples()[3] == samples[1]);
  }
}

}  // namespace
}  // namespace imgmill
