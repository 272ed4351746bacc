// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "codec/libraries.h"

#include <catch2/catch.hpp>

namespace imgmill::codec {
namespace {

TEST_CASE("reading_libraries: each with a version") {
  const Libraries& libraries = reading_libraries();
  for (const char* name : {"libavif", "libjpeg-turbo", "libwebp", "spng", "lcms2", "vips", "librsvg", "opencv"}) {
    CAPTURE(name);
    REQUIRE(libraries.contains(name));
    CHECK(libraries.at(name).find_first_of("0123456789") == 0);
  }
}

TEST_CASE("writing_libraries: one a format, with a version") {
  for (const Format format : {Format::avif, Format::webp, Format::jpeg, Format::png}) {
    const Libraries libraries = writing_libraries(format);
    REQUIRE(libraries.size() == 1);
    CHECK_FALSE(libraries.begin()->second.empty());
  }
  CHECK(writing_libraries(Format::avif).at("libavif encoder").find("aom") != std::string::npos);
  CHECK(writing_libraries(Format::svg).empty());
}

}  // namespace
}  // namespace imgmill::codec
