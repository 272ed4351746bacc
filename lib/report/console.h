// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A batch as a person at a terminal (or reading a log) follows it: progress, one line for each problem, a table and a
// line of totals at the end. Everything goes to the stream that is handed in, which is standard error; only a dry run's
// list is a result and goes to its own.
#pragma once

#include <chrono>
#include <cstdio>
#include <vector>

#include "pipeline/job.h"
#include "pipeline/sink.h"
#include "report/progress.h"

namespace imgmill::report {

struct ConsoleOptions {
  ProgressMode progress = ProgressMode::automatic;
  bool quiet = false;    // problems only
  bool verbose = false;  // warnings and the table too
  bool table = false;
  double slow_seconds = 0;  // items that take longer are named; 0: none
};

class ConsoleSink : public pipeline::Sink {
 public:
  ConsoleSink(std::FILE* stream, const ConsoleOptions& options);

  void begin(std::size_t jobs) override;
  void item(const pipeline::Outcome& outcome) override;
  void end(const pipeline::Summary& summary) override;

 private:
  void print_problems(const pipeline::Outcome& outcome);
  void print_if_slow(const pipeline::Outcome& outcome);

  std::FILE* stream_;
  ConsoleOptions options_;
  Progress progress_;
  std::size_t jobs_ = 0;
  std::vector<pipeline::Outcome> rows_;  // for the table
};

// Says on `stream` what a dry run found, in the order of the inputs.
class PlanSink : public pipeline::Sink {
 public:
  explicit PlanSink(std::FILE* stream) : stream_(stream) {}
  void item(const pipeline::Outcome& outcome) override;
  void end(const pipeline::Summary& summary) override;

 private:
  std::FILE* stream_;
  std::vector<pipeline::Outcome> rows_;
};

}  // namespace imgmill::report
