// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench/records.h"

#include <fmt/core.h>

#include <catch2/catch.hpp>

#include "base/error.h"
#include "bench/made_up.h"

namespace imgmill {
namespace {

using bench::Results;

TEST_CASE("Records of a benchmark read back are written the same") {
  Results results = made_up_results(2, 3, 2);
  results.entrants[1].command = "other {in} {out}";
  results.cell(1, 2).made = bench::Made{"exit code 1", 0, 0, 0, 0, {}, {}};
  results.cell(1, 2).samples.clear();
  results.cell(0, 0).samples[1].error = "gone";
  const std::string text = bench::to_records(results);
  const Results read = bench::read_results(text, "x.ndjson");
  CHECK(bench::to_records(read) == [&] {
    Results same = results;  // what failed has no times
    same.cell(0, 0).samples[1] = read.cell(0, 0).samples[1];
    return bench::to_records(same);
  }());
  CHECK(read.setting.cpu == "Z80");
  CHECK(read.setting.libraries.at("librsvg") == "2.54.7");
  CHECK(read.entrants[1].command == "other {in} {out}");
  CHECK(read.entrants[0].parameters == results.entrants[0].parameters);
  CHECK(read.cell(0, 1).made->ssim == Approx(0.9));
  CHECK(read.cell(1, 2).made->error == "exit code 1");
  CHECK(read.cell(0, 0).samples[1].error == "gone");
  CHECK(read.cell(1, 1).samples[1].ms == Approx(40.1));
  CHECK(read.cell(1, 1).samples[1].memory_change == 16);
  CHECK(read.rounds.size() == 4);
  CHECK(read.seconds == 10);
  CHECK_FALSE(read.interrupted);
}

TEST_CASE("Records that end too early are of a run that was interrupted") {
  const std::string text = bench::to_records(made_up_results(1, 2, 2));
  const std::size_t end = text.rfind("{\"type\": \"end\"");
  const Results without_end = bench::read_results(text.substr(0, end), "x");
  CHECK(without_end.interrupted);
  CHECK(without_end.rounds.size() == 2);
  const Results in_a_line = bench::read_results(text.substr(0, end - 20), "x");
  CHECK(in_a_line.interrupted);
  CHECK(in_a_line.rounds.size() == 1);
}

std::string problem_with(const std::string& text) {
  try {
    bench::read_results(text, "x");
  } catch (const base::Error& error) {
    CHECK(error.kind() == base::ErrorKind::input);
    return error.what();
  }
  return "";
}

TEST_CASE("What are no records of a benchmark is refused with its line") {
  const std::string text = bench::to_records(made_up_results(1, 1, 1));
  const std::string start = text.substr(0, text.find('\n') + 1);
  CHECK(problem_with("") == "x: has no records");
  CHECK(problem_with("pixels\n") == "x, line 1: is no JSON");
  CHECK(problem_with("[]\n") == "x, line 1: is no record of a benchmark");
  CHECK(problem_with(text.substr(start.size())) == "x, line 1: comes before the first record");
  CHECK(problem_with(start + start) == "x, line 2: starts a second benchmark");
  CHECK(problem_with(start + "{\"type\": \"made\", \"schema_version\": 2}\n") ==
        "x, line 2: is of another schema_version");
  CHECK(problem_with(start + "{\"type\": \"made\", \"schema_version\": 1, \"image\": 7}\n") ==
        "x, line 2: is about image 7, which there isn't");
  CHECK(problem_with(text + start) == "x, line 6: comes after the last record: two benchmarks wrote to one file");
  CHECK(problem_with(start + "{\"type\": \"round\", \"schema_version\": 1, \"entrant\": \"z\"}\n") ==
        "x, line 2: names an unknown entrant, 'z'");
  for (const char* repeat : {"-1", "2000000000"}) {
    CHECK(problem_with(
              start + "{\"type\": \"sample\", \"schema_version\": 1, \"image\": 0, \"entrant\": \"a\", \"jobs\": 1, " +
              "\"repeat\": " + repeat + "}\n") == fmt::format("x, line 2: is of repeat {}, which can't be", repeat));
  }
  CHECK(problem_with(start + "{\"type\": \"made\", \"schema_version\": 1, \"image\": \"x\"}\n") ==
        "x, line 2: 'image' is of another type than expected");
}

TEST_CASE("There may be more rounds than the first record says") {
  Results results = made_up_results(1, 2, 7);
  results.setting.repeats = 5;
  results.cell(0, 1).samples[6].yardstick_shift = -0.25;
  const Results read = bench::read_results(bench::to_records(results), "x");
  CHECK(read.setting.repeats == 7);
  CHECK(read.cell(0, 1).samples[6].yardstick_shift == -0.25);
}

TEST_CASE("A benchmark's records are told from others") {
  CHECK(bench::are_bench_records(bench::to_records(made_up_results(1, 1, 1))));
  CHECK_FALSE(bench::are_bench_records("{\"type\": \"item\"}\n"));
  CHECK_FALSE(bench::are_bench_records("no JSON"));
  CHECK_FALSE(bench::are_bench_records("{\"type\": 3}"));
  CHECK_FALSE(bench::are_bench_records(""));
}

}  // namespace
}  // namespace imgmill
