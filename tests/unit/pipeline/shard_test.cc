// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pipeline/shard.h"

#include <catch2/catch.hpp>

#include "base/error.h"

using namespace imgmill;
using pipeline::Shard;

TEST_CASE("a shard is I of N") {
  CHECK(pipeline::parse_shard("1/1") == Shard{1, 1});
  CHECK(pipeline::parse_shard("2/3") == Shard{2, 3});
  CHECK(pipeline::to_string(Shard{2, 3}) == "2/3");
  for (const char* wrong :
       {"", "/", "1", "0/3", "4/3", "1/0", "-1/3", "1/3/5", "a/b", "1 /3", "1/3 ", "1.5/3", "1/2000000"}) {
    INFO(wrong);
    CHECK_THROWS_WITH(pipeline::parse_shard(wrong), Catch::StartsWith("must be I/N") && Catch::EndsWith("'"));
  }
}

TEST_CASE("every path is in exactly one of the shards, which are about equally large") {
  for (const int of : {1, 2, 3, 7}) {
    std::vector<int> sizes(static_cast<std::size_t>(of));
    for (int i = 0; i < 2000; ++i) {
      int found = 0;
      for (int part = 1; part <= of; ++part) {
        if (!pipeline::holds({part, of}, "icons/" + std::to_string(i) + ".png")) continue;
        ++found;
        ++sizes[static_cast<std::size_t>(part - 1)];
      }
      REQUIRE(found == 1);
    }
    for (const int size : sizes) CHECK(size == Approx(2000.0 / of).epsilon(0.2));
  }
}

// Shards of one batch may run with different versions on different machines.
TEST_CASE("where a path belongs is fixed") {
  std::string parts;
  for (const char* path : {"a.png", "b.png", "icons/a.png", "icons/\xFF.png", "x/y/z.png"}) {
    for (int part = 1; part <= 3; ++part) {
      if (pipeline::holds({part, 3}, path)) parts += std::to_string(part);
    }
  }
  CHECK(parts == "12323");
}

TEST_CASE("the jobs of a shard keep their order and count from 0") {
  std::vector<pipeline::Job> jobs(20);
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    jobs[i].index = i;
    jobs[i].relative = std::to_string(i + 10);
  }
  std::size_t total = 0;
  for (int part = 1; part <= 3; ++part) {
    const std::vector<pipeline::Job> some = pipeline::jobs_of({part, 3}, jobs);
    for (std::size_t i = 0; i < some.size(); ++i) {
      CHECK(some[i].index == i);
      if (i > 0) CHECK(some[i - 1].relative < some[i].relative);
    }
    total += some.size();
  }
  CHECK(total == jobs.size());
  CHECK(pipeline::jobs_of({}, jobs).size() == jobs.size());
}
