// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/table.h"

#include <catch2/catch.hpp>
#include <vector>

using namespace imgmill;
using pipeline::Outcome;

TEST_CASE("the table lines up and ends in the means of what was made") {
  Outcome a;
  a.input = "a.png";
  a.engine = "color";
  a.total_ms = 10;
  a.outputs.push_back({"a.svg", "svg", 9, 9, 1000, 0.98, {}, {}});
  Outcome b = a;
  b.input = "größer.png";
  b.total_ms = 20;
  b.outputs[0].bytes = 501;
  b.outputs[0].ssim.reset();
  Outcome c;
  c.input = "bad\n.png";
  c.status = pipeline::Status::failed;
  CHECK(report::table_text(std::vector<Outcome>{a, b, c}) ==
        "file          engine       SSIM     bytes        ms\n"
        "a.png         color      0.9800      1000      10.0\n"
        "größer.png    color           -       501      20.0\n"
        "bad\\n.png     failed          -         -       0.0\n"
        "mean                     0.9800       750      15.0\n");
}
