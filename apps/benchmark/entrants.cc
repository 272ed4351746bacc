// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "benchmark/entrants.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <utility>

#include "base/error.h"
#include "benchmark/matrix.h"
#include "common/run_main.h"
#include "pipeline/naming.h"
#include "pipeline/run_compress.h"
#include "pipeline/run_convert.h"
#include "pipeline/shard.h"
#include "plan/values.h"

namespace imgmill::apps {
namespace {

constexpr int kMostValues = 1000;

[[noreturn]] void refuse(const std::string& text, const std::string& what) {
  throw base::Error(base::ErrorKind::usage, fmt::format("--set {}: {}", text, what));
}

// "3..8" or "8..32:8".
std::vector<std::string> range(const std::string& text, const std::string& value, std::size_t dots) {
  double from = 0, to = 0, step = 1;
  try {
    constexpr double kFar = 1e9;
    const auto colon = value.find(':', dots);
    from = plan::parse_number(value.substr(0, dots), -kFar, kFar);
    to = plan::parse_number(value.substr(dots + 2, colon == std::string::npos ? colon : colon - dots - 2), -kFar, kFar);
    if (colon != std::string::npos) step = plan::parse_number(value.substr(colon + 1), 1e-6, kFar);
  } catch (const base::Error& error) {
    refuse(text, fmt::format("in FROM..TO:STEP each {}", error.what()));
  }
  if (from > to) refuse(text, "the range ends before it starts");
  if ((to - from) / step >= kMostValues) refuse(text, fmt::format("more than {} values", kMostValues));
  std::vector<std::string> values;
  constexpr double kRounding = 1e-9;
  for (int i = 0; from + i * step <= to + kRounding * step; ++i) values.push_back(plan::format_number(from + i * step));
  return values;
}

template <class Task, class Run>
bench::Runner runner_of(const Task& task, const Run& run, const std::atomic<bool>* stop) {
  const auto timed = std::make_shared<Task>(task), scored = std::make_shared<Task>(task);
  for (Task* each : {timed.get(), scored.get()}) {
    each->cache = {};
    each->check = each->no_clobber = false;
  }
  timed->warm = true;  // it is made and dropped
  timed->score = false;
  scored->warm = false;
  scored->score = true;
  return {{},
          [timed, run, stop](const pipeline::Job& job) { return run(job, *timed, stop); },
          [scored, run, stop](const pipeline::Job& job) { return run(job, *scored, stop); },
          {}};
}

}  // namespace

bool decides_results(const plan::Setting& setting) {
  if (setting.name == "preset" || setting.name == "workload" || setting.name == "in_place") return false;
  const std::string_view group = setting.group;
  return group == kDrawingGroup || group == kResultGroup || group == kEncodingGroup ||
         setting.name == "max_dimension" || setting.name == "max_bytes" || setting.name == "target_ssim" ||
         setting.name == "target_time";
}

Variation parse_variation(const std::string& text) {
  const auto equals = text.find('=');
  if (equals == std::string::npos || equals == 0) refuse(text, "must be KEY=VALUE, KEY=FROM..TO or KEY=A|B");
  const std::string value = text.substr(equals + 1);
  Variation variation{text.substr(0, equals), {}};
  const bool number_first = !value.empty() && value.find_first_not_of("0123456789.-:") == std::string::npos;
  if (const auto dots = value.find(".."); number_first && dots != std::string::npos) {
    variation.values = range(text, value, dots);
    variation.is_range = true;
    return variation;
  }
  std::size_t start = 0;
  for (std::size_t bar = 0; bar != std::string::npos; start = bar + 1) {
    bar = value.find('|', start);
    variation.values.push_back(value.substr(start, bar == std::string::npos ? bar : bar - start));
  }
  return variation;
}

Contender::Contender(const std::string& subcommand, const std::string& preset, const std::vector<std::string>& sets,
                     std::span<char* const> arguments)
    : is_convert_(subcommand == "convert") {
  add_batch_settings(settings, batch, is_convert_ ? kDrawingGroup : kResultGroup);
  is_convert_ ? convert.add_settings(settings, batch) : compress.add_settings(settings, batch);
  pass_over_others(settings);
  MatrixOptions of_the_matrix;
  invocation.operands = parse_command_line(arguments, matrix_options(of_the_matrix, invocation, settings));
  settings.set("preset", preset, {plan::Source::flag, "--preset"});
  for (const std::string& set : sets) {  // what varies wins over what is given for all
    const auto equals = set.find('=');
    const std::string key = set.substr(0, equals);
    const plan::Setting* setting = settings.find(key);
    if (setting != nullptr && !decides_results(*setting)) refuse(set, "decides no result, so there is nothing to vary");
    settings.set(key, set.substr(equals + 1), {plan::Source::flag, fmt::format("--set {}", key)});
  }
  take_other_sources(settings, batch, invocation, subcommand);
  work = is_convert_ ? convert.prepare(invocation, batch) : compress.prepare(invocation, batch);
  entrant.name = preset;
  for (const plan::Setting& setting : settings.all()) {
    const std::string value = setting.print();
    if (decides_results(setting) && !value.empty()) entrant.parameters.emplace_back(setting.name, value);
  }
}

std::vector<pipeline::Job> Contender::jobs(const std::vector<pipeline::Input>& inputs,
                                           const std::filesystem::path& root) const {
  std::vector<pipeline::Job> jobs = pipeline::jobs_of(
      batch.shard, pipeline::name_outputs(inputs, {root.string() + "/", "{dir}/{stem}.{source_ext}.{variant}.{ext}",
                                                   work.products, false, true}));
  for (std::size_t i = 0; i < jobs.size(); ++i) jobs[i].index = i;
  return jobs;
}

void Contender::drop_goals() {
  for (pipeline::Rules* rules :
       {static_cast<pipeline::Rules*>(&convert.task), static_cast<pipeline::Rules*>(&compress.task)}) {
    rules->target_ssim = 0;
    rules->max_bytes = 0;
  }
}

bench::Runner Contender::runner(std::vector<pipeline::Job> jobs, const std::atomic<bool>* stop) {
  bench::Runner runner = is_convert_ ? runner_of(convert.task, pipeline::run_convert, stop)
                                     : runner_of(compress.task, pipeline::run_compress, stop);
  runner.jobs = std::move(jobs);
  runner.footprint = work.footprint;
  return runner;
}

std::vector<std::string> Contender::command() const {
  std::error_code ignored;
  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe", ignored);
  std::vector<std::string> words = {self.parent_path() / (is_convert_ ? "imgmill-convert" : "imgmill-compress"),
                                    "--quiet",
                                    "--no-cache",
                                    "--jobs=1",
                                    "--preset",
                                    batch.preset};
  for (const plan::Setting& setting : settings.all()) {
    const std::string value = setting.print();
    if (!decides_results(setting) || setting.origin.source <= plan::Source::preset || value.empty()) continue;
    words.insert(words.end(), {"--set", fmt::format("{}={}", setting.name, value)});
  }
  words.insert(words.end(), {"-o", "{out}", "--", "{in}"});
  return words;
}

std::vector<std::unique_ptr<Contender>> contenders(const std::string& subcommand,
                                                   const std::vector<std::string>& presets,
                                                   const std::vector<std::string>& sets,
                                                   std::span<char* const> arguments) {
  std::vector<std::vector<std::string>> combinations = {{}};  // of KEY=VALUE texts
  std::vector<std::string> labels = {""};
  for (const std::string& set : sets) {
    const Variation variation = parse_variation(set);
    std::vector<std::vector<std::string>> more;
    std::vector<std::string> more_labels;
    for (std::size_t i = 0; i < combinations.size(); ++i) {
      for (const std::string& value : variation.values) {
        more.push_back(combinations[i]);
        more.back().push_back(fmt::format("{}={}", variation.key, value));
        const bool varies = variation.values.size() > 1;
        more_labels.push_back(varies ? fmt::format("{} {}", labels[i], more.back().back()) : labels[i]);
      }
    }
    combinations = std::move(more);
    labels = std::move(more_labels);
    if (combinations.size() > kMostValues) refuse(set, fmt::format("more than {} combinations", kMostValues));
  }
  std::vector<std::unique_ptr<Contender>> all;
  for (const std::string& preset : presets) {
    for (std::size_t i = 0; i < combinations.size(); ++i) {
      all.push_back(std::make_unique<Contender>(subcommand, preset, combinations[i], arguments));
      all.back()->entrant.name = preset + labels[i];
    }
  }
  return all;
}

}  // namespace imgmill::apps
