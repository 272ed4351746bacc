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

void profile(const Job& job, const ProfileTask& task, const base::Stop& stop, base::StageClock& clock,
             Outcome& outcome) {
  stop.check();
  base::Bytes file = read_input(job, clock, outcome);
  stop.check();
  codec::read_header(file, task.limits);  // the size is checked first: features of what is refused now are none
  const auto decode = [&] {
    const Scope timed(&clock, "decode");
    codec::DecodeOptions options(task.limits);
    options.stop = stop;
    codec::Decoded decoded = codec::decode(file, options);
    outcome.warnings = std::move(decoded.warnings);
    return decoded.image;
  };
  const features::Features features = features_of(base::digest(file), decode, task.cache, stop, clock);
  outcome.portrait = describe(features, features::classify(features));
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
  const double pixels = static_cast<double>(source.header.width) * source.header.height;
  const double each = kDecodedBytes + (source.header.progressive ? kCoefficientBytes : 0);
  return static_cast<std::uint64_t>(pixels * each + kMeasuring) + source.file_bytes;
}

}  // namespace imgmill::pipeline
