// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/alerts.h"

#include <catch2/catch.hpp>

#include "base/error.h"

using namespace imgmill;

namespace {

std::string lines(const char* alerts, const pipeline::Summary& summary) {
  std::string text;
  for (const std::string& line : report::set_off(report::parse_alerts(alerts), summary)) text += line + "\n";
  return text;
}

}  // namespace

TEST_CASE("alerts are read from a list and written back") {
  const auto alerts = report::parse_alerts("cpu>85,hit_rate<70.5,item_seconds>0");
  REQUIRE(alerts.size() == 3);
  CHECK(alerts[1].figure == "hit_rate");
  CHECK_FALSE(alerts[1].above);
  CHECK(alerts[1].bound == 70.5);
  CHECK(report::format_alerts(alerts) == "cpu>85,hit_rate<70.5,item_seconds>0");
  for (const char* wrong :
       {"", "cpu", "cpu>", "cpu=5", "cpu>=5", "load>5", "cpu>85,", "cpu>-1", "cpu>x", "cpu>5%", "cpu>nan", "cpu >5"}) {
    INFO(wrong);
    CHECK_THROWS_WITH(report::parse_alerts(wrong), Catch::StartsWith("must be a list of cpu, memory"));
  }
}

TEST_CASE("an alert is set off past its bound, not at it") {
  pipeline::Summary summary;
  summary.cpu_seconds = 9;
  summary.wall_seconds = 5;
  summary.cores = 2;
  summary.peak_memory = 150;
  summary.memory_budget = 200;
  summary.counts[static_cast<std::size_t>(pipeline::Status::written)] = 3;
  summary.counts[static_cast<std::size_t>(pipeline::Status::failed)] = 1;
  summary.counts[static_cast<std::size_t>(pipeline::Status::skipped)] = 6;  // were not worked on
  summary.item_ms = 10000;
  CHECK(lines("cpu>85", summary) == "cpu is 90 %, over 85 %\n");
  CHECK(lines("cpu>90", summary).empty());
  CHECK(lines("cpu<95", summary) == "cpu is 90 %, under 95 %\n");
  CHECK(lines("cpu<90", summary).empty());
  CHECK(lines("memory>74,memory>75", summary) == "memory is 75 %, over 74 %\n");
  CHECK(lines("error_rate>20", summary) == "error_rate is 25 %, over 20 %\n");
  summary.cache.by_answer = {1, 2, 0, 1};  // the last: misses
  CHECK(lines("hit_rate<70,hit_rate<80", summary) == "hit_rate is 75 %, under 80 %\n");
  CHECK(lines("item_seconds>2", summary) == "item_seconds is 2.5 s, over 2 s\n");
}

TEST_CASE("a figure that a run doesn't have sets off nothing") {
  CHECK(lines("cpu<100,memory<100,hit_rate<100,item_seconds<100,error_rate<100", {}).empty());
}
