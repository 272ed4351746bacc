// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/choose.h"

#include <fmt/core.h>

#include <algorithm>

namespace imgmill::plan {
namespace {

// Sets an integer parameter to `value`, as far as its range goes, unless the user has set it.
void ask_for(std::string_view name, int value, const Presets& presets, Choice& choice) {
  if (presets.keeps(name)) return;
  for (const base::Field<trace::TraceParams>& field : trace::trace_fields()) {
    if (field.name != name) continue;
    const int taken = std::clamp(value, static_cast<int>(field.min), static_cast<int>(field.max));
    choice.params.*std::get<int trace::TraceParams::*>(field.member) = taken;
    if (taken != value) choice.notes.push_back(fmt::format("{} {} is out of range; {} is taken", name, value, taken));
  }
}

void follow_the_work(const Subject& subject, const Wish& wish, const Presets& presets, Choice& choice) {
  constexpr double kMany = 2e6;
  const double work = workload(subject);
  if (wish.seconds < 1 && work > 0.7) {
    ask_for("color_precision", 2, presets, choice);
    ask_for("max_iterations", 3, presets, choice);
  } else if (wish.seconds > 5 && work < 0.3) {
    ask_for("color_precision", 10, presets, choice);
    ask_for("max_iterations", 25, presets, choice);
  }
  if (subject.pixels <= kMany) return;
  ask_for("color_precision", std::max(2, choice.params.color_precision - 2), presets, choice);
  ask_for("max_iterations", std::max(3, choice.params.max_iterations - 5), presets, choice);
}

std::size_t closest_allowed(const Wish& wish, std::size_t presets) {
  if (wish.seconds < 1) return 0;
  return wish.seconds > 5 ? presets - 1 : std::max<std::size_t>(1, presets - 1) - 1;
}

}  // namespace

bool Presets::keeps(std::string_view name) const { return std::find(fixed.begin(), fixed.end(), name) != fixed.end(); }

double workload(const Subject& subject) { return std::min(1.0, subject.pixels / 1e6 + subject.file_bytes / 5e6); }

Choice choose(const Subject& subject, const Wish& wish, const Presets& presets, const Forests& forests) {
  Choice choice;
  for (const Preset& preset : presets.all) {
    choice.expected.push_back(expect(forests, preset.name, subject.features, subject.pixels));
  }
  const std::size_t last = closest_allowed(wish, presets.all.size());
  const auto reaches = [&](std::size_t preset) {
    return choice.expected[preset].ssim - ssim_error(forests, presets.all[preset].name) >= wish.target_ssim;
  };
  if (wish.target_ssim == 0) choice.preset = last;
  while (choice.preset < last && !reaches(choice.preset)) ++choice.preset;
  choice.params = presets.all[choice.preset].params;
  follow_the_work(subject, wish, presets, choice);
  return choice;
}

}  // namespace imgmill::plan
