// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "codec/encode.h"

#include <array>
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "codec/jpeg_quality.h"
#include "codec/samples.h"
#include "image/scene.h"
#include "score/score.h"

namespace imgmill {
namespace {

using namespace test;
using codec::EncodeOptions;
using codec::Format;

constexpr std::array kAll = {Format::jpeg, Format::webp, Format::avif, Format::png};

base::Bytes encoded(const image::Image& picture, Format format, const EncodeOptions& options = {},
                    const codec::Metadata& metadata = {}) {
  const codec::EncodedImage file = codec::encode(picture, format, options, metadata);
  CHECK(file.format == format);
  CHECK(codec::sniff(file.bytes) == format);
  return file.bytes;
}

image::Image decoded(const base::Bytes& file) { return codec::decode(file, codec::DecodeOptions()).image; }

EncodeOptions with_quality(int quality) {
  EncodeOptions options;
  options.quality = quality;
  return options;
}

EncodeOptions without_loss() {
  EncodeOptions options;
  options.lossless = true;
  return options;
}

Colour at(const image::Image& picture, int x, int y) {
  const std::uint8_t* p = picture.row(y) + std::ptrdiff_t{x} * picture.channels();
  if (picture.channels() == 1) return {p[0], p[0], p[0], 255};
  return {p[0], p[1], p[2], picture.has_alpha() ? p[3] : 255};
}

// The greatest difference of any sample, whatever the numbers of channels.
int greatest_difference(const image::Image& a, const image::Image& b) {
  REQUIRE(a.width() == b.width());
  REQUIRE(a.height() == b.height());
  int greatest = 0;
  for (int y = 0; y < a.height(); ++y) {
    for (int x = 0; x < a.width(); ++x) greatest = std::max(greatest, distance(at(a, x, y), at(b, x, y)));
  }
  return greatest;
}

int greatest_difference_of_alpha(const image::Image& a, const image::Image& b) {
  int greatest = 0;
  for (int y = 0; y < a.height(); ++y) {
    for (int x = 0; x < a.width(); ++x) greatest = std::max(greatest, std::abs(at(a, x, y).a - at(b, x, y).a));
  }
  return greatest;
}

base::ErrorKind refusal(const image::Image& picture, Format format, const EncodeOptions& options = {},
                        const codec::Metadata& metadata = {}) {
  try {
    codec::encode(picture, format, options, metadata);
  } catch (const base::Error& error) {
    INFO(error.what());
    CHECK(std::string(error.what()).find('\n') == std::string::npos);
    return error.kind();
  }
  FAIL("nothing was thrown");
  return base::ErrorKind::internal;
}

// Of as many colours as asked for, the first half of them translucent where `alpha` says so.
image::Image of_colours(int colours, bool alpha) {
  constexpr int kSide = 37;
  std::vector<std::uint8_t> samples;
  for (int i = 0; i < kSide * kSide; ++i) {
    const int k = i * 7 % colours;
    for (const int value : {k & 255, 255 - (k & 255), (k >> 8) * 90}) {
      samples.push_back(static_cast<std::uint8_t>(value));
    }
    if (alpha) samples.push_back(static_cast<std::uint8_t>(k < colours / 2 ? 10 + k / 2 : 255));
  }
  return {kSide, kSide, alpha ? 4 : 3, std::move(samples)};
}

TEST_CASE("encode: a higher quality is closer and larger, in every format") {
  const image::Image picture = scene(160, 120);
  for (const Format format : {Format::jpeg, Format::webp, Format::avif}) {
    double last_ssim = 0;
    std::size_t last_bytes = 0;
    for (const int quality : {20, 50, 75, 95}) {
      const base::Bytes file = encoded(picture, format, with_quality(quality));
      const double ssim = score::compare(picture, decoded(file)).ssim;
      INFO(codec::to_string(format) << ' ' << quality << ": " << ssim << ", " << file.size() << " bytes");
      CHECK(ssim > last_ssim);
      CHECK(file.size() > last_bytes);
      last_ssim = ssim;
      last_bytes = file.size();
    }
    CHECK(last_ssim > .97);
  }
}

TEST_CASE("encode: the same picture and options give the same bytes") {
  const image::Image picture = scene(90, 70, 4);
  for (const Format format : {Format::webp, Format::avif, Format::png}) {
    CHECK(encoded(picture, format) == encoded(picture, format));
  }
  CHECK(encoded(scene(90, 70), Format::jpeg) == encoded(scene(90, 70), Format::jpeg));
}

TEST_CASE("encode: without loss every sample comes back") {
  for (const int channels : {1, 3, 4}) {
    const image::Image picture = scene(61, 43, channels);
    for (const Format format : {Format::webp, Format::avif, Format::png}) {
      INFO(codec::to_string(format) << ", channels " << channels);
      CHECK(greatest_difference(picture, decoded(encoded(picture, format, without_loss()))) == 0);
    }
  }
  CHECK(refusal(scene(8, 8), Format::jpeg, without_loss()) == base::ErrorKind::unsupported);
}

TEST_CASE("encode: transparency stays, close in lossy formats") {
  const image::Image picture = scene(96, 64, 4, 0);
  for (const Format format : {Format::webp, Format::avif}) {
    const image::Image result = decoded(encoded(picture, format, with_quality(80)));
    INFO(codec::to_string(format));
    REQUIRE(result.has_alpha());
    CHECK(greatest_difference_of_alpha(picture, result) <= 4);
    CHECK(score::compare(picture, result).ssim > .9);
  }
  CHECK(refusal(picture, Format::jpeg) == base::ErrorKind::internal);
}

TEST_CASE("encode: grey stays grey") {
  const image::Image grey = scene(80, 60, 1);
  for (const Format format : kAll) {
    const image::Image result = decoded(encoded(grey, format, with_quality(90)));
    INFO(codec::to_string(format));
    CHECK(greatest_difference(grey, result) <= 30);
    int tint = 0;
    for (int y = 0; y < result.height(); ++y) {
      for (int x = 0; x < result.width(); ++x) {
        const Colour c = at(result, x, y);
        tint = std::max({tint, std::abs(c.r - c.g), std::abs(c.b - c.g)});
      }
    }
    CHECK(tint <= (format == Format::webp ? 3 : 0));  // WebP has no grey
  }
}

TEST_CASE("encode: any size from one pixel on") {
  for (const auto& [width, height] : {std::pair(1, 1), {1, 9}, {9, 1}, {2, 2}, {3, 5}, {17, 13}, {65, 31}}) {
    for (const int channels : {1, 3, 4}) {
      const image::Image picture = scene(width, height, channels, 0);
      for (const Format format : kAll) {
        if (format == Format::jpeg && channels == 4) continue;
        for (const codec::Chroma chroma : {codec::Chroma::half, codec::Chroma::full}) {
          EncodeOptions options = with_quality(95);
          options.chroma = chroma;
          INFO(codec::to_string(format) << ' ' << width << " x " << height << " x " << channels);
          CHECK(greatest_difference(picture, decoded(encoded(picture, format, options))) <= 60);
        }
      }
    }
  }
}

TEST_CASE("encode: a PNG of few colours has a palette, of as few bits as it takes") {
  struct Case {
    int colours, bits;
  };
  for (const auto& [colours, bits] :
       {Case{1, 1}, {2, 1}, {3, 2}, {4, 2}, {5, 4}, {16, 4}, {17, 8}, {256, 8}, {257, 8}}) {
    for (const bool alpha : {false, true}) {
      const image::Image picture = of_colours(colours, alpha);
      const base::Bytes file = encoded(picture, Format::png);
      INFO(colours << " colours, alpha " << alpha);
      constexpr std::size_t kDepth = 24, kKind = 25;
      CHECK(int{file[kDepth]} == bits);
      CHECK(int{file[kKind]} == (colours <= 256 ? 3 : alpha ? 6 : 2));
      CHECK(greatest_difference(picture, decoded(file)) == 0);
    }
  }
}

TEST_CASE("encode: too large for the format is said before any work") {
  const auto line = [](int width) {
    return image::Image(width, 1, 1, std::vector<std::uint8_t>(static_cast<std::size_t>(width), 90));
  };
  const auto column = [](int height) {
    return image::Image(1, height, 1, std::vector<std::uint8_t>(static_cast<std::size_t>(height), 90));
  };
  for (const Format format : {Format::jpeg, Format::webp, Format::avif}) {
    const int largest = codec::largest_side(format);
    CHECK(refusal(line(largest + 1), format) == base::ErrorKind::unsupported);
    CHECK(refusal(column(largest + 1), format) == base::ErrorKind::unsupported);
    if (format == Format::avif) continue;  // correct, but slow
    CHECK(decoded(encoded(line(largest), format)).width() == largest);
    CHECK(decoded(encoded(column(largest), format)).height() == largest);
  }
  CHECK(codec::largest_side(Format::webp) == 16383);
  CHECK(codec::largest_side(Format::jpeg) == 65500);
  CHECK(decoded(encoded(line(70000), Format::png)).width() == 70000);
}

TEST_CASE("encode: metadata is in the file as it was given") {
  const std::string packet = full_xmp();
  const codec::Metadata metadata{adobe_like_profile(), exif_block(1), base::Bytes(packet.begin(), packet.end())};
  codec::DecodeOptions as_it_is;
  as_it_is.keep_profile = true;
  for (const Format format : kAll) {
    for (const int channels : {3, 4}) {
      if (format == Format::jpeg && channels == 4) continue;
      const image::Image picture = scene(40, 30, channels);
      const base::Bytes file = encoded(picture, format, with_quality(95), metadata);
      const codec::Decoded result = codec::decode(file, as_it_is);
      INFO(codec::to_string(format));
      CHECK(result.metadata.icc == metadata.icc);
      CHECK(result.metadata.exif == metadata.exif);
      CHECK(result.metadata.xmp == metadata.xmp);
      CHECK(result.image.has_alpha() == (channels == 4));
      CHECK(score::compare(picture, result.image).ssim > .8);
      const base::Bytes bare = encoded(picture, format, with_quality(95));
      CHECK_FALSE(contains(bare, packet.substr(0, 30)));
      CHECK(bare.size() < file.size());
    }
  }
}

TEST_CASE("encode: metadata that a JPEG can't hold is refused, and a large profile is divided") {
  const base::Bytes large(70000, 7);
  CHECK(refusal(scene(8, 8), Format::jpeg, {}, {{}, large, {}}) == base::ErrorKind::unsupported);
  CHECK(refusal(scene(8, 8), Format::jpeg, {}, {{}, {}, large}) == base::ErrorKind::unsupported);
  CHECK(encoded(scene(8, 8), Format::jpeg, {}, {large, {}, {}}).size() > large.size());
}

TEST_CASE("encode: JPEG tables and chroma are those that were asked for") {
  const image::Image picture = scene(64, 64);
  for (const int quality : {10, 50, 85, 100}) {
    EncodeOptions options = with_quality(quality);
    options.jpeg_tables = codec::JpegTables::standard;
    CHECK(codec::jpeg_quality(encoded(picture, Format::jpeg, options)).value().quality == quality);
  }
  EncodeOptions options = with_quality(85);
  CHECK(codec::jpeg_quality(encoded(picture, Format::jpeg, options)).value().subsampled);
  options.chroma = codec::Chroma::full;
  CHECK_FALSE(codec::jpeg_quality(encoded(picture, Format::jpeg, options)).value().subsampled);
}

TEST_CASE("encode: full chroma keeps coloured lines that half chroma smears") {
  std::vector<std::uint8_t> samples;
  for (int i = 0; i < 64 * 64; ++i) {
    const bool red = i % 2 == 0;
    samples.insert(samples.end(), {std::uint8_t(red ? 220 : 20), 20, std::uint8_t(red ? 20 : 220)});
  }
  const image::Image lines(64, 64, 3, std::move(samples));
  for (const Format format : {Format::jpeg, Format::avif}) {
    EncodeOptions options = with_quality(90);
    options.chroma = codec::Chroma::full;
    CHECK(greatest_difference(lines, decoded(encoded(lines, format, options))) < 60);
    options.chroma = codec::Chroma::half;
    CHECK(greatest_difference(lines, decoded(encoded(lines, format, options))) > 60);
  }
}

TEST_CASE("quality_step: AVIF's qualities share 64 quantizers, and those that do give the same bytes") {
  const image::Image picture = scene(48, 48);
  for (int quality = 60; quality < 66; ++quality) {
    const bool same = codec::quality_step(Format::avif, quality) == codec::quality_step(Format::avif, quality + 1);
    CHECK(same == (encoded(picture, Format::avif, with_quality(quality)) ==
                   encoded(picture, Format::avif, with_quality(quality + 1))));
  }
  CHECK(codec::quality_step(Format::avif, 0) == 0);
  CHECK(codec::quality_step(Format::avif, 100) == 63);
  CHECK(codec::quality_step(Format::jpeg, 71) == 71);
}

TEST_CASE("encode: speed and method reach the encoders") {
  const image::Image picture = scene(128, 128);
  EncodeOptions slow, fast;
  slow.avif_speed = 4, fast.avif_speed = 10;
  CHECK(encoded(picture, Format::avif, slow) != encoded(picture, Format::avif, fast));
  slow.webp_method = 6, fast.webp_method = 0;
  CHECK(encoded(picture, Format::webp, slow).size() < encoded(picture, Format::webp, fast).size());
}

TEST_CASE("encode: stopped anywhere in its course, it leaves by the stop's exception and nothing behind") {
  constexpr int kWidth = 1200, kHeight = 900;
  base::Bytes samples(std::size_t{kWidth} * kHeight * 3);
  std::uint32_t state = 1;
  for (std::uint8_t& sample : samples) sample = static_cast<std::uint8_t>((state = state * 1664525 + 1013904223) >> 24);
  const image::Image noise(kWidth, kHeight, 3, std::move(samples));
  using Clock = base::Stop::Clock;
  for (const Format format : {Format::jpeg, Format::webp}) {
    const Clock::time_point start = Clock::now();
    encoded(noise, format);
    const auto whole = Clock::now() - start;
    int stopped = 0;
    for (int part = 0; part < 20; ++part) {
      EncodeOptions options;
      options.stop = base::Stop(nullptr, Clock::now() + whole * part / 20);
      try {
        codec::encode(noise, format, options, {});
      } catch (const base::Error& error) {
        CHECK(error.kind() == base::ErrorKind::timeout);
        ++stopped;
      }
    }
    CHECK(stopped > 0);
  }
}

}  // namespace
}  // namespace imgmill
