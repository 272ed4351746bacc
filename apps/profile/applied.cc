// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "profile/applied.h"

#include <fmt/core.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/error.h"
#include "base/stage_clock.h"
#include "common/preset_params.h"
#include "heap/heap_counter.h"
#include "pipeline/repeat.h"
#include "plan/values.h"

namespace imgmill::apps {
namespace {

constexpr const char* kTimeGroup = "Time and memory";

// The last --apply VALUE or --apply=VALUE.
std::string applied_in(std::span<char* const> arguments) {
  constexpr std::string_view kFlag = "--apply";
  std::string what;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string_view word = arguments[i];
    if (word == "--") break;
    if (word == kFlag && i + 1 < arguments.size()) what = arguments[++i];
    if (word.starts_with(kFlag) && word.substr(kFlag.size()).starts_with('=')) what = word.substr(kFlag.size() + 1);
  }
  return what;
}

Option file_option(const char* flag, const char* name, const char* help, std::optional<std::filesystem::path>& file) {
  return {flag, 0, Takes::value, name, kTimeGroup, help, [&file](const std::string& text) { file = text; }};
}

}  // namespace

Applied::Applied(std::span<char* const> arguments) : what_(applied_in(arguments)) {
  if (what_.empty() || what_ == "convert" || what_ == "compress") return;
  throw base::Error(base::ErrorKind::usage, fmt::format("--apply must be convert or compress, not '{}'", what_));
}

void Applied::add_settings(plan::Settings& settings, BatchSettings& batch) {
  settings_ = &batch;
  if (what_ == "convert") return convert_.add_settings(settings, batch);
  settings.add_fields(trace::trace_fields(), convert_.task.trace, kDrawingGroup);
  if (what_ == "compress") return compress_.add_settings(settings, batch);
  add_target_time(settings, batch);
}

std::vector<Option> Applied::options() {
  constexpr int kMost = 10000;
  return {
      {"--apply", 0, Takes::value, "convert|compress", kTimeGroup,
       "Do that too, with its options and without the cache, and tell where time and memory go; results are kept only "
       "with -o",
       [](const std::string&) {}},
      {"--repeat", 0, Takes::value, "N", kTimeGroup, "Do it N times: median, 95th percentile and spread",
       [this](const std::string& text) {
         named("--repeat", [&] { repeat_ = static_cast<int>(plan::parse_int(text, 1, kMost)); });
       }},
      file_option("--flamegraph", "FILE.svg", "Where the time goes, as a picture to click into", files_.flame_graph),
      file_option("--trace", "FILE.json", "What ran when, for ui.perfetto.dev", files_.trace),
      file_option("--folded", "FILE", "Stacks of stages and their microseconds, a line each", files_.folded)};
}

BatchTask Applied::prepare_work(const Invocation& invocation, const BatchSettings& batch) {
  BatchTask work = what_ == "convert" ? convert_.prepare(invocation, batch) : compress_.prepare(invocation, batch);
  pipeline::Rules& rules = what_ == "convert" ? static_cast<pipeline::Rules&>(convert_.task) : compress_.task;
  rules.cache = {};
  rules.warm = !invocation.output;
  if (rules.warm) {
    work.in_place = true;  // no input is in danger
    if (settings_->name_template.empty()) settings_->name_template = "{dir}/{stem}.{source_ext}.{variant}.{ext}";
  }
  return work;
}

void Applied::add_sinks(BatchTask& task, const Invocation& invocation, const BatchSettings& batch) {
  const std::string subcommand = what_.empty() ? "profile" : what_;
  if (files_.folded || files_.flame_graph || files_.trace) {
    files_sink_ = std::make_unique<report::TimeFilesSink>(files_, subcommand);
    task.sinks.push_back(files_sink_.get());
  }
  if (what_.empty() || batch.console.quiet) return;
  const int jobs = batch.max_jobs > 0 ? std::min(batch.jobs, batch.max_jobs) : batch.jobs;
  report_sink_ = std::make_unique<report::StageReportSink>(
      invocation.json == "-" ? stderr : stdout,
      report::Asked{subcommand, jobs, batch.memory, compress_.task.params.avif_speed, batch.max_dimension, batch.score,
                    batch.target_ssim});
  task.sinks.push_back(report_sink_.get());
}

BatchTask Applied::prepare(BatchTask looking, const Invocation& invocation, const BatchSettings& batch) {
  const auto refuse = [](const char* message) { throw base::Error(base::ErrorKind::usage, message); };
  if (what_.empty() && repeat_ > 1) refuse("--repeat needs --apply");
  const auto& operands = invocation.operands;
  if (!what_.empty() && std::find(operands.begin(), operands.end(), "-") != operands.end()) {
    refuse("--apply reads an input more than once, which standard input can't be");
  }
  if (!what_.empty() || files_.folded || files_.flame_graph || files_.trace) {
    base::StageClock::record(heap_counter());
  }
  BatchTask task = what_.empty() ? looking : prepare_work(invocation, batch);
  if (!what_.empty()) {
    task.run = [this, look = looking.run, work = task.run,
                kept = invocation.output.has_value()](const pipeline::Job& job) {
      pipeline::Outcome seen = look(job);
      if (seen.error) {
        seen.start = {};  // what was looked at alone is no part of the work's times
        seen.spans.clear();
        return seen;
      }
      pipeline::Outcome outcome = pipeline::repeat(job, repeat_, work);
      outcome.portrait = std::move(seen.portrait);
      outcome.look_ms = seen.total_ms;
      if (!kept && !outcome.error) outcome.status = pipeline::Status::measured;
      return outcome;
    };
    task.sinks.insert(task.sinks.begin(), looking.sinks.begin(), looking.sinks.end());
    task.let_go = [look = looking.let_go, work = task.let_go] {
      if (look) look();
      if (work) work();
    };
  }
  add_sinks(task, invocation, batch);
  return task;
}

}  // namespace imgmill::apps
