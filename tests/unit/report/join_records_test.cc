// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <catch2/catch.hpp>

#include "base/error.h"
#include "report/records.h"

using namespace imgmill;
using report::RunRecords;

namespace {

RunRecords run_of(const std::string& file, const std::vector<std::string>& inputs, const std::string& shard = "") {
  RunRecords run;
  run.file = file;
  run.summary.emplace();
  run.summary->run = {"convert", "speed", shard};
  for (const std::string& input : inputs) {
    report::ItemRecord& item = run.items.emplace_back();
    item.outcome.input = input;
    item.outcome.status = pipeline::Status::written;
    item.outcome.bytes_in = 100;
    item.outcome.outputs.push_back({"out", "svg"});
    item.outcome.outputs[0].bytes = 10;
    item.line = input;
    run.summary->add(item.outcome);
  }
  return run;
}

std::string inputs_of(const RunRecords& run) {
  std::string text;
  for (const report::ItemRecord& item : run.items) text += item.line + " ";
  return text;
}

std::string warnings_of(std::vector<RunRecords> runs) {
  std::string text;
  for (const std::string& warning : report::join(std::move(runs)).warnings) text += warning + "\n";
  return text;
}

}  // namespace

TEST_CASE("items are joined in the order of their paths, part by part") {
  const auto joined = report::join({run_of("a", {"x/b.png", "c.png"}), run_of("b", {"x.png", "x/a.png"})});
  CHECK(joined.warnings.empty());
  CHECK(inputs_of(joined.whole) == "c.png x/a.png x/b.png x.png ");
}

TEST_CASE("summaries are joined each figure in its way") {
  RunRecords a = run_of("a", {"1", "2"}, "1/2"), b = run_of("b", {"3"}, "2/2");
  a.summary->wall_seconds = 3;
  b.summary->wall_seconds = 4;
  a.summary->cpu_seconds = 5;
  b.summary->cpu_seconds = 6;
  a.summary->peak_memory = 80;
  b.summary->peak_memory = 70;
  b.summary->interrupted = true;
  const auto joined = report::join({a, b});
  CHECK(joined.warnings.empty());
  const pipeline::Summary& whole = *joined.whole.summary;
  CHECK(whole.items() == 3);
  CHECK(whole.bytes_in == 300);
  CHECK(whole.bytes_out == 30);
  CHECK(whole.outputs == 3);
  CHECK(whole.wall_seconds == 4);
  CHECK(whole.cpu_seconds == 11);
  CHECK(whole.peak_memory == 80);
  CHECK(whole.interrupted);
  CHECK(whole.run.subcommand == "convert");
  CHECK(whole.run.preset == "speed");
  CHECK(whole.run.shard.empty());
}

TEST_CASE("an input that two records are about is refused") {
  CHECK_THROWS_WITH(report::join({run_of("a", {"x"}), run_of("b", {"x"})}),
                    Catch::StartsWith("x stands in both a and b"));
  CHECK_THROWS_WITH(report::join({run_of("a", {"x", "x"})}), Catch::StartsWith("x stands in a twice"));
  // Two names that are no UTF-8 can't be told apart.
  CHECK(report::join({run_of("a", {"\xEF\xBF\xBD"}), run_of("b", {"\xEF\xBF\xBD"})}).whole.items.size() == 2);
}

TEST_CASE("what may be missing is a warning") {
  RunRecords killed = run_of("b", {"3"}, "2/2");
  killed.summary.reset();
  killed.cut_off = true;
  const auto joined = report::join({run_of("a", {"1"}, "1/2"), killed});
  CHECK(joined.warnings == std::vector<std::string>{"b ends in the middle of a record, which is left out",
                                                    "b has no summary: its run was ended early, and some of its items "
                                                    "may be missing",
                                                    "there is no summary of shard 2/2"});
  CHECK(joined.whole.summary->interrupted);
  CHECK(joined.whole.summary->items() == 2);

  RunRecords shortened = run_of("a", {"1", "2"});
  shortened.items.pop_back();
  CHECK(warnings_of({shortened}) == "a has 1 items, but 2 by its summary\n");
  CHECK(warnings_of({run_of("a", {"1"}, "2/3")}) == "there is no summary of shard 1/3, 3/3\n");
  CHECK(warnings_of({run_of("a", {"1"}, "1/2"), run_of("b", {"2"}, "2/3")}) ==
        "these are shards of different divisions (of 2 and of 3, say)\n");
  CHECK_THAT(warnings_of({run_of("a", {}, "1/100")}), Catch::Contains("11/100, …\n"));
}

TEST_CASE("runs that differ in what they were are joined without it") {
  RunRecords a = run_of("a", {"1"}), b = run_of("b", {"2"});
  b.summary->run.preset = "quality";
  const auto joined = report::join({a, b});
  CHECK(joined.warnings == std::vector<std::string>{"the runs differ in their preset"});
  CHECK(joined.whole.summary->run.preset.empty());
  CHECK(joined.whole.summary->run.subcommand == "convert");
}
