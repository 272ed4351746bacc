// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench/gate.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "base/error.h"
#include "bench/made_up.h"

namespace imgmill {
namespace {

using bench::Comparison;
using bench::Results;
using bench::Verdict;

// Every run of entrant 0 takes `factor` as long, give or take a little by image and run.
Results slower(double factor, double noise = 0.01) {
  Results results = made_up_results(2, 20, 5);
  int turn = 0;
  for (std::size_t image = 0; image < results.images.size(); ++image) {
    for (bench::Sample& sample : results.cell(0, image).samples) {
      sample.ms *= factor * (1 + noise * ((turn++ * 7) % 11 - 5) / 5.0);
    }
  }
  return results;
}

// The same, but whole rounds are off by up to a tenth.
Results wavering(double factor) {
  Results results = slower(factor);
  for (std::size_t image = 0; image < results.images.size(); ++image) {
    for (bench::Sample& sample : results.cell(0, image).samples) {
      const double off = 1 + 0.1 * ((sample.repeat * 3) % 5 - 2) / 2.0;
      sample.ms *= off;
      sample.cpu_ms *= off;
      sample.wait_ms *= off;
    }
  }
  return results;
}

const bench::Finding& finding(const Comparison& comparison, const std::string& entrant, bench::Measure measure) {
  const auto found = std::find_if(comparison.findings.begin(), comparison.findings.end(),
                                  [&](const auto& f) { return f.entrant == entrant && f.rule.measure == measure; });
  REQUIRE(found != comparison.findings.end());
  return *found;
}

Comparison compare(const Results& before, const Results& now, const char* rules) {
  return bench::compare(before, now, bench::parse_rules(rules));
}

TEST_CASE("Rules are read, and nonsense is refused") {
  const std::vector<bench::Rule> rules = bench::parse_rules("time>+10%, ssim<-0.002,bytes>2%,memory>+4096");
  REQUIRE(rules.size() == 4);
  CHECK(rules[0].measure == bench::Measure::time);
  CHECK(rules[0].threshold == Approx(0.1));
  CHECK(rules[0].relative);
  CHECK(rules[1].threshold == Approx(-0.002));
  CHECK_FALSE(rules[1].relative);
  CHECK(rules[3].threshold == 4096);
  for (const char* wrong : {"", "time", "time>", "time>x", "time<+10%", "ssim>0.1", "ssim<0.1", "speed>1%", "time>-5%",
                            "time>10%%", "time>inf"}) {
    INFO(wrong);
    CHECK_THROWS_AS(bench::parse_rules(wrong), base::Error);
  }
}

TEST_CASE("The same again passes") {
  const Comparison comparison = compare(slower(1), slower(1), "time>+10%,ssim<-0.002,bytes>+2%,memory>+15%");
  CHECK(comparison.findings.size() == 8);
  CHECK(comparison.verdict() == Verdict::fine);
  CHECK(comparison.notes.empty());
}

TEST_CASE("Time is worse where the whole interval is beyond the threshold") {
  const Comparison much = compare(slower(1), slower(1.15), "time>+10%");
  CHECK(much.verdict() == Verdict::regression);
  const bench::Finding& found = finding(much, "a", bench::Measure::time);
  CHECK(found.change == Approx(0.158).margin(0.01));  // waiting is not part of it
  CHECK(found.interval->low > 0.1);
  CHECK(finding(much, "b", bench::Measure::time).verdict == Verdict::fine);
  CHECK_FALSE(bench::passes(much, false));

  const Comparison about = compare(slower(1), wavering(1.1), "time>+10%");
  CHECK(about.verdict() == Verdict::inconclusive);
  CHECK(bench::passes(about, false));
  CHECK_FALSE(bench::passes(about, true));
  CHECK(compare(slower(1), slower(1.05), "time>+10%").verdict() == Verdict::fine);
}

TEST_CASE("A machine that is slower altogether is no regression") {
  Results now = slower(1.15);
  for (bench::Cell& cell : now.cells) {
    for (bench::Sample& sample : cell.samples) sample.yardstick_ms *= 1.15;
  }
  const Comparison comparison = compare(slower(1), now, "time>+10%");
  CHECK(finding(comparison, "a", bench::Measure::time).change == Approx(0).margin(0.02));
  CHECK(comparison.verdict() != Verdict::regression);
}

TEST_CASE("What others took of the processor is not the entrant's time") {
  Results now = slower(1);
  for (bench::Cell& cell : now.cells) {
    for (bench::Sample& sample : cell.samples) {
      sample.wait_ms += 0.2 * sample.ms;
      sample.ms *= 1.2;
    }
  }
  CHECK(compare(slower(1), now, "time>+10%").verdict() == Verdict::fine);
}

TEST_CASE("What the host takes now and then is not the entrant's time, what it waits for each time is") {
  Results now = slower(1);
  for (bench::Cell& cell : now.cells) {
    for (bench::Sample& sample : cell.samples) sample.ms *= sample.repeat % 2 == 1 ? 1.5 : 1;
  }
  CHECK(compare(slower(1), now, "time>+10%").verdict() == Verdict::fine);
  now = slower(1);
  for (bench::Cell& cell : now.cells) {
    for (bench::Sample& sample : cell.samples) sample.ms *= 1.5;
  }
  CHECK(compare(slower(1), now, "time>+10%").verdict() == Verdict::regression);
}

TEST_CASE("Runs between which the machine changed its pace weigh less") {
  Results now = slower(1);
  for (bench::Cell& cell : now.cells) {
    for (bench::Sample& sample : cell.samples) {
      if (sample.repeat > 2) continue;  // three of five
      sample.yardstick_ms *= 0.6;
      sample.yardstick_shift = -0.8;
    }
  }
  CHECK(compare(slower(1), now, "time>+10%").verdict() == Verdict::fine);
  for (bench::Cell& cell : now.cells) {
    for (bench::Sample& sample : cell.samples) sample.yardstick_shift = 0;
  }
  CHECK(compare(slower(1), now, "time>+10%").verdict() != Verdict::fine);
}

TEST_CASE("More runs may tell where times are inconclusive, and nothing else is worse") {
  CHECK(bench::more_rounds_tell(compare(slower(1), wavering(1.1), "time>+10%")));
  CHECK_FALSE(bench::more_rounds_tell(compare(slower(1), slower(1), "time>+10%")));
  CHECK_FALSE(bench::more_rounds_tell(compare(slower(1), slower(1.5), "time>+10%")));
  CHECK_FALSE(bench::more_rounds_tell(compare(slower(1), Results(slower(1)), "gzip>+2%,memory>+10%")));
}

TEST_CASE("A machine that is too busy decides nothing") {
  Results now = slower(4);
  for (bench::Cell& cell : now.cells) {
    for (bench::Sample& sample : cell.samples) sample.wait_ms = 0.6 * sample.ms;
  }
  const Comparison comparison = compare(slower(1), now, "time>+10%");
  CHECK(comparison.verdict() == Verdict::inconclusive);
  CHECK(comparison.notes.size() == 1);
}

TEST_CASE("Bytes and SSIM are compared exactly") {
  Results now = made_up_results(2, 20, 5);
  now.cell(1, 3).made->bytes = 3000;  // of 2000: one of twenty images
  Comparison comparison = compare(made_up_results(2, 20, 5), now, "bytes>+2%");
  const bench::Finding& bytes = finding(comparison, "b", bench::Measure::bytes);
  CHECK(bytes.verdict == Verdict::regression);
  CHECK(bytes.change == Approx(0.025));
  CHECK(bytes.worst_image == "art/3.png");
  CHECK(bytes.worst_change == Approx(0.5));
  CHECK(compare(made_up_results(2, 20, 5), now, "bytes>+3%").verdict() == Verdict::fine);

  now.cell(0, 7).made->ssim = 0.8;
  comparison = compare(made_up_results(2, 20, 5), now, "ssim<-0.002");
  CHECK(finding(comparison, "a", bench::Measure::ssim).verdict == Verdict::regression);
  CHECK(finding(comparison, "a", bench::Measure::ssim).change == Approx(-0.005));
  CHECK(finding(comparison, "a", bench::Measure::ssim).worst_image == "art/7.png");
}

TEST_CASE("Images are compared by their content, and what is missing is said") {
  Results now = made_up_results(1, 3, 2);
  std::swap(now.images[0].digest, now.images[2].digest);
  now.images[1].digest = "another";
  const Comparison comparison = compare(made_up_results(2, 3, 2), now, "time>+10%");
  REQUIRE(comparison.notes.size() == 2);
  CHECK(comparison.notes[0] == "2 of the baseline's 3 images took part");
  CHECK(comparison.notes[1] == "b took no part this time");
  CHECK(finding(comparison, "a", bench::Measure::time).worst_image == "art/2.png");  // was art/0.png, with 10 ms
  for (bench::Image& image : now.images) image.digest += "!";
  CHECK(compare(made_up_results(2, 3, 2), now, "time>+10%").verdict() == Verdict::regression);
}

TEST_CASE("What fails now and did not is worse") {
  Results now = made_up_results(1, 2, 1);
  now.cell(0, 1).made = bench::Made{"crashed", 0, 0, 0, 0, {}, {}};
  now.cell(0, 1).samples.clear();
  const Comparison comparison = compare(made_up_results(1, 2, 1), now, "bytes>+2%");
  CHECK(comparison.verdict() == Verdict::regression);
  CHECK(comparison.notes.front() == "a fails at art/1.png now: crashed");
}

TEST_CASE("What is too little to tell decides nothing, and says so") {
  Results before = made_up_results(1, 1, 1), now = before;
  now.cells[0].samples[0].ms *= 2;
  CHECK(compare(before, now, "time>+10%").verdict() == Verdict::inconclusive);  // one run against one
  Results two = made_up_results(1, 20, 2), twice = two;
  for (bench::Cell& cell : twice.cells) {
    for (bench::Sample& sample : cell.samples) sample.ms *= 2;
  }
  CHECK(compare(two, twice, "time>+10%").verdict() == Verdict::inconclusive);  // two rounds against two
  now = before;
  now.cells[0].samples.clear();
  const Comparison nothing = compare(before, now, "time>+10%");
  CHECK(nothing.verdict() == Verdict::inconclusive);
  CHECK(nothing.notes == std::vector<std::string>{"a: nothing to compare for time>+10%"});
  now.entrants[0].name = "other";
  CHECK(compare(before, now, "time>+10%").verdict() == Verdict::regression);
}

TEST_CASE("Runs that fail now and did not are worse") {
  Results now = made_up_results(1, 3, 2);
  for (bench::Cell& cell : now.cells) {
    for (bench::Sample& sample : cell.samples) sample.error = "gone";
  }
  const Comparison comparison = compare(made_up_results(1, 3, 2), now, "bytes>+2%");
  CHECK(comparison.verdict() == Verdict::regression);
  CHECK(comparison.notes.front() == "a fails at art/0.png now: gone");
}

TEST_CASE("Times under load are never called worse") {
  Results before = slower(1), now = slower(2);
  for (Results* results : {&before, &now}) {
    results->setting.levels = {4};
    for (bench::Cell& cell : results->cells) {
      for (bench::Sample& sample : cell.samples) sample.level = 4;
    }
  }
  CHECK(compare(before, now, "time>+10%").verdict() == Verdict::inconclusive);
}

TEST_CASE("Who left the front is named where something is worse") {
  Results now = made_up_results(2, 2, 1);
  for (std::size_t image = 0; image < 2; ++image) now.cell(1, image).made->ssim = 0.85;  // a is better in everything
  const Comparison comparison = compare(made_up_results(2, 2, 1), now, "ssim<-0.002");
  CHECK(comparison.left_front == std::vector<std::string>{"b"});
  const std::vector<std::string> lines = bench::lines_of(comparison);
  CHECK(lines[1] == "b: ssim -0.1000, allowed -0.0020: regression (most: art/0.png, -0.1000)");
  CHECK(lines.back() == "b is no longer on the front: another is as good in time, bytes and SSIM");
}

TEST_CASE("Another machine, other libraries and another way of running are told") {
  const Results before = made_up_results(2, 1, 1);
  Results now = before;
  CHECK(bench::differences(before, now).empty());
  now.setting.cpu = "6502";
  now.setting.libraries = {{"libaom", "3"}};
  now.entrants[1].command = "b {in} {out}";
  CHECK(bench::differences(before, now) ==
        std::vector<std::string>{"the processor was Z80, is 6502", "b was within bench, is as a process of its own",
                                 "libaom was none, is 3", "librsvg was 2.54.7, is none"});
}

}  // namespace
}  // namespace imgmill
