// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/stage_report.h"

#include <catch2/catch.hpp>
#include <string>

#include "recorded.h"

using namespace imgmill;

namespace {

pipeline::Outcome item(const std::string& name, int decode, int trace) {
  pipeline::Outcome outcome =
      recorded(name, 0, decode + trace + 10, {span("decode", 0, 0, decode), span("trace", 0, decode, trace)});
  outcome.stages[0].allocated = 3 << 20;
  outcome.stages[0].peak = 2 << 20;
  return outcome;
}

std::string report_of(const std::vector<pipeline::Outcome>& items) {
  report::TimeFigures figures;
  pipeline::Summary summary;
  summary.cpu_seconds = 100;
  for (const pipeline::Outcome& item : items) figures.add(item);
  return report::where_the_time_goes(figures, {}, summary);
}

}  // namespace

TEST_CASE("Where the time goes: looking at the images is told of and in no share") {
  pipeline::Outcome looked = item("a.png", 10, 30);
  looked.look_ms = 12.5;
  const std::string text = report_of({looked, looked});
  CHECK(text.find(" 60.00  60.0 %") != std::string::npos);
  CHECK(text.find("\nNot in it: 25.00 ms to look at the images first\n") != std::string::npos);
  CHECK(report_of({item("a.png", 10, 30)}).find("Not in it") == std::string::npos);
}

TEST_CASE("Where the time goes: the longest stage first, shares of the items' time, what is in no stage") {
  CHECK(report_of({item("a.png", 10, 30), item("b.png", 20, 120)}) ==
        "Where the time goes\n"
        "stage           ms   share  CPU ms  allocated    peak\n"
        "trace       150.00  75.0 %  150.00        0 B     0 B\n"
        "decode       30.00  15.0 %   30.00     6.0 MB  2.0 MB\n"
        "(no stage)   20.00  10.0 %\n"
        "\n"
        "Bottlenecks: trace 75.0 %, decode 15.0 %\n"
        "Recommendations: none that these figures support\n");
}

TEST_CASE("Repetitions: median, 95th percentile and spread of the stages and the items") {
  pipeline::Outcome last = item("a.png", 30, 60);  // 100 ms
  last.earlier = {item("a.png", 10, 60), item("a.png", 20, 60)};
  const std::string text = report_of({last});
  const auto begin = text.find("\nStages");
  const auto end = text.find("\nBottlenecks");
  REQUIRE(begin != std::string::npos);
  CHECK(text.substr(begin, end - begin) ==
        "\nStages, over the repetitions\n"
        "stage   median ms  p95 ms  spread\n"
        "total       90.00   99.00  11.1 %\n"
        "trace       60.00   60.00   0.0 %\n"
        "decode      20.00   29.00  50.0 %\n"
        "\n"
        "Items, over the repetitions\n"
        "file   median ms  p95 ms  spread\n"
        "a.png      90.00   99.00  11.1 %\n");
}

TEST_CASE("Where nothing was done there is nothing to tell") {
  CHECK(report_of({pipeline::Outcome()}) == "Where the time goes\nnothing was done\n");
}
