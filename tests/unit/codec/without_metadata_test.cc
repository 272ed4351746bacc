// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "codec/without_metadata.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <string>

#include "codec/samples.h"

namespace imgmill {
namespace {

using namespace test;
using codec::Keep;
using codec::Metadata;

const std::string kSecret = "47.3777 north";

base::Bytes bytes_of(const std::string& text) { return {text.begin(), text.end()}; }

base::Bytes plain_jpeg(JpegKind kind = JpegKind::rgb) { return make_jpeg(kind, kWidth, kHeight, quadrant_samples(3)); }

// Everything at once, each with a position or the secret in it.
base::Bytes laden_jpeg(JpegKind kind, const base::Bytes& icc = {}) {
  base::Bytes file = plain_jpeg(kind);
  if (!icc.empty()) file = with_icc(file, icc);
  file = with_exif(with_xmp(file, full_xmp()), full_exif());
  file = with_segment(file, 0xed, bytes_of("Photoshop 3.0" + kSecret));
  file = with_segment(file, 0xfe, bytes_of(kSecret));
  file = with_segment(file, 0xe2, bytes_of("MPF" + kSecret));
  file.insert(file.end(), kSecret.begin(), kSecret.end());  // behind the end
  return file;
}

bool tells_nothing(const base::Bytes& file) {
  return !contains(file, kSecret) && !contains(file, kLatitude) && !contains(file, "GPS") &&
         !contains(file, kMakerNote) && !contains(file, "four quarters");
}

bool same_pixels(const base::Bytes& a, const base::Bytes& b) {
  const image::Image x = codec::decode(a, {}).image, y = codec::decode(b, {}).image;
  return x.width() == y.width() &&
         std::equal(x.samples().begin(), x.samples().end(), y.samples().begin(), y.samples().end());
}

TEST_CASE("without_metadata: a JPEG of libjpeg's is left as it is") {
  const base::Bytes file = plain_jpeg();
  CHECK(codec::without_metadata(file, {}, {}) == file);
}

TEST_CASE("without_metadata: JPEG, baseline and progressive") {
  const auto kind = GENERATE(JpegKind::rgb, JpegKind::progressive, JpegKind::grey, JpegKind::cmyk);
  const base::Bytes file = laden_jpeg(kind);
  REQUIRE_FALSE(tells_nothing(file));
  const auto bare = codec::without_metadata(file, {}, {});
  REQUIRE(bare);
  CHECK(tells_nothing(*bare));
  CHECK(same_pixels(*bare, file));
  CHECK(*bare == plain_jpeg(kind));
}

TEST_CASE("without_metadata: comments between scans go too") {
  base::Bytes file = plain_jpeg(JpegKind::progressive);
  constexpr std::array<std::uint8_t, 2> kScan{0xff, 0xda};
  const auto last = std::find_end(file.begin(), file.end(), kScan.begin(), kScan.end());
  base::Bytes comment{0xff, 0xfe, 0, static_cast<std::uint8_t>(2 + kSecret.size())};
  comment.insert(comment.end(), kSecret.begin(), kSecret.end());
  file.insert(last, comment.begin(), comment.end());
  const auto bare = codec::without_metadata(file, {}, {});
  REQUIRE(bare);
  CHECK(*bare == plain_jpeg(JpegKind::progressive));
}

TEST_CASE("without_metadata: a profile stays where the pixels need it") {
  const auto other = codec::without_metadata(laden_jpeg(JpegKind::rgb, swapped_profile()), {}, {});
  CHECK(same_pixels(*other, with_icc(plain_jpeg(), swapped_profile())));
  CHECK_FALSE(same_pixels(*other, plain_jpeg()));
  CHECK(tells_nothing(*other));
  const base::Bytes srgb = laden_jpeg(JpegKind::rgb, srgb_profile());
  CHECK(*codec::without_metadata(srgb, {}, {}) == plain_jpeg());
  CHECK(contains(*codec::without_metadata(srgb, {.icc = true}, {}), srgb_profile()));

  const base::Bytes webp = make_webp(kWidth, kHeight, quadrant_samples(3), true);
  CHECK(contains(*codec::without_metadata(with_webp_chunks(webp, swapped_profile(), {}), {}, {}), swapped_profile()));
  CHECK_FALSE(contains(*codec::without_metadata(with_webp_chunks(webp, srgb_profile(), {}), {}, {}), srgb_profile()));
}

TEST_CASE("without_metadata: the small picture in JFIF's segment goes") {
  base::Bytes file = plain_jpeg();
  REQUIRE(contains(base::ByteView(file).first(11), "JFIF"));
  base::Bytes jfif(file.begin() + 6, file.begin() + 20);
  jfif[12] = jfif[13] = 1;
  for (const char c : {'r', 'g', 'b'}) jfif.push_back(static_cast<std::uint8_t>(c));
  base::Bytes bare = file;
  bare.erase(bare.begin() + 2, bare.begin() + 20);
  CHECK(codec::without_metadata(with_segment(bare, 0xe0, jfif), {}, {}) == file);
}

Metadata some() {
  const std::string xmp = full_xmp();
  return {{}, exif_block(1), base::Bytes(xmp.begin(), xmp.end())};
}

void check_carries_some(const base::Bytes& file) {
  const codec::Decoded decoded = codec::decode(file, {});
  CHECK(decoded.metadata.exif == some().exif);
  CHECK(decoded.metadata.xmp == some().xmp);
  CHECK(decoded.warnings.empty());
}

base::Bytes laden_png() {
  PngRecipe recipe;
  recipe.exif = full_exif();
  recipe.xmp = full_xmp();
  recipe.icc = swapped_profile();
  base::Bytes file = make_png(recipe, quadrant_samples(3));
  file.insert(file.end(), kSecret.begin(), kSecret.end());
  return file;
}

TEST_CASE("without_metadata: what is kept comes in instead") {
  check_carries_some(*codec::without_metadata(laden_jpeg(JpegKind::rgb), {}, some()));
  check_carries_some(*codec::without_metadata(plain_jpeg(), {}, some()));
  check_carries_some(*codec::without_metadata(laden_png(), {}, some()));
  check_carries_some(*codec::without_metadata(make_png({}, quadrant_samples(3)), {}, some()));
  const bool lossless = GENERATE(false, true);
  const int channels = GENERATE(3, 4);
  const base::Bytes webp = make_webp(kWidth, kHeight, quadrant_samples(channels), lossless);
  for (const base::Bytes& file : {webp, with_webp_chunks(webp, {}, full_exif(), full_xmp())}) {
    const auto result = codec::without_metadata(file, {}, some());
    REQUIRE(result);
    check_carries_some(*result);
    CHECK(same_pixels(*result, webp));
  }
}

TEST_CASE("without_metadata: PNG") {
  const base::Bytes file = laden_png();
  const auto bare = codec::without_metadata(file, {}, {});
  REQUIRE(bare);
  CHECK(tells_nothing(*bare));
  CHECK(same_pixels(*bare, file));
  PngRecipe recipe;
  recipe.icc = swapped_profile();
  CHECK(*bare == make_png(recipe, quadrant_samples(3)));

  PngRecipe indexed;
  indexed.colour_type = 3;
  indexed.palette = {{255, 0, 0}, {0, 0, 255}};
  indexed.transparent = {255, 0};
  const base::Bytes with_palette = make_png(indexed, base::Bytes(kWidth * kHeight, 1));
  CHECK(codec::without_metadata(with_palette, {}, {}) == with_palette);
}

TEST_CASE("without_metadata: WebP") {
  const base::Bytes webp = make_webp(kWidth, kHeight, quadrant_samples(3), true);
  CHECK(codec::without_metadata(webp, {}, {}) == webp);
  const auto bare = codec::without_metadata(with_webp_chunks(webp, {}, full_exif(), full_xmp()), {}, {});
  REQUIRE(bare);
  CHECK(tells_nothing(*bare));
  CHECK(*bare == with_webp_chunks(webp, {}, {}));
  const base::Bytes animated = make_animated_webp(32, 32, 2, 4, webp, webp);
  CHECK(codec::without_metadata(animated, {}, {}) == animated);
}

TEST_CASE("without_metadata: an AVIF only where there is nothing to do") {
  const base::Bytes file = read_fixture("quadrants/rgb.avif");
  CHECK(codec::without_metadata(file, {}, {}) == file);
  CHECK_FALSE(codec::without_metadata(file, {}, some()));
  CHECK_FALSE(codec::without_metadata(read_fixture("quadrants/exif_xmp.avif"), {}, {}));
  CHECK_FALSE(codec::without_metadata(read_fixture("quadrants/irot1.avif"), {}, {}));
  CHECK_FALSE(codec::without_metadata(read_fixture("quadrants/imir0.avif"), {}, {}));
}

TEST_CASE("without_metadata: not where the pixels are stored otherwise than displayed") {
  CHECK_FALSE(codec::without_metadata(with_exif(plain_jpeg(), full_exif(6)), {}, {}));
  PngRecipe recipe;
  recipe.exif = full_exif(3);
  CHECK_FALSE(codec::without_metadata(make_png(recipe, quadrant_samples(3)), {}, {}));
  const base::Bytes webp = make_webp(kWidth, kHeight, quadrant_samples(3), true);
  CHECK_FALSE(codec::without_metadata(with_webp_chunks(webp, {}, full_exif(8)), {}, {}));
  CHECK_FALSE(codec::without_metadata(read_fixture("quadrants/rgb.tiff"), {}, {}));
}

TEST_CASE("without_metadata: a block too long for JPEG's segments") {
  CHECK_FALSE(codec::without_metadata(plain_jpeg(), {}, {{}, base::Bytes(70000, 1), {}}));
}

TEST_CASE("without_metadata: files cut off anywhere") {
  const base::Bytes webp = make_webp(kWidth, kHeight, quadrant_samples(3), true);
  base::Bytes jpeg = laden_jpeg(JpegKind::progressive), png = laden_png();
  jpeg.resize(jpeg.size() - kSecret.size());
  png.resize(png.size() - kSecret.size());
  for (const base::Bytes& file : {jpeg, png, with_webp_chunks(webp, swapped_profile(), full_exif())}) {
    REQUIRE(codec::without_metadata(file, {}, {}));
    for (std::size_t size = 0; size < file.size(); ++size) {
      REQUIRE_FALSE(codec::without_metadata(base::ByteView(file).first(size), {}, {}));
    }
  }
  const base::Bytes avif = read_fixture("quadrants/rgb.avif");
  for (std::size_t size = 0; size < avif.size(); ++size) {
    codec::without_metadata(base::ByteView(avif).first(size), {}, {});
  }
}

}  // namespace
}  // namespace imgmill
