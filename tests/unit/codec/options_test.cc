// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What decode() gives for its options, whatever the format.
#include <catch2/catch.hpp>
#include <cmath>
#include <string>

#include "codec/codec.h"
#include "codec/samples.h"

namespace imgmill {
namespace {

using namespace test;

struct Sized {
  int width, height;
  bool operator==(const Sized&) const = default;
};

Sized size_with(const base::Bytes& file, int min_width, int min_height) {
  codec::DecodeOptions options;
  options.min_width = min_width;
  options.min_height = min_height;
  const codec::Decoded decoded = codec::decode(file, options);
  CHECK(decoded.header.width == codec::read_header(file, {}).width);
  CHECK(decoded.header.height == codec::read_header(file, {}).height);
  return {decoded.image.width(), decoded.image.height()};
}

std::vector<std::uint8_t> slope(int width, int height) {
  std::vector<std::uint8_t> samples;
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      samples.insert(samples.end(), {static_cast<std::uint8_t>(x), static_cast<std::uint8_t>(y), 40});
    }
  }
  return samples;
}

TEST_CASE("decode: a JPEG comes as the smallest fraction that is large enough") {
  const base::Bytes file = make_jpeg(JpegKind::rgb, 203, 101, slope(203, 101));
  CHECK(size_with(file, 0, 0) == Sized{203, 101});
  CHECK(size_with(file, 0, 10) == Sized{203, 101});
  CHECK(size_with(file, 1, 1) == Sized{26, 13});
  CHECK(size_with(file, 26, 13) == Sized{26, 13});
  CHECK(size_with(file, 27, 1) == Sized{51, 26});
  CHECK(size_with(file, 1, 14) == Sized{51, 26});
  CHECK(size_with(file, 52, 26) == Sized{102, 51});
  CHECK(size_with(file, 103, 51) == Sized{203, 101});
  CHECK(size_with(file, 1000, 1000) == Sized{203, 101});
}

TEST_CASE("decode: the least size of a JPEG is meant as it is displayed") {
  const base::Bytes file = with_exif_orientation(make_jpeg(JpegKind::rgb, 200, 100, slope(200, 100)), 6);
  CHECK(size_with(file, 50, 100) == Sized{50, 100});
  CHECK(size_with(file, 100, 50) == Sized{100, 200});
  CHECK(size_with(file, 51, 1) == Sized{100, 200});
  CHECK(size_with(file, 1, 101) == Sized{100, 200});
  CHECK(size_with(file, 1, 100) == Sized{50, 100});
}

TEST_CASE("decode: a fraction shows the same picture") {
  codec::DecodeOptions options;
  options.min_width = options.min_height = 20;
  const image::Image part = codec::decode(make_jpeg(JpegKind::rgb, 200, 160, slope(200, 160)), options).image;
  REQUIRE(part.width() == 25);
  for (int y = 0; y < part.height(); ++y) {
    for (int x = 0; x < part.width(); ++x) {
      REQUIRE(std::abs(part.row(y)[x * 3] - (x * 8 + 3.5)) < 6);
      REQUIRE(std::abs(part.row(y)[x * 3 + 1] - (y * 8 + 3.5)) < 6);
    }
  }
}

TEST_CASE("decode: other formats come whole") {
  codec::DecodeOptions options;
  options.min_width = options.min_height = 1;
  PngRecipe recipe;
  CHECK(codec::decode(make_png(recipe, quadrant_samples(3)), options).image.width() == kWidth);
  CHECK(codec::decode(read_fixture("quadrants/rgb.avif"), options).image.width() == kWidth);
}

std::string text_of(const base::Bytes& bytes) { return {bytes.begin(), bytes.end()}; }

TEST_CASE("decode: EXIF and XMP as they stand in the file") {
  const base::Bytes exif = full_exif();
  const std::string xmp = full_xmp();
  const base::Bytes jpeg = make_jpeg(JpegKind::rgb, kWidth, kHeight, quadrant_samples(3));
  PngRecipe recipe;
  recipe.exif = exif;
  recipe.xmp = xmp;
  base::Bytes prefixed = exif;  // as some writers of WebP have it
  for (const char letter : {'\0', '\0', 'f', 'i', 'x', 'E'}) {
    prefixed.insert(prefixed.begin(), static_cast<std::uint8_t>(letter));
  }
  const base::Bytes webp = make_webp(kWidth, kHeight, quadrant_samples(3), true);
  for (const base::Bytes& file : {with_exif(with_xmp(jpeg, xmp), exif), make_png(recipe, quadrant_samples(3)),
                                  with_webp_chunks(webp, {}, exif, xmp), with_webp_chunks(webp, {}, prefixed, xmp)}) {
    const codec::Decoded decoded = codec::decode(file, {});
    CHECK(decoded.metadata.exif == exif);
    CHECK(text_of(decoded.metadata.xmp) == xmp);
    CHECK(decoded.metadata.icc.empty());
    CHECK(decoded.warnings.empty());
  }
  const codec::Decoded bare = codec::decode(jpeg, {});
  CHECK((bare.metadata.exif.empty() && bare.metadata.xmp.empty()));
}

TEST_CASE("decode: EXIF and XMP from behind the modules' boundary") {
  for (const char* name : {"quadrants/exif_xmp.avif", "quadrants/exif_xmp.heic"}) {
    CAPTURE(name);
    const codec::Decoded decoded = codec::decode(read_fixture(name), {});
    REQUIRE(decoded.metadata.exif.size() > 100);
    CHECK(decoded.metadata.exif[0] == 'I');
    CHECK(contains(decoded.metadata.exif, kLatitude));
    CHECK(contains(decoded.metadata.xmp, "exif:GPSLatitude"));
    CHECK(distance(corners(decoded.image), kQuadrants) < 60);
  }
  CHECK(contains(codec::decode(read_fixture("quadrants/exif_xmp.tiff"), {}).metadata.xmp, "exif:GPSLatitude"));
}

TEST_CASE("decode: with keep_profile RGB stays in the space of its profile") {
  codec::DecodeOptions options;
  options.keep_profile = true;
  PngRecipe recipe;
  recipe.icc = swapped_profile();
  const auto samples = quadrant_samples(3);
  const codec::Decoded kept = codec::decode(make_png(recipe, samples), options);
  CHECK(kept.metadata.icc == recipe.icc);
  CHECK(std::equal(samples.begin(), samples.end(), kept.image.samples().begin()));
  CHECK(codec::decode(make_png(recipe, samples), {}).metadata.icc.empty());

  recipe.icc = srgb_profile();
  CHECK(codec::decode(make_png(recipe, samples), options).metadata.icc == recipe.icc);

  const base::Bytes jpeg = make_jpeg(JpegKind::rgb, kWidth, kHeight, samples);
  CHECK(codec::decode(with_icc(jpeg, swapped_profile()), options).metadata.icc == swapped_profile());
  const base::Bytes webp = make_webp(kWidth, kHeight, samples, true);
  CHECK(codec::decode(with_webp_chunks(webp, swapped_profile(), {}), options).metadata.icc == swapped_profile());
}

TEST_CASE("decode: keep_profile keeps no profile that would be untrue") {
  codec::DecodeOptions options;
  options.keep_profile = true;
  const std::vector<std::uint8_t> ink(kWidth * kHeight * 4, 90);
  const base::Bytes cmyk = with_icc(make_jpeg(JpegKind::cmyk, kWidth, kHeight, ink), cmyk_profile());
  const codec::Decoded from_ink = codec::decode(cmyk, options);
  CHECK(from_ink.metadata.icc.empty());
  CHECK(distance(corners(from_ink.image)[0], {0, 255, 0}) <= 12);

  PngRecipe grey;
  grey.colour_type = 0;
  grey.icc = grey_profile(1.0);
  const std::vector<std::uint8_t> mid(kWidth * kHeight, 55);
  const codec::Decoded from_grey = codec::decode(make_png(grey, mid), options);
  CHECK(from_grey.metadata.icc.empty());
  CHECK(from_grey.image.data()[0] > 100);

  PngRecipe broken;
  broken.icc = base::Bytes(200, 7);
  const codec::Decoded ignored = codec::decode(make_png(broken, quadrant_samples(3)), options);
  CHECK(ignored.metadata.icc.empty());
  CHECK(ignored.warnings.size() == 1);
}

}  // namespace
}  // namespace imgmill
