// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench/run_example.h"

#include <utility>

#include "pipeline/run_convert.h"
#include "pipeline/run_profile.h"
#include "report/time_figures.h"

namespace imgmill::bench {
namespace {

using pipeline::Outcome;

double without_scoring(const Outcome& outcome) {
  return outcome.total_ms - report::stage_ms(outcome.stages, "rasterise") - report::stage_ms(outcome.stages, "score");
}

}  // namespace

Outcome run_example(const pipeline::Job& job, const ExampleTask& task, const std::atomic<bool>* stop) {
  pipeline::ProfileTask profile;
  static_cast<pipeline::Rules&>(profile) = task;
  Outcome whole = pipeline::run_profile(job, profile, stop);
  pipeline::Job dropped = job;
  dropped.outputs = {{job.input, {}}};
  for (const plan::Preset& preset : task.presets) {
    if (whole.error) return whole;
    pipeline::ConvertTask convert;
    static_cast<pipeline::Rules&>(convert) = task;
    convert.cache = {};
    convert.warm = convert.score = true;
    convert.trace = preset.params;
    Outcome one = pipeline::run_convert(dropped, convert, stop);
    whole.total_ms += one.total_ms;
    if (one.error) {
      whole.error = std::move(one.error);
      whole.status = one.status;
      return whole;
    }
    whole.stages.push_back({preset.name, without_scoring(one)});
    one.outputs.front().variant = preset.name;
    whole.outputs.push_back(std::move(one.outputs.front()));
  }
  return whole;
}

}  // namespace imgmill::bench
