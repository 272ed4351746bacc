// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "compress/closeness.h"

#include <catch2/catch.hpp>

#include "codec/encode.h"
#include "image/scene.h"

using namespace imgmill;

namespace {

double decoded_ssim(const image::Image& picture, const base::Bytes& file, bool repeat_chroma) {
  codec::DecodeOptions options;
  options.repeat_chroma = repeat_chroma;
  return score::compare(picture, codec::decode(file, options).image).ssim;
}

}  // namespace

TEST_CASE("closeness: of an AVIF with halved colour it is the lower one of two decodings") {
  const image::Image picture = test::scene(160, 120);
  codec::EncodeOptions options;
  options.avif_speed = 9;
  const base::Bytes half = codec::encode(picture, codec::Format::avif, options, {}).bytes;
  const double interpolated = decoded_ssim(picture, half, false), repeated = decoded_ssim(picture, half, true);
  REQUIRE(interpolated != repeated);
  CHECK(compress::closeness(picture, half, options, nullptr).ssim == std::min(interpolated, repeated));

  options.chroma = codec::Chroma::full;
  const base::Bytes full = codec::encode(picture, codec::Format::avif, options, {}).bytes;
  CHECK(decoded_ssim(picture, full, false) == decoded_ssim(picture, full, true));
  CHECK(compress::closeness(picture, full, options, nullptr).ssim == decoded_ssim(picture, full, false));
}

TEST_CASE("closeness: other formats are decoded once, and the time is told apart") {
  const image::Image picture = test::scene(160, 120);
  const codec::EncodeOptions options;
  base::StageClock clock;
  const base::Bytes file = codec::encode(picture, codec::Format::webp, options, {}).bytes;
  CHECK(compress::closeness(picture, file, options, &clock).ssim == decoded_ssim(picture, file, true));
  REQUIRE(clock.stages().size() == 2);
  CHECK(clock.stages()[0].name == "redecode");
  CHECK(clock.stages()[1].name == "score");
}
