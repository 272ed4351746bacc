// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/ladder.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace imgmill::plan {
namespace {

constexpr int kSteps = 3;  // from a preset to the next
constexpr int kCloser = 2;

// `step` of kSteps from one preset to the next.
trace::TraceParams between(const Presets& presets, std::size_t preset, int step) {
  const trace::TraceParams& from = presets.all[preset].params;
  const trace::TraceParams& to = presets.all[preset + 1].params;
  trace::TraceParams params = from;
  for (const base::Field<trace::TraceParams>& field : trace::trace_fields()) {
    if (presets.keeps(field.name)) continue;
    std::visit(
        [&](auto member) {
          const auto value = from.*member + (to.*member - from.*member) * static_cast<double>(step) / kSteps;
          if constexpr (std::is_same_v<decltype(member), int trace::TraceParams::*>) {
            params.*member = static_cast<int>(std::lround(value));
          } else {
            params.*member = value;
          }
        },
        field.member);
  }
  return params;
}

// Half the area by which curves and bands may be off, `steps` times.
trace::TraceParams closer(const Presets& presets, int steps) {
  trace::TraceParams params = presets.all.back().params;
  constexpr double kOff[] = {1, 0.707107, 0.5};
  if (!presets.keeps("length_threshold")) params.length_threshold *= kOff[steps];
  if (!presets.keeps("layer_difference")) {
    params.layer_difference = static_cast<int>(std::lround(params.layer_difference * kOff[steps]));
  }
  return params;
}

// A straight line from each preset to the next, and on.
double expected_log_error(const std::vector<double>& presets, int rung) {
  const int last = static_cast<int>(presets.size()) - 1;
  const int from = std::min(rung / kSteps, std::max(0, last - 1));
  const double start = presets[static_cast<std::size_t>(from)];
  const double end = presets[static_cast<std::size_t>(std::min(from + 1, last))];
  return start + (end - start) * (rung - from * kSteps) / kSteps;
}

}  // namespace

Ladder ladder(const Presets& presets, const Choice& choice, double target_ssim, double margin) {
  Ladder ladder;
  for (std::size_t preset = 0; preset + 1 < presets.all.size(); ++preset) {
    for (int step = 0; step < kSteps; ++step) ladder.rungs.push_back(between(presets, preset, step));
  }
  for (int step = 0; step <= kCloser; ++step) ladder.rungs.push_back(closer(presets, step));
  std::vector<double> expected;
  for (const Expected& preset : choice.expected) expected.push_back(log_error(preset.ssim));
  for (std::size_t i = 1; i < expected.size(); ++i) {  // closer is closer, whatever the forests say
    constexpr double kLeastStep = 0.1;
    expected[i] = std::min(expected[i], expected[i - 1] - kLeastStep);
  }
  ladder.forecast = [expected, aim = log_error(target_ssim) - margin](int rung) {
    return expected_log_error(expected, rung) - aim;
  };
  return ladder;
}

}  // namespace imgmill::plan
