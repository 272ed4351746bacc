// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/console.h"

#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <utility>

#include "report/phrases.h"
#include "report/rows.h"
#include "report/table.h"
#include "report/text.h"
#include "report/time_figures.h"

namespace imgmill::report {
namespace {

using pipeline::Gate;
using pipeline::Outcome;
using pipeline::Status;
using pipeline::Summary;

// For --verbose: where the time went, and how the plan for the memory held.
std::string details_text(const Summary& summary) {
  std::string text;
  for (const base::StageTime& stage : summary.stages) {
    text += fmt::format("{}{} {:.2f}", text.empty() ? "" : ", ", stage.name, stage.milliseconds / 1000);
  }
  return fmt::format("seconds by stage: {}\nin flight: at most {} with {} planned for, of which {:.0f} % were used\n",
                     text.empty() ? "none" : text, summary.flight.jobs, human_bytes(summary.flight.planned),
                     100 * summary.flight.used);
}

}  // namespace

ConsoleSink::ConsoleSink(std::FILE* stream, const ConsoleOptions& options)
    : stream_(stream), options_(options), progress_(stream, options.quiet ? ProgressMode::never : options.progress) {}

void ConsoleSink::begin(std::size_t jobs) {
  jobs_ = jobs;
  progress_.begin(jobs);
}

void ConsoleSink::item(const Outcome& outcome) {
  print_problems(outcome);
  print_if_slow(outcome);
  progress_.advance();
  if (options_.table || options_.verbose) rows_.push_back(outcome);
}

void ConsoleSink::print_problems(const Outcome& outcome) {
  const std::string input = printable(outcome.input.native());
  const auto line = [&](const char* kind, const std::string& text) {
    progress_.make_way();
    say(stream_, fmt::format("{}: {}: {}\n", kind, input, text));
  };
  if (outcome.status == Status::failed && outcome.error) line("error", printable(outcome.error->message));
  bool first = true;
  for (const pipeline::Output& output : outcome.outputs) {
    // The item's own error is that of the first output that failed.
    if (output.status == Status::failed && output.error && !std::exchange(first, false)) {
      line("error", printable(fmt::format("{}: {}", label(output), output.error->message)));
    }
    if (output.gate != Gate::none) line("gate", gate_text(output));
  }
  if (!options_.verbose) return;
  for (const std::string& warning : outcome.warnings) line("warning", printable(warning));
}

// With the stages that took most of the time.
void ConsoleSink::print_if_slow(const Outcome& outcome) {
  if (options_.slow_seconds <= 0 || outcome.total_ms <= 1000 * options_.slow_seconds) return;
  const std::vector<base::StageTime> stages = longest_first(outcome.stages);
  constexpr std::size_t kMostNamed = 3;
  std::string where;
  for (std::size_t i = 0; i < std::min(kMostNamed, stages.size()); ++i) {
    where += fmt::format("{}{} {:.2f}", i > 0 ? ", " : "", stages[i].name, stages[i].milliseconds / 1000);
  }
  progress_.make_way();
  say(stream_, fmt::format("slow: {}: took {:.2f} s ({})\n", printable(outcome.input.native()), outcome.total_ms / 1000,
                           where.empty() ? "no stage is known" : where));
}

void ConsoleSink::end(const Summary& summary) {
  progress_.finish();
  if (!rows_.empty() && !options_.quiet) {
    sort_by_job(rows_);
    say(stream_, table_text(rows_));
  }
  if (summary.interrupted) {
    const std::size_t undone = summary.count(Status::skipped);
    say(stream_,
        fmt::format("interrupted: {} of {} items were done; what was finished stays\n", jobs_ - undone, jobs_));
  }
  if (!options_.quiet && (jobs_ > 1 || options_.verbose)) say(stream_, fmt::format("{}\n", totals_text(summary)));
  if (options_.verbose && !options_.quiet) say(stream_, details_text(summary));
  std::fflush(stream_);
}

void PlanSink::item(const Outcome& outcome) {
  if (outcome.status != Status::failed) rows_.push_back(outcome);
}

void PlanSink::end(const Summary&) {
  sort_by_job(rows_);
  for (const Outcome& row : rows_) {
    for (const pipeline::Output& output : row.outputs) {
      std::error_code ignored;
      const bool exists = std::filesystem::exists(output.path, ignored);
      say(stream_,
          fmt::format("{} -> {} ({} x {} px, {} of memory{}{})\n", printable(row.input.native()),
                      printable(output.path.native()), output.width, output.height, human_bytes(row.memory),
                      output.cache.empty() || output.cache == "miss" ? "" : fmt::format(", cached in {}", output.cache),
                      exists ? ", exists" : ""));
    }
  }
}

}  // namespace imgmill::report
