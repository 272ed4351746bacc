// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/console.h"

#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <utility>

#include "report/table.h"
#include "report/text.h"

namespace imgmill::report {
namespace {

using pipeline::Gate;
using pipeline::Outcome;
using pipeline::Status;
using pipeline::Summary;

void sort_by_job(std::vector<Outcome>& rows) {
  std::sort(rows.begin(), rows.end(), [](const Outcome& a, const Outcome& b) { return a.job < b.job; });
}

std::string gate_text(const pipeline::Output& output) {
  const std::string path = printable(output.path.native());
  switch (output.gate) {
    case Gate::none:
      return "";
    case Gate::missing:
      return path + " is missing";
    case Gate::stale:
      return path + " is stale: it is not what this input gives now";
    case Gate::over_budget:
      return fmt::format("{} takes {} bytes, over --max-bytes", path, output.bytes);
    case Gate::below_target:
      return fmt::format("{} comes to SSIM {:.4f} at best, below --target-ssim", path, output.ssim.value_or(0));
    case Gate::below_minimum:
      return fmt::format("{} comes to SSIM {:.4f}, below --min-ssim", path, output.ssim.value_or(0));
  }
  return "";
}

std::string totals_text(const Summary& summary) {
  std::string text;
  for (std::size_t i = 0; i < pipeline::kStatusCount; ++i) {
    if (summary.counts[i] == 0) continue;
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", summary.counts[i], to_string(static_cast<Status>(i)));
  }
  const double ratio =
      summary.bytes_in > 0 ? static_cast<double>(summary.bytes_out) / static_cast<double>(summary.bytes_in) : 0;
  text = fmt::format("{} in {:.2f} s ({:.1f} images/s), {} in, {} out ({:.1f} %), peak memory {}",
                     text.empty() ? "nothing" : text, summary.wall_seconds, summary.images_per_second(),
                     human_bytes(summary.bytes_in), human_bytes(summary.bytes_out), 100 * ratio,
                     human_bytes(summary.peak_memory));
  if (summary.encodes > summary.outputs) {
    text += fmt::format(", {:.2f} encodes a result",
                        static_cast<double>(summary.encodes) / static_cast<double>(summary.outputs));
  }
  return text;
}

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
      line("error", printable(fmt::format("{}: {}", output.path.filename().native(), output.error->message)));
    }
    if (output.gate != Gate::none) line("gate", gate_text(output));
  }
  if (!options_.verbose) return;
  for (const std::string& warning : outcome.warnings) line("warning", printable(warning));
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
      say(stream_, fmt::format("{} -> {} ({} x {} px, {} of memory{})\n", printable(row.input.native()),
                               printable(output.path.native()), output.width, output.height, human_bytes(row.memory),
                               exists ? ", exists" : ""));
    }
  }
}

}  // namespace imgmill::report
