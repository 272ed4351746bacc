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
  a.outputs.push_back({"a.svg", "svg"});
  a.outputs[0].bytes = 1000;
  a.outputs[0].ssim = 0.98;
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

TEST_CASE("each of several results has a row, the time stands in the first") {
  Outcome a;
  a.input = "a.png";
  a.total_ms = 10;
  a.outputs.push_back({"a-full.avif", "avif", "full"});
  a.outputs.push_back({"a-full.jpg", "jpeg", "full"});
  a.outputs[0].bytes = 1000;
  a.outputs[1].bytes = 3000;
  a.outputs[1].error = pipeline::Failure{};
  const std::string table = report::table_text(std::vector<Outcome>{a});
  CHECK_THAT(table, Catch::Contains("full.avif") && Catch::Contains("full.jpeg") && Catch::Contains("failed"));
  CHECK_THAT(table, !Catch::Contains("3000"));
}
