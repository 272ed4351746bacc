// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/time_figures.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "report/stacks.h"
#include "report/text.h"

namespace imgmill::report {

using base::StageTime;

double stage_ms(const std::vector<StageTime>& stages, std::string_view name) {
  const auto found = std::find_if(stages.begin(), stages.end(), [&](const StageTime& s) { return s.name == name; });
  return found == stages.end() ? 0 : found->milliseconds;
}

std::vector<StageTime> longest_first(std::vector<StageTime> stages) {
  std::stable_sort(stages.begin(), stages.end(),
                   [](const StageTime& a, const StageTime& b) { return a.milliseconds > b.milliseconds; });
  return stages;
}

void TimeFigures::add_run(const pipeline::Outcome& outcome, std::size_t round, Item& item) {
  if (rounds_.size() <= round) rounds_.resize(round + 1);
  rounds_[round].total_ms += outcome.total_ms;
  total_ms_ += outcome.total_ms;
  item.ms.push_back(outcome.total_ms);
  for (const StageTime& stage : outcome.stages) {
    base::add_stage(stages_, stage);
    base::add_stage(rounds_[round].stages, stage);
  }
  for (const base::Span& span : outcome.spans) {
    with_inner_[frame_name(span)] += std::chrono::duration<double, std::milli>(span.wall).count();
  }
  if (outcome.peak <= growth_.bytes) return;
  growth_ = {printable(outcome.input.native()), "", outcome.peak, 0};
  for (const StageTime& stage : outcome.stages) {
    if (stage.peak <= growth_.stage_bytes) continue;
    growth_.stage = stage.name;
    growth_.stage_bytes = stage.peak;
  }
}

void TimeFigures::add(const pipeline::Outcome& outcome) {
  if (outcome.spans.empty()) return;  // it was never started
  Item& item = items_.emplace_back();
  item.name = printable(outcome.input.native());
  std::size_t round = 0;
  for (const pipeline::Outcome& earlier : outcome.earlier) add_run(earlier, round++, item);
  add_run(outcome, round, item);
  look_ms += outcome.look_ms;
  tries += outcome.tries;
  double largest = 0;
  for (const pipeline::Output& output : outcome.outputs) {
    if (output.error) continue;
    ++outputs;
    encodes += static_cast<std::size_t>(output.encodes);
    largest = std::max(largest, static_cast<double>(output.width) * output.height);
    largest_output_side = std::max({largest_output_side, output.width, output.height});
    if (output.quality) qualities[std::string(output.format)].push_back(*output.quality);
  }
  if (largest == 0) return;
  ++sized_items;
  largest_output_pixels += largest;
  const double pixels = static_cast<double>(outcome.width) * outcome.height;
  input_pixels += pixels > 0 ? pixels : largest;
}

double TimeFigures::share_of(std::string_view stage) const { return share(stage_ms(stages_, stage)); }

double TimeFigures::share_with_inner(const std::string& stage) const {
  const auto found = with_inner_.find(stage);
  return found == with_inner_.end() ? 0 : share(found->second);
}

double TimeFigures::share_of_kind(std::string_view stage, std::string_view kind) const {
  return share_with_inner(fmt::format("{} {}", stage, kind));
}

}  // namespace imgmill::report
