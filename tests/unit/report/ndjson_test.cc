// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/ndjson.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <limits>

#include "base/bytes.h"
#include "base/error.h"
#include "base/temporary_folder.h"

using namespace imgmill;
using pipeline::Outcome;
using pipeline::Status;

namespace {

Outcome full_outcome() {
  Outcome outcome;
  outcome.input = "in/a.png";
  outcome.status = Status::written;
  outcome.engine = "color";
  outcome.bytes_in = 900;
  outcome.total_ms = 12.5;
  outcome.queue_ms = 2.5;
  outcome.retries = 1;
  outcome.stages = {{"read", 0.5}, {"trace", 12}};
  outcome.warnings = {"odd \"chunk\""};
  pipeline::Output output{"out/a.svg", "svg"};
  output.status = Status::written;
  output.width = 48;
  output.height = 32;
  output.bytes = 700;
  output.ssim = 0.99;
  output.worst_block = 0.95;
  output.psnr = std::numeric_limits<double>::infinity();
  outcome.outputs.push_back(output);
  return outcome;
}

}  // namespace

TEST_CASE("an item's record has what is known and leaves out the rest") {
  CHECK(
      report::item_record(full_outcome(), false) ==
      R"({"type": "item", "schema_version": 1, "input": "in/a.png", "status": "written", )"
      R"("outputs": [{"path": "out/a.svg", "format": "svg", "status": "written", "width": 48, "height": 32, "bytes": 700, "ssim": 0.99, )"
      R"("worst_block": 0.95, "psnr": null}], "retries": 1, "engine": "color", "bytes_in": 900, )"
      R"("ms": {"total": 12.5, "read": 0.5, "trace": 12}, "queue_ms": 2.5, "warnings": ["odd \"chunk\""]})");
  Outcome failed;
  failed.input = "b.png";
  failed.status = Status::failed;
  failed.error = pipeline::Failure{base::ErrorKind::input, "is empty"};
  CHECK(report::item_record(failed, false) ==
        R"({"type": "item", "schema_version": 1, "input": "b.png", "status": "failed", )"
        R"("error": {"kind": "input", "message": "is empty"}, "ms": {"total": 0}, "queue_ms": 0})");
}

TEST_CASE("what was recorded of the stages stands beside their times") {
  Outcome outcome;
  outcome.input = "a.png";
  outcome.stages = {{"read", 0.5, 0.25, 4096, 2048}, {"trace", 12}};
  CHECK_THAT(report::item_record(outcome, false),
             Catch::Contains(R"("ms": {"total": 0, "read": 0.5, "trace": 12}, )"
                             R"("stages": {"read": {"cpu_ms": 0.25, "allocated": 4096, "peak": 2048}, )"
                             R"("trace": {"cpu_ms": 0, "allocated": 0, "peak": 0}}, "queue_ms": 0)"));
  CHECK_THAT(report::item_record(outcome, true), !Catch::Contains("stages"));
}

TEST_CASE("the summary counts every status") {
  pipeline::Summary summary;
  summary.add(full_outcome());
  summary.wall_seconds = 2;
  summary.peak_memory = 4096;
  summary.throttled_seconds[static_cast<std::size_t>(pipeline::Hold::rate)] = 0.25;
  CHECK(
      report::summary_record(summary) ==
      R"({"type": "summary", "schema_version": 1, "items": 1, "counts": {"written": 1, "unchanged": 0, "cached": 0, )"
      R"("kept": 0, "measured": 0, "skipped": 0, "failed": 0}, "gates_failed": 0, "bytes_in": 900, "bytes_out": 700, )"
      R"("outputs": 1, "wall_seconds": 2, "images_per_second": 0.5, "peak_memory": 4096, )"
      R"("mean_queue_ms": 2.5, "longest_queue_ms": 2.5, "throttled_seconds": {"rate": 0.25}, )"
      R"("retries": 1, "interrupted": false})");
}

TEST_CASE("records go to a file, a line each, what can't be written is remembered") {
  const test::TemporaryFolder folder;
  const std::string path = (folder / "log").string();
  {
    report::NdjsonSink sink(path, false);
    sink.item(full_outcome());
    sink.end({});
    CHECK(sink.problem().empty());
  }
  const base::Bytes log = base::read_file(path);
  CHECK(std::count(log.begin(), log.end(), '\n') == 2);
  CHECK(log.back() == '\n');
  report::NdjsonSink full("/dev/full", false);
  full.item(full_outcome());
  CHECK_THAT(full.problem(), Catch::Contains("no space left"));
  CHECK_THROWS_AS(report::NdjsonSink((folder / "none/log").string(), false), base::Error);
}
