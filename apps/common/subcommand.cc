// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/subcommand.h"

#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <set>

#include "base/atomic_file.h"
#include "base/memory.h"
#include "common/exit_code.h"
#include "common/run_main.h"
#include "compress/params.h"
#include "pipeline/inputs.h"
#include "pipeline/naming.h"
#include "report/alerts.h"
#include "report/console.h"
#include "report/metrics.h"
#include "report/ndjson.h"
#include "report/text.h"
#include "trace/params.h"

namespace imgmill::apps {
namespace {

int exit_code(const pipeline::Summary& summary, bool any_input, const report::NdjsonSink* records) {
  if (summary.interrupted) return kInterrupted;
  if (summary.count(pipeline::Status::failed) > 0) return kSomeFailed;
  if (records != nullptr && !records->problem().empty()) {
    report::say(stderr, fmt::format("error: --json: {}\n", records->problem()));
    return kSomeFailed;
  }
  if (!any_input) {  // a shard may well be empty
    report::say(stderr, "error: no input matched\n");
    return kNoInput;
  }
  return summary.gates > 0 ? kGateFailed : kAllWell;
}

// Of runs that were killed.
void remove_leftovers(const std::vector<pipeline::Job>& jobs) {
  std::set<std::filesystem::path> folders;
  for (const pipeline::Job& job : jobs) {
    if (job.to_stdout) continue;
    for (const pipeline::Destination& output : job.outputs) {
      const std::filesystem::path folder = output.path.parent_path();
      folders.insert(folder.empty() ? "." : folder);
    }
  }
  for (const std::filesystem::path& folder : folders) base::remove_leftovers(folder);
}

// Whether there was one.
bool tell_alerts(std::span<const report::Alert> alerts, const pipeline::Summary& summary) {
  const std::vector<std::string> lines = report::set_off(alerts, summary);
  for (const std::string& line : lines) report::say(stderr, fmt::format("alert: {}\n", line));
  return !lines.empty();
}

pipeline::BatchOptions run_options(const BatchSettings& batch, const BatchTask& task, bool dry_run,
                                   std::string_view name) {
  pipeline::BatchOptions options;
  options.jobs = batch.max_jobs > 0 ? std::min(batch.jobs, batch.max_jobs) : batch.jobs;
  options.memory = batch.memory;
  options.fail_fast = batch.fail_fast;
  options.chunk = batch.chunk;
  options.run = {std::string(name), batch.preset,
                 batch.shard.is_all() ? std::string() : pipeline::to_string(batch.shard)};
  if (dry_run) return options;  // which takes next to nothing of the machine
  options.rate = batch.rate;
  options.throttle = {batch.max_load, batch.cpu_limit / 100, base::usable_cpu()};
  options.retries = batch.retries;
  options.retry = task.retry;
  options.let_go = task.let_go;
  return options;
}

int run(const Invocation& invocation, const BatchSettings& batch, const BatchTask& task, std::string_view name) {
  const std::vector<pipeline::Operand> operands = all_operands(invocation);
  const std::vector<pipeline::Input> inputs = pipeline::find_inputs(operands);
  // Names are settled for all shards: what clashes does so on every machine.
  std::vector<pipeline::Job> jobs = pipeline::jobs_of(
      batch.shard,
      pipeline::name_outputs(inputs, {invocation.output, batch.name_template, task.products,
                                      pipeline::is_single(operands), task.in_place || invocation.warm, task.one_of}));
  pipeline::arrange(jobs, batch.order, batch.priorities);

  report::ConsoleSink console(stderr, batch.console);
  report::PlanSink plan(stdout);
  std::unique_ptr<report::NdjsonSink> records;
  std::vector<pipeline::Sink*> sinks = {&console};
  if (invocation.json) {
    records = std::make_unique<report::NdjsonSink>(*invocation.json, invocation.dry_run);
    sinks.push_back(records.get());
  }
  std::unique_ptr<report::MetricsSink> metrics;
  if (invocation.metrics) metrics = std::make_unique<report::MetricsSink>(*invocation.metrics);
  if (invocation.dry_run && invocation.json != "-") sinks.push_back(&plan);
  const bool writes = !invocation.dry_run && !invocation.check && !invocation.warm;
  if (writes) sinks.insert(sinks.end(), task.sinks.begin(), task.sinks.end());
  if (metrics && !invocation.dry_run) sinks.push_back(metrics.get());  // last: where it can't be written, all else is
  if (writes) remove_leftovers(jobs);

  const pipeline::BatchOptions options = run_options(batch, task, invocation.dry_run, name);
  base::keep_freed_memory(batch.memory);
  const pipeline::Work& work = invocation.dry_run ? task.plan : task.run;
  const pipeline::Summary summary = pipeline::run_batch(jobs, options, stop_flag(), work, task.footprint, sinks);
  const bool alerted = tell_alerts(batch.alerts, summary);
  const int code = exit_code(summary, !inputs.empty(), records.get());
  return code == kAllWell && alerted && batch.strict ? kGateFailed : code;
}

std::vector<std::string> tags_of(const BatchSettings& batch) {
  std::vector<std::string> tags = batch.cache.tags;
  tags.push_back(fmt::format("preset={}", batch.preset));
  if (!batch.workload.empty()) tags.push_back(fmt::format("workload={}", batch.workload));
  tags.push_back(run_tag());
  return tags;
}

void print_warnings(cache::LayeredStore& store) {
  for (const std::string& line : store.take_warnings()) {
    report::say(stderr, fmt::format("warning: {}\n", report::printable(line)));
  }
}

}  // namespace

void pass_over_others(plan::Settings& settings) {
  std::vector<std::string> names = {"engine",   "palette",     "group",         "background",   "variants",
                                    "formats",  "fit",         "chroma",        "jpeg_tables",  "lossless",
                                    "light",    "min_ssim",    "keep_metadata", "allow_larger", "in_place",
                                    "workload", "target_time", "fallback",      "centerline",
                                    "shadows"};
  for (const auto& field : trace::trace_fields()) names.emplace_back(field.name);
  for (const auto& field : compress::compress_fields()) names.emplace_back(field.name);
  for (std::string& name : names) {
    if (settings.find(name) == nullptr) settings.pass_over(std::move(name));
  }
}

int run_subcommand(std::span<char* const> arguments, const Subcommand& subcommand) {
  plan::Settings settings;
  BatchSettings batch;
  Invocation invocation;
  add_batch_settings(settings, batch, subcommand.group);
  subcommand.add_settings(settings, batch);
  pass_over_others(settings);
  std::vector<Option> options = batch_options(invocation, settings);
  options.insert(options.end(), subcommand.options.begin(), subcommand.options.end());
  invocation.operands = parse_command_line(arguments, options);
  if (tell_about(invocation.help, invocation.version, subcommand.usage, options, subcommand.notes)) return kAllWell;
  take_other_sources(settings, batch, invocation,
                     subcommand.settings_of.empty() ? subcommand.name : subcommand.settings_of);
  let_priorities_order(settings, batch);
  if (invocation.explain) {
    report::say(stdout, explain(settings));
    return kAllWell;
  }
  refuse_contradictions(invocation, batch);
  if (subcommand.instead) {
    if (const std::optional<int> code = subcommand.instead()) return *code;
  }
  const auto store = open_cache(batch.cache, batch.memory, !invocation.dry_run);
  if (store) batch.results = pipeline::ResultCache(*store, tags_of(batch));
  const int code = run(invocation, batch, subcommand.prepare(invocation, batch), subcommand.name);
  if (store) print_warnings(*store);
  return code;
}

void take_rules(const BatchSettings& batch, const Invocation& invocation, pipeline::Rules& rules) {
  rules.limits = batch.limits;
  rules.max_dimension = batch.max_dimension;
  rules.timeout_seconds = batch.timeout;
  rules.max_bytes = batch.max_bytes;
  rules.target_ssim = batch.target_ssim;
  rules.score = batch.score;
  rules.no_clobber = batch.no_clobber;
  rules.check = invocation.check;
  rules.warm = invocation.warm;
  rules.cache = batch.results;
}

}  // namespace imgmill::apps
