// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "compress/params.h"

#include <catch2/catch.hpp>
#include <string>
#include <variant>

#include "base/error.h"

using namespace imgmill;
using codec::Format;
using compress::Fit;

namespace {

std::string round_trip(const std::string& text) { return compress::format_variants(compress::parse_variants(text)); }

template <typename Parse>
std::string refusal(Parse parse, const std::string& text) {
  try {
    parse(text);
  } catch (const base::Error& error) {
    CHECK(error.kind() == base::ErrorKind::usage);
    return error.what();
  }
  return "";
}

std::string formats(const std::string& text) { return compress::format_formats(compress::parse_formats(text)); }

}  // namespace

TEST_CASE("variants: what is written is what was read") {
  for (const char* text :
       {"full=1024", "thumbnail=150,full=1024", "a=150x200", "original=0", "t=150:crop", "t=150x90:attention:avif=50",
        "t=1:inside:avif=0:webp=100:jpeg=7,\xc3\xa4 b=65535", "a.b-c_d=10"}) {
    CHECK(round_trip(text) == text);
  }
  CHECK(round_trip("a=20x20") == "a=20");
  CHECK(round_trip("a=0x0") == "a=0");
  CHECK(round_trip("a=20:jpg=5:crop") == "a=20:crop:jpeg=5");
}

TEST_CASE("variants: each part means what it says") {
  const auto variants = compress::parse_variants("t=150x90:attention:webp=50,full=0");
  REQUIRE(variants.size() == 2);
  CHECK(variants[0].name == "t");
  CHECK(variants[0].box == image::Size{150, 90});
  CHECK(variants[0].fit == Fit::attention);
  CHECK(variants[0].quality.of(Format::webp) == 50);
  CHECK_FALSE(variants[0].quality.of(Format::avif));
  CHECK_FALSE(variants[0].quality.of(Format::png));
  CHECK(variants[1].box == image::Size{0, 0});
  CHECK_FALSE(variants[1].fit);
}

TEST_CASE("variants: what can't be read is refused, and says what it must be") {
  for (const char* text : {"",           ",",
                           "150",        "=150",
                           "a=",         "a=-1",
                           "a=1.5",      "a=10x",
                           "a=x10",      "a=0x10",
                           "a=10x0",     "a=10x10x10",
                           "a=65536",    "a=99999999999",
                           "a= 10",      "a=10,",
                           "a=10,a=20",  "a/b=10",
                           "a\\b=10",    "a:b=10",
                           "{a}=10",     "a=10:",
                           "a=10:zoom",  "a=10:jpeg",
                           "a=10:jpeg=", "a=10:jpeg=101",
                           "a=10:png=5", "a=10:=5",
                           "a=10;b=5"}) {
    INFO(text);
    CHECK_THAT(refusal(compress::parse_variants, text), Catch::StartsWith("must "));
  }
}

TEST_CASE("formats: what is written is what was read") {
  CHECK(formats("avif,webp,jpeg,png") == "avif,webp,jpeg,png");
  CHECK(formats("jpg") == "jpeg");
  CHECK(formats("webp,webp,jpg,jpeg") == "webp,jpeg");
  CHECK(formats("best") == "best,avif,webp,jpeg,png");
  CHECK(formats("best,webp") == "best,webp");
  CHECK(formats(formats("webp,best")) == "best,webp");
  for (const char* text : {"", "gif", "avif,", "AVIF", "avif webp", "worst"}) {
    INFO(text);
    CHECK_THAT(refusal(compress::parse_formats, text), Catch::StartsWith("must "));
  }
}

TEST_CASE("encode_options: the variant's quality wins, for its own format alone") {
  compress::CompressParams params;
  params.variants = compress::parse_variants("t=150:jpeg=33,full=0");
  const auto quality = [&](std::size_t variant, Format format) {
    return compress::encode_options(params, params.variants[variant], format).quality;
  };
  CHECK(quality(0, Format::jpeg) == 33);
  CHECK(quality(0, Format::avif) == params.avif_quality);
  CHECK(quality(1, Format::jpeg) == params.jpeg_quality);
  CHECK(quality(1, Format::webp) == params.webp_quality);
}

TEST_CASE("encode_options: PNG is lossless, JPEG never, the others where asked for") {
  compress::CompressParams params;
  const auto lossless = [&](Format format) {
    return compress::encode_options(params, params.variants[0], format).lossless;
  };
  CHECK(lossless(Format::png));
  CHECK_FALSE(lossless(Format::webp));
  params.lossless = true;
  CHECK(lossless(Format::webp));
  CHECK(lossless(Format::avif));
  CHECK_FALSE(lossless(Format::jpeg));
}

TEST_CASE("encode_options: everything else is passed on") {
  compress::CompressParams params;
  params.webp_method = 2, params.avif_speed = 9, params.avif_threads = 3;
  params.chroma = compress::ChromaChoice::full;
  params.jpeg_tables = codec::JpegTables::standard;
  const codec::EncodeOptions options = compress::encode_options(params, params.variants[0], Format::avif);
  CHECK(options.webp_method == 2);
  CHECK(options.avif_speed == 9);
  CHECK(options.avif_threads == 3);
  CHECK(options.chroma == codec::Chroma::full);
  CHECK(options.jpeg_tables == codec::JpegTables::standard);
}

TEST_CASE("every numeric parameter has its default within its range") {
  const compress::CompressParams params;
  for (const auto& field : compress::compress_fields()) {
    INFO(field.name);
    const double value = std::visit([&](auto member) { return static_cast<double>(params.*member); }, field.member);
    CHECK((value >= field.min && value <= field.max));
  }
}

TEST_CASE("extension: what files of a format are called") {
  CHECK(compress::extension(Format::jpeg) == "jpg");
  CHECK(compress::extension(Format::avif) == "avif");
}
