// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "compress/probe.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "image/scene.h"
#include "score/score.h"

using namespace imgmill;
using codec::Format;
using compress::Probe;

namespace {

constexpr Format kLossy[] = {Format::jpeg, Format::webp, Format::avif};

codec::EncodeOptions fast() {
  codec::EncodeOptions options;
  options.avif_speed = 8;
  return options;
}

}  // namespace

TEST_CASE("probe: forecasts fall with the quality and rise in bytes") {
  for (const Format format : kLossy) {
    Probe probe(test::scene(500, 400), format, fast());
    probe.aim_at_ssim(.95);
    INFO(codec::to_string(format));
    CHECK(probe.log_error(30) > probe.log_error(90));
    CHECK(probe.log_bytes(30) < probe.log_bytes(90));
    CHECK(probe.quality_for_ssim(.9) <= probe.quality_for_ssim(.97));
    CHECK(probe.log_bytes_for_ssim(.9) < probe.log_bytes_for_ssim(.97));
  }
}

TEST_CASE("probe: what it expects where it aimed is near what the encoder does") {
  const image::Image picture = test::scene(500, 400);
  for (const Format format : kLossy) {
    Probe probe(picture, format, fast());
    probe.aim_at_ssim(.95);
    codec::EncodeOptions options = fast();
    options.quality = probe.quality_for_ssim(.95);
    const base::Bytes file = codec::encode(picture, format, options, {}).bytes;
    const double error = 1 - score::compare(picture, codec::decode(file, codec::DecodeOptions()).image).ssim;
    INFO(codec::to_string(format) << " at " << options.quality);
    CHECK(std::abs(std::log(error) - probe.log_error(options.quality)) < .5);
    CHECK(std::abs(std::log(static_cast<double>(file.size())) - probe.log_bytes(options.quality)) < .5);
  }
}

TEST_CASE("probe: it looks at small, narrow and translucent pictures too") {
  for (const auto& [width, height] : {std::pair(1, 1), {3, 400}, {400, 3}, {129, 65}, {700, 130}}) {
    for (const Format format : kLossy) {
      const int channels = format == Format::jpeg ? 1 : 4;
      Probe probe(test::scene(width, height, channels), format, fast());
      probe.aim_at_ssim(.98);
      probe.aim_at_bytes(500);
      INFO(codec::to_string(format) << ' ' << width << " x " << height);
      CHECK(std::isfinite(probe.log_error(50)));
      CHECK(std::isfinite(probe.log_bytes(50)));
      const int quality = probe.quality_for_ssim(.98);
      CHECK((quality >= 0 && quality <= 100));
    }
  }
}

TEST_CASE("probe: targets that nothing reaches end the scale") {
  Probe probe(test::scene(64, 64, 3, 60), Format::webp, fast());
  probe.aim_at_ssim(1);
  CHECK(probe.quality_for_ssim(1) == 100);
  CHECK(probe.quality_for_ssim(.001) == 0);
}
