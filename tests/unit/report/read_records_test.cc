// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "base/error.h"
#include "report/ndjson.h"
#include "report/records.h"

using namespace imgmill;
using pipeline::Outcome;

namespace {

// Every field has a value of its own.
Outcome full_outcome() {
  Outcome outcome;
  outcome.input = "in/\"a\".png";
  outcome.status = pipeline::Status::failed;
  outcome.gate = pipeline::Gate::below_minimum;
  outcome.tries = 3;
  outcome.error = pipeline::Failure{base::ErrorKind::internal, "odd\nthing"};
  outcome.engine = "mono";
  outcome.portrait = {"text", 0.875, "model", {{"entropy", 0.25}, {"noise", 0.0625}}, "speed", {{"max_iterations", 25}},
                      {}};
  outcome.portrait.expected = {{"speed", 0.9875, 0.0125, 1234, 5.5}, {"quality", 0.9975, 0.0025, 4321, 10.5}};
  outcome.bytes_in = 1ull << 40;
  outcome.total_ms = 12.5;
  outcome.stages = {{"read", 0.5, 0.25, 4096, 2048}, {"trace", 12}};
  outcome.warnings = {"one", "two"};
  pipeline::Output output{"out/a.webp", "webp", "full"};
  output.status = pipeline::Status::kept;
  output.gate = pipeline::Gate::below_target;
  output.width = 48;
  output.height = 32;
  output.bytes = 700;
  output.quality = 0;
  output.encodes = 5;
  output.ssim = 0.987654;
  output.worst_block = 0.5;
  output.psnr = std::numeric_limits<double>::infinity();
  outcome.outputs.push_back(output);
  output.error = pipeline::Failure{base::ErrorKind::output, "no space"};
  outcome.outputs.push_back(output);
  return outcome;
}

const std::string kSummary = report::summary_record({});

std::vector<report::RunRecords> read(const std::string& text) {
  static report::Names names;
  return report::read_records(text, "f.ndjson", names);
}

void refuses(const std::string& text, const std::string& message) {
  INFO(text);
  CHECK_THROWS_WITH(read(text), Catch::StartsWith("f.ndjson: line ") && Catch::Contains(message));
}

}  // namespace

TEST_CASE("a record is read as it was written") {
  for (const bool dry_run : {false, true}) {
    const std::string line = report::item_record(full_outcome(), dry_run);
    const auto runs = read(line + "\n" + kSummary + "\n");
    REQUIRE(runs.size() == 1);
    REQUIRE(runs[0].items.size() == 1);
    CHECK(runs[0].items[0].line == line);
    CHECK(report::item_record(runs[0].items[0].outcome, dry_run) == line);
  }
  const Outcome sparse =
      read(R"({"type": "item", "schema_version": 1, "input": "a", "status": "kept", "new": [1]})")[0].items[0].outcome;
  CHECK(sparse.input == "a");
  CHECK(sparse.outputs.empty());
}

TEST_CASE("a summary is read as it was written") {
  pipeline::Summary summary;
  summary.run = {"convert", "speed", "2/3"};
  summary.add(full_outcome());
  summary.wall_seconds = 2.5;
  summary.cpu_seconds = 4.25;
  summary.peak_memory = 4096;
  summary.interrupted = true;
  const std::string line = report::summary_record(summary);
  CHECK_THAT(line, Catch::Contains(R"("shard": "2/3")") && Catch::Contains(R"("cpu_seconds": 4.25)"));
  const auto runs = read(line);
  REQUIRE(runs.size() == 1);
  REQUIRE(runs[0].summary);
  CHECK(report::summary_record(*runs[0].summary) == line);
}

TEST_CASE("a run that was ended early lacks its summary, maybe a piece of its last line") {
  const std::string item = report::item_record(full_outcome(), false);
  auto runs = read(item + "\n" + item + "\n");
  REQUIRE(runs.size() == 1);
  CHECK(runs[0].items.size() == 2);
  CHECK_FALSE(runs[0].summary);
  CHECK_FALSE(runs[0].cut_off);
  runs = read(item + "\n" + item.substr(0, 50));
  CHECK(runs[0].items.size() == 1);
  CHECK(runs[0].cut_off);
  runs = read("");
  REQUIRE(runs.size() == 1);
  CHECK_FALSE(runs[0].summary);
}

TEST_CASE("a summary closes a run, and another may follow") {
  const std::string item = report::item_record(full_outcome(), false) + "\n";
  const auto runs = read(item + kSummary + "\n\n" + item + item + kSummary + "\r\n");
  REQUIRE(runs.size() == 2);
  CHECK(runs[0].items.size() == 1);
  CHECK(runs[1].items.size() == 2);
  CHECK(runs[1].summary);
}

TEST_CASE("what is no record is refused with its line and key") {
  const auto item = [](const std::string& rest) {
    return R"({"type": "item", "schema_version": 1, "input": "a", "status": "kept")" + rest + "}";
  };
  CHECK_NOTHROW(read(item("")));
  refuses("words", "line 1: it is no JSON object");
  refuses("[1]", "it is no JSON object");
  refuses(kSummary + "\n" + R"({"type": "item", "schema_version": 1)" + "\n", "line 2: it is no JSON object");
  refuses("{}", "it has no 'type'");
  refuses(R"({"type": "item"})", "it has no 'schema_version'");
  refuses(R"({"type": "item", "schema_version": 2})", "schema_version 2, and this imgmill reads 1");
  refuses(R"({"type": "other", "schema_version": 1})", "it is of type \"other\"");
  refuses(R"({"type": "item", "schema_version": 1, "input": "a"})", "it has no 'status'");
  refuses(item(R"(, "bytes_in": -1)"), "'bytes_in' must be a whole number");
  refuses(item(R"(, "bytes_in": 1.5)"), "'bytes_in' must be a whole number");
  refuses(item(R"(, "tries": 99999999999)"), "'tries' must be a smaller number");
  refuses(item(R"(, "engine": 1)"), "'engine' must be a text");
  refuses(item(R"(, "gate": "fine")"), "'gate' 'fine' is no word");
  refuses(item(R"(, "ms": 1)"), "'ms' must be an object");
  refuses(item(R"(, "stages": {"read": 1})"), "'stages' must be an object of objects");
  refuses(item(R"(, "ms": {"total": "1"})"), "'ms' must be a number");
  refuses(item(R"(, "error": {"kind": "input"})"), "'error' must be an object with kind and message");
  refuses(item(R"(, "outputs": {})"), "'outputs' must be an array");
  refuses(item(R"(, "outputs": [1])"), "'outputs' must be an array of objects");
  refuses(item(R"(, "outputs": [{"path": "a"}])"), "'outputs' it has no 'format'");
  refuses(item(R"(, "warnings": [1])"), "'warnings' must be a text");
  refuses("{\"type\": \"\xFF\"}\n", "it is no JSON object");
}
