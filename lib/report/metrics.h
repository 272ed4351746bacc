// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A run's figures as a Prometheus text file, for node_exporter's textfile collector. It appears at the end of the run,
// whole, in place of the one before: counters tell of that run alone. docs/reports.md lists every series.
#pragma once

#include <array>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pipeline/sink.h"
#include "report/histogram.h"

namespace imgmill::report {

// What the summary of a run doesn't say of its items.
struct ItemFigures {
  Histogram items;                                             // of those that were worked on
  Histogram queue;                                             // their wait
  std::vector<std::pair<std::string_view, Histogram>> stages;  // in the order in which they first ran
  std::array<std::uint64_t, base::kErrorKindCount> failures{};

  void add(const pipeline::Outcome& outcome);
};

// `ended` is the time of the day in seconds since 1970.
std::string metrics_text(const pipeline::Summary& summary, const ItemFigures& figures, double ended);

class MetricsSink : public pipeline::Sink {
 public:
  // Throws Error{usage} when the file's folder isn't there.
  explicit MetricsSink(std::filesystem::path file);

  void item(const pipeline::Outcome& outcome) override { figures_.add(outcome); }
  // Throws Error{output}.
  void end(const pipeline::Summary& summary) override;

 private:
  std::filesystem::path file_;
  ItemFigures figures_;
};

}  // namespace imgmill::report
