// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pipeline/order.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/temporary_folder.h"

using namespace imgmill;
using pipeline::Job;
using pipeline::Order;

namespace {

// Files whose sizes differ, in an order that is none of those asked for.
struct Files {
  test::TemporaryFolder folder;
  std::vector<Job> jobs;

  Files() {
    for (const auto& [name, size] : std::vector<std::pair<std::string, std::size_t>>{
             {"b.png", 5}, {"hero/z.png", 9}, {"a.png", 5}, {"hero/a.png", 1}, {"thumb/c.png", 7}}) {
      Job job;
      job.index = jobs.size();
      job.relative = name;
      job.input = folder.path() / name;
      folder.write(name, std::string(size, 'x'));
      jobs.push_back(job);
    }
  }

  std::string in(Order order, const std::string& rules = {}) {
    const auto parsed = rules.empty() ? std::vector<pipeline::PriorityRule>() : pipeline::parse_priorities(rules);
    std::string first, names;
    for (int turn = 0; turn < 3; ++turn) {  // whatever order they came in
      std::rotate(jobs.begin(), jobs.begin() + 2, jobs.end());
      pipeline::arrange(jobs, order, parsed);
      names.clear();
      for (const Job& job : jobs) names += job.relative + " ";
      if (turn == 0) first = names;
      CHECK(names == first);
    }
    return names;
  }
};

std::string refusal(const std::string& text) {
  try {
    pipeline::parse_priorities(text);
  } catch (const base::Error& error) {
    CHECK(error.kind() == base::ErrorKind::usage);
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("jobs by path and by size, ties by path") {
  Files files;
  CHECK(files.in(Order::path) == "a.png b.png hero/a.png hero/z.png thumb/c.png ");
  CHECK(files.in(Order::small_first) == "hero/a.png a.png b.png thumb/c.png hero/z.png ");
  CHECK(files.in(Order::large_first) == "hero/z.png thumb/c.png a.png b.png hero/a.png ");
}

TEST_CASE("jobs by priority: high, normal, low and numbers between them") {
  Files files;
  CHECK(files.in(Order::priority) == "a.png b.png hero/a.png hero/z.png thumb/c.png ");
  CHECK(files.in(Order::priority, "hero/**=high,thumb/*=low") == "hero/a.png hero/z.png a.png b.png thumb/c.png ");
  CHECK(files.in(Order::priority, "thumb/*=0.5,**/z.png=1,b.png=10.5") ==
        "thumb/c.png hero/z.png a.png hero/a.png b.png ");
  CHECK(files.in(Order::priority, "**=low,hero/*=high,hero/z.png=normal") ==
        "hero/a.png hero/z.png a.png b.png thumb/c.png ");  // the last rule that matches counts
}

TEST_CASE("indices stay with their jobs, and what isn't there counts as empty") {
  Files files;
  files.jobs[1].input = "/nonexistent/z.png";
  pipeline::arrange(files.jobs, Order::small_first, {});
  CHECK(files.jobs[0].relative == "hero/z.png");
  CHECK(files.jobs[0].index == 1);
  CHECK(files.jobs.size() == 5);
}

TEST_CASE("priorities are read and printed alike, and refused with a reason") {
  const auto rules = pipeline::parse_priorities("hero/**=high,a=b.png=low,x=normal,y=-2.5");
  CHECK(rules.size() == 4);
  CHECK(rules[1].pattern == "a=b.png");
  CHECK(rules[1].level == pipeline::kLowPriority);
  CHECK(pipeline::format_priorities(rules) == "hero/**=high,a=b.png=low,x=normal,y=-2.5");
  CHECK(refusal("hero/**").find("must be PATTERN=LEVEL") == 0);
  CHECK(refusal("=high").find("must be PATTERN=LEVEL") == 0);
  CHECK(refusal("hero/**=urgent").find("must be PATTERN=high, normal, low or a number") == 0);
}
