// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pipeline/make_output.h"

#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>

#include "base/error.h"
#include "image/scene.h"

using namespace imgmill;
using codec::Format;
using pipeline::Goal;
using pipeline::Made;

namespace {

constexpr Format kLossy[] = {Format::jpeg, Format::webp, Format::avif};

struct Fixture {
  image::Image picture = test::scene(240, 160);
  compress::CompressParams params;
  codec::EncodeOptions options;
  base::Stop stop;

  Fixture() { options.avif_speed = 9; }
  Made make(Format format, const Goal& goal) const {
    base::StageClock clock;
    return pipeline::make_output(picture, format, options, params, goal, {}, stop, clock);
  }
  // As somebody else would measure it, whichever decoder that is.
  double ssim(const Made& made) const {
    codec::DecodeOptions other;
    other.repeat_chroma = true;
    return std::min(score::compare(picture, codec::decode(made.bytes, codec::DecodeOptions()).image).ssim,
                    score::compare(picture, codec::decode(made.bytes, other).image).ssim);
  }
};

// Saturated lines one pixel wide: half of the colour is lost with 4:2:0.
image::Image coloured_lines() {
  std::vector<std::uint8_t> samples;
  for (int i = 0; i < 200 * 200; ++i) {
    const bool red = i % 200 % 2 == 0;
    samples.insert(samples.end(), {std::uint8_t(red ? 230 : 20), 20, std::uint8_t(red ? 20 : 230)});
  }
  return {200, 200, 3, std::move(samples)};
}

image::Image checks() {
  std::vector<std::uint8_t> samples;
  for (int i = 0; i < 128 * 128; ++i) samples.insert(samples.end(), 3, (i / 8 + i / 1024) % 2 != 0 ? 255 : 0);
  return {128, 128, 3, std::move(samples)};
}

}  // namespace

TEST_CASE("make_output: without a goal one encode at the quality asked for, unscored") {
  Fixture fixture;
  fixture.options.quality = 61;
  for (const Format format : kLossy) {
    const Made made = fixture.make(format, {});
    CHECK(made.bytes == codec::encode(fixture.picture, format, fixture.options, {}).bytes);
    CHECK(made.quality == 61);
    CHECK(made.encodes == 1);
    CHECK_FALSE(made.score);
    CHECK(fixture.make(format, {.score = true}).score.value().ssim == fixture.ssim(made));
  }
}

TEST_CASE("make_output: what is found reaches the target, as decoded again, in few encodes") {
  const Fixture fixture;
  for (const Format format : kLossy) {
    for (const double target : {.8, .9, .95, .98}) {
      const Made made = fixture.make(format, {.target_ssim = target});
      INFO(codec::to_string(format) << ' ' << target << ": quality " << made.quality.value_or(-1));
      CHECK(fixture.ssim(made) >= target);
      CHECK(made.score.value().ssim == fixture.ssim(made));
      CHECK(made.encodes <= 4);
    }
  }
}

TEST_CASE("make_output: a higher target takes more bytes, and what is found is not far above it") {
  const Fixture fixture;
  for (const Format format : kLossy) {
    const Made low = fixture.make(format, {.target_ssim = .85}), high = fixture.make(format, {.target_ssim = .96});
    INFO(codec::to_string(format));
    CHECK(low.bytes.size() < high.bytes.size());
    CHECK(fixture.ssim(low) < .9);
    CHECK(fixture.ssim(high) < .975);
  }
}

TEST_CASE("make_output: a search finds the same each time") {
  const Fixture fixture;
  for (const Format format : kLossy) {
    const Made one = fixture.make(format, {.target_ssim = .93}), two = fixture.make(format, {.target_ssim = .93});
    CHECK(one.bytes == two.bytes);
    CHECK(one.encodes == two.encodes);
  }
}

TEST_CASE("make_output: a target out of reach gives the closest there is") {
  Fixture fixture;
  fixture.params.max_quality = 60;
  for (const Format format : kLossy) {
    const Made made = fixture.make(format, {.target_ssim = .999});
    INFO(codec::to_string(format));
    CHECK(codec::quality_step(format, made.quality.value()) == codec::quality_step(format, 60));
    CHECK(made.score.value().ssim < .999);
  }
}

TEST_CASE("make_output: a search stays within the qualities that are allowed") {
  Fixture fixture;
  fixture.params.min_quality = 70;
  for (const Format format : kLossy) {
    const Made made = fixture.make(format, {.target_ssim = .3});
    CHECK(made.quality == 70);
    CHECK(made.encodes <= 2);
  }
}

TEST_CASE("make_output: the chroma that a target is cheaper with is chosen") {
  Fixture fixture;
  fixture.picture = coloured_lines();
  for (const Format format : {Format::jpeg, Format::avif}) {
    const Made made = fixture.make(format, {.target_ssim = .95});
    CHECK(fixture.ssim(made) >= .95);
    fixture.params.chroma = compress::ChromaChoice::half;
    CHECK(fixture.ssim(fixture.make(format, {.target_ssim = .95})) < .95);
    fixture.params.chroma = compress::ChromaChoice::automatic;
  }
}

TEST_CASE("make_output: a drawing as WebP is lossless where that is smaller") {
  Fixture fixture;
  fixture.picture = checks();
  const Made made = fixture.make(Format::webp, {.target_ssim = .99});
  CHECK_FALSE(made.quality);
  CHECK(made.score.value().ssim == 1);
}

TEST_CASE("make_output: a target that lossy WebP can't reach, lossless does, unless qualities are bound") {
  Fixture fixture;
  fixture.picture = coloured_lines();
  CHECK(fixture.ssim(fixture.make(Format::webp, {.target_ssim = .95})) == 1);
  fixture.picture = test::scene(120, 80, 3, 90);
  const Made made = fixture.make(Format::webp, {.target_ssim = .999});
  CHECK_FALSE(made.quality);
  CHECK(made.encodes <= 4);
  fixture.params.max_quality = 99;
  CHECK(fixture.make(Format::webp, {.target_ssim = .999}).quality == 99);
}

TEST_CASE("make_output: a bound on bytes is kept, by little") {
  Fixture fixture;
  fixture.options.quality = 90;
  for (const Format format : kLossy) {
    const std::size_t whole = fixture.make(format, {}).bytes.size();
    for (const std::uint64_t bound : {whole * 3 / 4, whole / 2}) {
      const Made made = fixture.make(format, {.max_bytes = bound});
      INFO(codec::to_string(format) << ' ' << bound << " of " << whole << ": " << made.bytes.size());
      CHECK(made.bytes.size() <= bound);
      CHECK(made.bytes.size() >= bound * 4 / 5);
      CHECK(made.encodes <= 6);
    }
    CHECK(fixture.make(format, {.max_bytes = whole}).encodes == 1);
  }
}

TEST_CASE("make_output: a bound that nothing keeps gives the smallest there is") {
  Fixture fixture;
  fixture.params.min_quality = 40;
  for (const Format format : kLossy) {
    const Made made = fixture.make(format, {.max_bytes = 60});
    INFO(codec::to_string(format));
    CHECK(made.quality == 40);
    CHECK(made.bytes.size() > 60);
  }
}

TEST_CASE("make_output: a bound wins over a target, and the score says so") {
  const Fixture fixture;
  for (const Format format : kLossy) {
    const Made free = fixture.make(format, {.target_ssim = .97});
    const Made bound = fixture.make(format, {.target_ssim = .97, .max_bytes = free.bytes.size() / 2});
    CHECK(bound.bytes.size() <= free.bytes.size() / 2);
    CHECK(bound.score.value().ssim < .97);
    CHECK(bound.score.value().ssim == fixture.ssim(bound));
  }
}

TEST_CASE("make_output: a bound wins over a target that was reached without loss") {
  Fixture fixture;
  fixture.picture = test::scene(120, 80, 3, 90);
  const std::size_t whole = fixture.make(Format::webp, {.target_ssim = .999}).bytes.size();
  const Made bound = fixture.make(Format::webp, {.target_ssim = .999, .max_bytes = whole / 2});
  CHECK(bound.bytes.size() <= whole / 2);
  CHECK(bound.quality);
  fixture.picture = checks();  // smaller without loss than with any
  CHECK_FALSE(fixture.make(Format::webp, {.target_ssim = .99, .max_bytes = 10}).quality);
}

TEST_CASE("make_output: nothing is searched where nothing is lost") {
  Fixture fixture;
  fixture.options.lossless = true;
  const Made made = fixture.make(Format::png, {.target_ssim = .9, .max_bytes = 10});
  CHECK(made.encodes == 1);
  CHECK(made.score.value().ssim == 1);
}

TEST_CASE("make_output: one pixel, one colour and noise are searched too") {
  Fixture fixture;
  for (const image::Image& picture :
       {test::scene(1, 1), image::Image(50, 40, 3, std::vector<std::uint8_t>(6000, 77)), test::scene(70, 50, 3, 120)}) {
    fixture.picture = picture;
    for (const Format format : kLossy) {
      const Made made = fixture.make(format, {.target_ssim = .9});
      INFO(codec::to_string(format) << ' ' << picture.width());
      CHECK(fixture.ssim(made) >= .9);
      CHECK(made.encodes <= 6);
      CHECK(fixture.make(format, {.max_bytes = 5}).bytes.size() > 5);
    }
  }
}

TEST_CASE("make_output: it stops between encodes") {
  Fixture fixture;
  const std::atomic<bool> stopped{true};
  fixture.stop = base::Stop(&stopped);
  CHECK_THROWS_AS(fixture.make(Format::webp, {.target_ssim = .9}), base::Error);
}
