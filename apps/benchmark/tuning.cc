// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "benchmark/tuning.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "base/error.h"
#include "base/memory.h"
#include "base/stage_clock.h"
#include "bench/gate.h"
#include "bench/machine.h"
#include "bench/measure.h"
#include "bench/tune.h"
#include "benchmark/entrants.h"
#include "benchmark/scratch.h"
#include "common/exit_code.h"
#include "common/run_main.h"
#include "compress/params.h"
#include "heap/heap_counter.h"
#include "pipeline/inputs.h"
#include "pipeline/naming.h"
#include "plan/values.h"
#include "report/statistics.h"
#include "report/target_file.h"
#include "report/text.h"
#include "trace/params.h"

namespace imgmill::apps {
namespace {

using bench::Cost;
using bench::Goal;
using bench::Knob;
using bench::Results;

constexpr int kMostTrials = 300;

[[noreturn]] void refuse(const std::string& message) { throw base::Error(base::ErrorKind::usage, message); }

double number_of(const Contender& contender, const std::string& name) {
  const plan::Setting* setting = contender.settings.find(name);
  if (setting == nullptr) refuse(fmt::format("--set {}: there is no such setting", name));
  constexpr double kFar = 1e9;
  try {
    return plan::parse_number(setting->print(), -kFar, kFar);
  } catch (const base::Error&) {
    refuse(fmt::format("--tune turns numbers, and {} is none", name));
  }
}

template <class Struct>
void add_knobs(std::span<const base::Field<Struct>> fields, const Contender& start, std::vector<Knob>& knobs) {
  for (const base::Field<Struct>& field : fields) {
    const bool whole = std::holds_alternative<int Struct::*>(field.member);
    const std::string name(field.name);
    knobs.push_back({name, field.min, field.max, whole, number_of(start, name)});
  }
}

// Whether turning it can change what is made: no bound on colours where there was none, no quality of other formats.
bool is_of_use(const Knob& knob, const Contender& start) {
  if (knob.name == "max_colors") return false;
  if (knob.name == "avif_threads" || knob.name == "min_quality" || knob.name == "max_quality") return false;
  for (const codec::Format format : {codec::Format::avif, codec::Format::webp, codec::Format::jpeg}) {
    const auto& products = start.work.products;
    const bool made = std::any_of(products.begin(), products.end(), [&](const auto& p) { return p.format == format; });
    if (!made && knob.name.starts_with(std::string(codec::to_string(format)) + "_")) return false;
  }
  return true;
}

// What --set gives ranges for, else every number that decides something.
std::vector<Knob> knobs_of(const std::string& subcommand, const std::vector<Variation>& ranges,
                           const Contender& start) {
  std::vector<Knob> knobs;
  subcommand == "convert" ? add_knobs(trace::trace_fields(), start, knobs)
                          : add_knobs(compress::compress_fields(), start, knobs);
  if (ranges.empty()) {
    std::erase_if(knobs, [&](const Knob& knob) { return !is_of_use(knob, start); });
    return knobs;
  }
  std::vector<Knob> chosen;
  for (const Variation& range : ranges) {
    const auto knob = std::find_if(knobs.begin(), knobs.end(), [&](const Knob& k) { return k.name == range.key; });
    if (knob == knobs.end()) refuse(fmt::format("--tune can't turn {}", range.key));
    Knob narrowed = *knob;
    narrowed.least = std::max(knob->least, plan::parse_number(range.values.front(), knob->least, knob->most));
    narrowed.most = std::min(knob->most, plan::parse_number(range.values.back(), knob->least, knob->most));
    narrowed.value = std::clamp(narrowed.value, narrowed.least, narrowed.most);
    chosen.push_back(narrowed);
  }
  return chosen;
}

class Tuning {
 public:
  Tuning(std::string subcommand, const MatrixOptions& options, std::span<char* const> arguments)
      : subcommand_(std::move(subcommand)), options_(options), arguments_(arguments) {
    if (options.presets.size() != 1) refuse("--tune starts from one preset (--preset NAME)");
    if (!options.versus.empty() || options.csv || options.markdown || options.html || options.baseline ||
        options.history || options.output) {
      refuse("--tune measures for itself alone: no --versus, --baseline, --history, -o or reports");
    }
    for (const std::string& set : options.sets) {
      Variation variation = parse_variation(set);
      if (variation.values.size() == 1) {
        fixed_.push_back(fmt::format("{}={}", variation.key, variation.values.front()));
      } else if (!variation.is_range) {
        refuse(fmt::format("--set {}: --tune turns numbers, from FROM..TO", set));
      } else {
        ranges_.push_back(std::move(variation));
      }
    }
    start_ = contender({});
    if (start_->invocation.json) refuse("--tune measures for itself alone: no --json");
    knobs_ = knobs_of(subcommand_, ranges_, *start_);
    goal_ = goal();
    split_images();
  }

  int run() {
    base::keep_freed_memory(start_->batch.memory);
    base::StageClock::record(heap_counter());
    goal_.start = cost_of({});
    if (goal_.start.failed) refuse("--tune needs images that the preset can do");
    say(fmt::format("{} images to try on, {} held back; {}: {}\n", training_.size(), held_back_.size(),
                    options_.presets.front(), text_of(goal_.start)));
    std::vector<double> start_values;
    for (const Knob& knob : knobs_) start_values.push_back(knob.value);
    const std::vector<double> values = bench::tune(
        knobs_, goal_, kMostTrials, [&](std::span<const double> v) { return cost_of(sets_of(v)); },
        [&](const bench::Trial& trial) { return tell(trial); });
    if (stop_flag()) return kInterrupted;
    const std::vector<std::string> sets = sets_of(values);
    if (values == start_values) return none("nothing was better on the images to try on");
    return prove(sets);
  }

 private:
  std::unique_ptr<Contender> contender(const std::vector<std::string>& sets) const {
    std::vector<std::string> all = fixed_;
    all.insert(all.end(), sets.begin(), sets.end());
    auto made = std::make_unique<Contender>(subcommand_, options_.presets.front(), all, arguments_);
    made->drop_goals();
    return made;
  }

  Goal goal() const {
    const BatchSettings& batch = start_->batch;
    const int given = (batch.target_ssim > 0) + (batch.max_bytes > 0) + (batch.target_time > 0);
    if (given > 1) refuse("--tune takes one goal: --target-ssim, --max-bytes or --target-time");
    constexpr double kMs = 1000;
    if (batch.target_ssim > 0) return {Goal::Kind::ssim, batch.target_ssim, {}};
    if (batch.max_bytes > 0) return {Goal::Kind::bytes, static_cast<double>(batch.max_bytes), {}};
    if (batch.target_time > 0) return {Goal::Kind::time, batch.target_time * kMs, {}};
    return {};
  }

  // In turns, by what is in them: the same images fall into the same halves whatever their names and places are.
  void split_images() {
    const std::vector<pipeline::Operand> operands = all_operands(start_->invocation);
    std::vector<std::pair<std::string, pipeline::Input>> inputs;
    for (pipeline::Input& input : pipeline::find_inputs(operands)) {
      if (input.from_stdin) refuse("bench reads an input more than once, which standard input can't be");
      inputs.emplace_back(bench::image_of(input.path).digest, std::move(input));
    }
    std::stable_sort(inputs.begin(), inputs.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      (i % 2 == 0 ? training_ : held_back_).push_back(std::move(inputs[i].second));
    }
    constexpr std::size_t kLeast = 5;  // of fewer all may be better by chance
    if (held_back_.size() < kLeast)
      refuse("--tune needs ten images at least: half of them prove what the others suggest");
  }

  std::vector<std::string> sets_of(std::span<const double> values) const {
    std::vector<std::string> sets;
    for (std::size_t i = 0; i < knobs_.size(); ++i) {
      if (values[i] != number_of(*start_, knobs_[i].name)) {
        sets.push_back(fmt::format("{}={}", knobs_[i].name, plan::format_number(values[i])));
      }
    }
    return sets;
  }

  Cost cost_of(const std::vector<std::string>& sets) const {
    const auto tried = contender(sets);
    const bench::Runner runner = tried->runner(tried->jobs(training_, scratch_.path()), &stop_flag());
    pipeline::BatchOptions options;
    options.jobs = base::usable_cores();
    options.memory = tried->batch.memory;
    const bench::Summed summed = bench::make_all(runner, options, stop_flag());
    return {summed.failed > 0, summed.mean_bytes, summed.mean_ssim, summed.mean_cpu_ms};
  }

  static std::string text_of(const Cost& cost) {
    return fmt::format("SSIM {:.4f}, {:.0f} bytes, {:.1f} ms of processor time", cost.ssim, cost.bytes, cost.ms);
  }

  bool tell(const bench::Trial& trial) {
    if (stop_flag()) return false;
    const Knob& knob = knobs_[trial.turned];
    say(fmt::format("{} {}={}: {}\n", trial.taken ? "+" : " ", knob.name,
                    plan::format_number(trial.values[trial.turned]),
                    trial.cost.failed ? "fails" : text_of(trial.cost)));
    return true;
  }

  void say(const std::string& line) const {
    if (!start_->batch.console.quiet) report::say(stderr, line);
  }

  int none(const std::string& why) const {
    report::say(stdout, fmt::format("none found: {}\n", why));
    return kGateFailed;
  }

  // Both on the images that were held back, timed in turns.
  Results measured(const std::vector<std::string>& sets) const {
    const auto tuned = contender(sets);
    Results results;
    results.setting = bench::this_setting({});
    results.setting.levels = {1};
    results.setting.repeats = options_.repeats.value_or(kLeastRepeats);
    results.entrants = {{"start", "", {}}, {"tuned", "", {}}};
    for (const pipeline::Input& input : held_back_) results.images.push_back(bench::image_of(input.path));
    bench::Plan plan;
    plan.memory = start_->batch.memory;
    for (const auto& [each, folder] : {std::pair(start_.get(), "start"), std::pair(tuned.get(), "tuned")}) {
      plan.runners.push_back(each->runner(each->jobs(held_back_, scratch_.path() / folder), &stop_flag()));
    }
    bench::Listener deaf;
    bench::measure(plan, results, deaf, stop_flag());
    return results;
  }

  int prove(const std::vector<std::string>& sets) const {
    const Results both = measured(sets);
    if (stop_flag()) return kInterrupted;
    const bench::Gain gain = bench::gain_of(both, 0, 1);
    std::string text;
    for (const std::string& set : sets) text += fmt::format("{}{}", text.empty() ? "" : " ", set);
    report::say(stdout, fmt::format("found: {}\non the images held back: {}\n", text, bench::to_text(gain)));
    const std::string missing = bench::why_not(gain, goal_);
    if (!missing.empty()) return none(missing);
    report::write_target("--tune", *options_.tune, preset(sets, gain));
    report::say(stdout, fmt::format("written: {}\n", report::printable(*options_.tune)));
    return kAllWell;
  }

  // What differs from the built-in values.
  std::string preset(const std::vector<std::string>& sets, const bench::Gain& gain) const {
    const auto tuned = contender(sets);
    std::string text = fmt::format("# Tuned from {} on {} images; on {} others, against it: {}\n\n[{}]\n",
                                   report::printable(options_.presets.front()), training_.size(), held_back_.size(),
                                   bench::to_text(gain), subcommand_);
    for (const plan::Setting& setting : tuned->settings.all()) {
      const std::string value = setting.print();
      if (!setting.in_presets || value == setting.fallback || !decides_results(setting)) continue;
      const bool is_number = !setting.range.empty();
      text += fmt::format("{} = {}\n", setting.name, is_number ? value : report::json_string(value));
    }
    return text;
  }

  std::string subcommand_;
  const MatrixOptions& options_;
  std::span<char* const> arguments_;
  std::vector<std::string> fixed_;
  std::vector<Variation> ranges_;
  std::unique_ptr<Contender> start_;
  std::vector<Knob> knobs_;
  Goal goal_;
  std::vector<pipeline::Input> training_, held_back_;
  Scratch scratch_;
};

}  // namespace

int run_tuning(const std::string& subcommand, const MatrixOptions& options, std::span<char* const> arguments) {
  report::check_target("--tune", *options.tune);
  return Tuning(subcommand, options, arguments).run();
}

}  // namespace imgmill::apps
