// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/metrics.h"

#include <catch2/catch.hpp>

#include "base/bytes.h"
#include "base/error.h"
#include "base/temporary_folder.h"

using namespace imgmill;
using Catch::Contains;
using report::Histogram;

TEST_CASE("a histogram counts what is at most each bound") {
  Histogram histogram;
  for (const double seconds : {0.0, 0.001, 0.0011, 60.0, 61.0}) histogram.add(seconds);
  CHECK(histogram.at_most(0) == 2);
  CHECK(histogram.at_most(1) == 3);
  CHECK(histogram.at_most(Histogram::kBounds.size() - 2) == 3);
  CHECK(histogram.at_most(Histogram::kBounds.size() - 1) == 4);
  CHECK(histogram.count() == 5);
  CHECK(histogram.sum() == Approx(121.0021));
}

TEST_CASE("items are counted by stage and by kind of failure, skipped ones are not") {
  pipeline::Outcome outcome;
  outcome.status = pipeline::Status::written;
  outcome.total_ms = 30;
  outcome.stages = {{"read", 1}, {"trace", 29}};
  report::ItemFigures figures;
  figures.add(outcome);
  outcome.stages = {{"trace", 300}};
  outcome.status = pipeline::Status::failed;
  outcome.error = pipeline::Failure{base::ErrorKind::timeout, "late"};
  figures.add(outcome);
  outcome.status = pipeline::Status::skipped;
  figures.add(outcome);
  CHECK(figures.items.count() == 2);
  REQUIRE(figures.stages.size() == 2);
  CHECK(figures.stages[0].first == "read");
  CHECK(figures.stages[1].second.count() == 2);
  CHECK(figures.stages[1].second.sum() == Approx(0.329));
  CHECK(figures.failures[static_cast<std::size_t>(base::ErrorKind::timeout)] == 1);
}

TEST_CASE("series carry the labels of the run, made safe") {
  pipeline::Summary summary;
  summary.run = {"convert", "my \"own\"\\\n.toml", "1/3"};
  summary.bytes_in = (1ull << 40) + 1;
  const std::string text = report::metrics_text(summary, {}, 1700000000.5);
  const std::string labels = R"(subcommand="convert",preset="my \"own\"\\\\n.toml",shard="1/3")";
  CHECK_THAT(text, Contains("imgmill_input_bytes_total{" + labels + "} 1099511627777\n"));
  CHECK_THAT(text, Contains("imgmill_items_total{" + labels + ",status=\"failed\"} 0\n"));
  CHECK_THAT(text, Contains("imgmill_item_seconds_bucket{" + labels + ",le=\"+Inf\"} 0\n"));
  CHECK_THAT(text, Contains("} 1700000000.5\n"));
}

TEST_CASE("the file appears whole at the end, in place of the one before") {
  const test::TemporaryFolder folder;
  const auto file = folder / "run.prom";
  {
    report::MetricsSink sink(file);
    sink.item({});
    CHECK_FALSE(std::filesystem::exists(file));
    sink.end({});
  }
  const base::Bytes text = base::read_file(file);
  CHECK(std::string(text.begin(), text.begin() + 7) == "# HELP ");
  CHECK(text.back() == '\n');
  CHECK_THROWS_AS(report::MetricsSink(folder / "none/run.prom"), base::Error);
  CHECK_THROWS_AS(report::MetricsSink(file.parent_path()), base::Error);
}
