// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/palette.h"

#include <catch2/catch.hpp>

#include "base/error.h"

using namespace imgmill;
using plan::parse_palette;

TEST_CASE("a plain palette: a colour a line, comments, repeats once") {
  const auto colors = parse_palette("; title\r\n#ff0000\r\n\n  #0f0  \n// note\n#FF0000\n#0000ff");
  REQUIRE(colors.size() == 3);
  CHECK(colors[0] == image::Rgba{255, 0, 0, 255});
  CHECK(colors[1] == image::Rgba{0, 255, 0, 255});
  CHECK(colors[2] == image::Rgba{0, 0, 255, 255});
}

TEST_CASE("a palette of GIMP's") {
  const auto colors = parse_palette("GIMP Palette\nName: x\nColumns: 4\n# c\n  1   2   3\tfirst one\n255 254 253\n");
  REQUIRE(colors.size() == 2);
  CHECK(colors[0] == image::Rgba{1, 2, 3, 255});
  CHECK(colors[1] == image::Rgba{255, 254, 253, 255});
}

TEST_CASE("mistakes in a palette name their line") {
  CHECK_THROWS_WITH(parse_palette("#fff\n\nblue\n"),
                    "must be a palette, but line 3 must be a colour as #rrggbb, not 'blue'");
  CHECK_THROWS_WITH(parse_palette("GIMP Palette\n1 2 256 x\n"),
                    "must be a palette, but line 2 must be three numbers from 0 to 255");
  CHECK_THROWS_WITH(parse_palette("GIMP Palette\n1 2\n"),
                    "must be a palette, but line 2 must be three numbers from 0 to 255");
  CHECK_THROWS_WITH(parse_palette("; nothing\n"), "must be a palette with at least one colour");
}
