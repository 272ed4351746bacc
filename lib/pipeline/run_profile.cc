// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pipeline/run_profile.h"

#include <utility>
#include <vector>

#include "base/digest.h"
#include "base/stage_clock.h"
#include "base/stop.h"
#include "codec/codec.h"
#include "features/classify.h"
#include "pipeline/edge.h"
#include "pipeline/portrait.h"

namespace imgmill::pipeline {
namespace {

using Scope = base::StageClock::Scope;

// Those that differ from the defaults.
Figures parameters_of(const trace::TraceParams& params) {
  Figures figures;
  const trace::TraceParams defaults;
  for (const base::Field<trace::TraceParams>& field : trace::trace_fields()) {
    std::visit(
        [&](auto member) {
          if (params.*member != defaults.*member) {
            figures.emplace_back(field.name, static_cast<double>(params.*member));
          }
        },
        field.member);
  }
  return figures;
}

void predict(const plan::Subject& subject, const Automatic& automatic, Outcome& outcome) {
  const plan::Choice choice = plan::choose(subject, automatic.wish, automatic.presets, *automatic.forests);
  for (std::size_t i = 0; i < choice.expected.size(); ++i) {
    const std::string& name = automatic.presets.all[i].name;
    const plan::Expected& e = choice.expected[i];
    outcome.portrait.expected.push_back({name, e.ssim, plan::ssim_error(*automatic.forests, name), e.bytes, e.ms});
  }
  outcome.portrait.preset = automatic.presets.all[choice.preset].name;
  outcome.portrait.parameters = parameters_of(choice.params);
  outcome.warnings.insert(outcome.warnings.end(), choice.notes.begin(), choice.notes.end());
}

void profile(const Job& job, const ProfileTask& task, const base::Stop& stop, base::StageClock& clock,
             Outcome& outcome) {
  stop.check();
  base::Bytes file = read_input(job, clock, outcome);
  stop.check();
  // The size is checked first: features of what is refused now are none.
  const codec::Header header = codec::read_header(file, task.limits);
  const auto decode = [&] { return decode_input(file, task, stop, clock, outcome.warnings); };
  const features::Features features =
      features_of(base::digest(file), jpeg_quality_of(file), decode, task.cache, stop, clock);
  const Scope timed(&clock, "predict");
  if (!task.automatic) {
    outcome.portrait = describe(features, features::classify(features));
    return;
  }
  outcome.portrait = describe(features, task.automatic->forests->classify(features));
  const auto pixels = static_cast<double>(header.width) * header.height;
  predict({features, pixels, static_cast<double>(file.size())}, *task.automatic, outcome);
}

}  // namespace

Outcome run_profile(const Job& job, const ProfileTask& task, const std::atomic<bool>* stop) {
  return at_edge(job, task.timeout_seconds, stop, [&](const base::Stop& s, base::StageClock& clock, Outcome& outcome) {
    profile(job, task, s, clock, outcome);
    outcome.status = Status::measured;
  });
}

Outcome plan_profile(const Job& job, const ProfileTask& task) {
  return at_edge(job, 0, nullptr, [&](const base::Stop&, base::StageClock&, Outcome& outcome) {
    const Source source = look_at(job, task.limits);
    outcome.memory = profile_memory(source);
    outcome.bytes_in = source.file_bytes;
  });
}

std::uint64_t profile_memory(const Source& source) {
  constexpr double kMeasuring = 32e6;  // planes of 800 × 800 px, and a model
  return static_cast<std::uint64_t>(decoding_memory(source) + kMeasuring) + source.file_bytes;
}

}  // namespace imgmill::pipeline
