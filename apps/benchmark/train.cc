// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "benchmark/train.h"

#include <fmt/core.h>

#include <cstdio>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "bench/learn.h"
#include "bench/run_example.h"
#include "common/batch.h"
#include "common/exit_code.h"
#include "common/preset_params.h"
#include "common/run_main.h"
#include "common/subcommand.h"
#include "pipeline/footprint.h"
#include "pipeline/run_profile.h"
#include "plan/settings.h"
#include "report/records.h"
#include "report/text.h"

namespace imgmill::apps {
namespace {

constexpr const char* kUsageText =
    "Usage: imgmill bench --train MODELS.yml.gz [options] FOLDER...\n"
    "\n"
    "Learns the models of profile and --preset auto from examples. Every image is measured and traced with\n"
    "each preset. A folder named simple, text, gradient, complex or photo says what is in it:\n"
    "FOLDER/text/logo.png, or FOLDER/text/logo/512.png where there are several pictures of one drawing.\n"
    "Prints how far the models are off on drawings that they had not seen.\n";

constexpr const char* kNotesText =
    "Exit codes: 0 all well, 1 some items failed, 2 wrong usage or configuration, 4 no input matched,\n"
    "130 interrupted.\n";

// In the order of their inputs' names, however they are done.
class Examples {
 public:
  void add(const pipeline::Outcome& outcome) {
    if (outcome.error) return;
    bench::Example example = bench::example_of(outcome.input, outcome);
    const std::lock_guard lock(mutex_);
    by_path_.insert_or_assign(outcome.input.string(), std::move(example));
  }
  void add_records(const std::string& path) {
    base::Bytes file;
    try {
      file = base::read_file(path);
    } catch (const base::Error& error) {
      throw base::Error(base::ErrorKind::usage, fmt::format("--examples {}: {}", path, error.what()));
    }
    report::Names names;
    const std::string_view text(reinterpret_cast<const char*>(file.data()), file.size());
    for (const report::RunRecords& run : report::read_records(text, path, names)) {
      for (const report::ItemRecord& item : run.items) add(item.outcome);
    }
  }
  bool empty() const { return by_path_.empty(); }
  std::vector<bench::Example> all() const {
    std::vector<bench::Example> examples;
    for (const auto& [path, example] : by_path_) examples.push_back(example);
    return examples;
  }

 private:
  std::mutex mutex_;
  std::map<std::string, bench::Example> by_path_;
};

void print(const char* title, const bench::Learned::Confusion& confusion) {
  std::string text = fmt::format("{}: {:.3f} right\n{:>12}", title, bench::accuracy(confusion), "");
  for (const features::Class c : features::kClasses) text += fmt::format("{:>10}", features::to_string(c));
  for (std::size_t i = 0; i < confusion.size(); ++i) {
    text += fmt::format("\n{:>12}", features::to_string(features::kClasses[i]));
    for (const int n : confusion[i]) text += fmt::format("{:>10}", n);
  }
  report::say(stdout, text + "\n");
}

void train(const std::string& path, const Examples& examples) {
  const bench::Learned learned = bench::learn(path, examples.all());
  print("classes by the model", learned.by_model);
  print("classes by the rules", learned.by_rules);
  for (const auto& [name, value] : learned.figures) report::say(stdout, fmt::format("{:<24} {:.4f}\n", name, value));
}

}  // namespace

int run_train(std::span<char* const> arguments) {
  bench::ExampleTask task;
  trace::TraceParams given;
  std::optional<std::string> models, records;
  Examples examples;
  const plan::Settings* known = nullptr;
  Subcommand bench{"bench",
                   kUsageText,
                   kNotesText,
                   kDrawingGroup,
                   [&](plan::Settings& settings, BatchSettings&) {
                     settings.add_fields(trace::trace_fields(), given, kDrawingGroup);
                     known = &settings;
                   },
                   [&](const Invocation& invocation, const BatchSettings& batch) -> BatchTask {
                     take_rules(batch, invocation, task);
                     task.presets = tracing_presets(*known, given).all;
                     return {{},
                             false,
                             [&](const pipeline::Job& job) {
                               pipeline::Outcome outcome = bench::run_example(job, task, &stop_flag());
                               examples.add(outcome);
                               return outcome;
                             },
                             [&](const pipeline::Job& job) {
                               pipeline::ProfileTask plan;
                               static_cast<pipeline::Rules&>(plan) = task;
                               return pipeline::plan_profile(job, plan);
                             },
                             [&task](const pipeline::Job& job) {
                               return pipeline::footprint(job, task.limits, [&](const pipeline::Source& source) {
                                 return pipeline::convert_memory(source, task.max_dimension, false);
                               });
                             },
                             {}};
                   }};
  bench.options.push_back({"--train", 0, Takes::value, "FILE", kResultGroup, "Write the models to FILE (.yml.gz)",
                           [&](const std::string& text) { models = text; }});
  bench.options.push_back({"--examples", 0, Takes::value, "FILE", kResultGroup,
                           "Learn from the records of an earlier run (its --json) instead of measuring",
                           [&](const std::string& text) { records = text; }});
  bench.instead = [&]() -> std::optional<int> {
    if (!models) throw base::Error(base::ErrorKind::usage, "nothing to do (--train FILE learns models)");
    if (!records) return std::nullopt;
    examples.add_records(*records);
    return kAllWell;
  };
  const int code = run_subcommand(arguments, bench);
  if (code == kAllWell && models && !examples.empty()) train(*models, examples);
  return code;
}

}  // namespace imgmill::apps
