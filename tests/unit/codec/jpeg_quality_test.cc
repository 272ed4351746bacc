// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "codec/jpeg_quality.h"

#include <turbojpeg.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <memory>

#include "codec/encode.h"
#include "codec/samples.h"

namespace imgmill {
namespace {

using namespace test;

base::Bytes coded(int quality, int subsampling) {
  const std::unique_ptr<void, int (*)(void*)> handle(tjInitCompress(), tjDestroy);
  const std::vector<std::uint8_t> samples = quadrant_samples(3);
  unsigned char* buffer = nullptr;
  unsigned long size = 0;
  REQUIRE(tjCompress2(handle.get(), samples.data(), kWidth, 0, kHeight, TJPF_RGB, &buffer, &size, subsampling, quality,
                      0) == 0);
  base::Bytes bytes(buffer, buffer + size);
  tjFree(buffer);
  return bytes;
}

TEST_CASE("jpeg_quality: what libjpeg was told, for every quality") {
  for (int quality = 1; quality <= 100; ++quality) {
    const int subsampling = quality % 2 == 0 ? TJSAMP_420 : TJSAMP_444;
    const auto found = codec::jpeg_quality(coded(quality, subsampling));
    REQUIRE(found);
    REQUIRE(found->quality == quality);
    REQUIRE(found->subsampled == (subsampling == TJSAMP_420));
  }
  CHECK(codec::jpeg_quality(coded(80, TJSAMP_GRAY))->quality == 80);
  CHECK_FALSE(codec::jpeg_quality(coded(80, TJSAMP_GRAY))->subsampled);
  CHECK(codec::jpeg_quality(coded(80, TJSAMP_422))->subsampled);
}

TEST_CASE("jpeg_quality: what our own encoder was told, with either tables") {
  const image::Image picture(kWidth, kHeight, 3, quadrant_samples(3));
  for (const codec::JpegTables tables : {codec::JpegTables::tuned, codec::JpegTables::standard}) {
    for (int quality = 1; quality <= 97; quality += 4) {  // at 98 and above tables of whole numbers hardly differ
      codec::EncodeOptions options;
      options.quality = quality;
      options.jpeg_tables = tables;
      const base::Bytes file = codec::encode(picture, codec::Format::jpeg, options, {}).bytes;
      CAPTURE(quality);
      CHECK(codec::jpeg_quality(file)->quality == quality);
    }
  }
}

TEST_CASE("jpeg_quality: other tables are given the nearest") {
  base::Bytes file = coded(75, TJSAMP_444);
  constexpr std::array<std::uint8_t, 2> kTables{0xff, 0xdb};
  const auto at = std::search(file.begin(), file.end(), kTables.begin(), kTables.end());
  REQUIRE(at != file.end());
  for (auto entry = at + 5; entry != at + 5 + 64; ++entry) *entry = static_cast<std::uint8_t>(*entry * 3 / 2);
  const int quality = codec::jpeg_quality(file)->quality;
  CHECK(quality >= 60);
  CHECK(quality <= 74);
}

TEST_CASE("jpeg_quality: nothing for what is no whole JPEG") {
  base::Bytes file = coded(75, TJSAMP_444);
  CHECK_FALSE(codec::jpeg_quality({}));
  CHECK_FALSE(codec::jpeg_quality(read_fixture("quadrants/rgb.avif")));
  for (std::size_t size = 0; size < 300; ++size) codec::jpeg_quality(base::ByteView(file).first(size));
  CHECK_FALSE(codec::jpeg_quality(base::ByteView(file).first(100)));
}

}  // namespace
}  // namespace imgmill
