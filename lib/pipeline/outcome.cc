// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pipeline/outcome.h"

#include <fmt/core.h>

#include <algorithm>
#include <numeric>

namespace imgmill::pipeline {

std::string_view to_string(Status status) {
  switch (status) {
    case Status::written:
      return "written";
    case Status::unchanged:
      return "unchanged";
    case Status::cached:
      return "cached";
    case Status::kept:
      return "kept";
    case Status::measured:
      return "measured";
    case Status::skipped:
      return "skipped";
    case Status::failed:
      return "failed";
  }
  return "";
}

std::string_view to_string(Hold hold) {
  switch (hold) {
    case Hold::memory:
      return "memory";
    case Hold::load:
      return "load";
    case Hold::cpu:
      return "cpu";
    case Hold::cpu_pressure:
      return "cpu_pressure";
    case Hold::memory_pressure:
      return "memory_pressure";
    case Hold::cpu_quota:
      return "cpu_quota";
    case Hold::rate:
      return "rate";
  }
  return "";
}

std::string_view to_string(Gate gate) {
  switch (gate) {
    case Gate::none:
      return "";
    case Gate::missing:
      return "missing";
    case Gate::stale:
      return "stale";
    case Gate::over_budget:
      return "over_budget";
    case Gate::below_target:
      return "below_target";
    case Gate::below_minimum:
      return "below_minimum";
  }
  return "";
}

std::string label(const Output& output) {
  return output.variant.empty() ? std::string(output.format) : fmt::format("{}.{}", output.variant, output.format);
}

void CacheCounts::add(std::string_view answer) {
  const auto known = std::find(kCacheAnswers.begin(), kCacheAnswers.end(), answer);
  if (known != kCacheAnswers.end()) ++by_answer[static_cast<std::size_t>(known - kCacheAnswers.begin())];
}

std::size_t CacheCounts::lookups() const { return std::accumulate(by_answer.begin(), by_answer.end(), std::size_t{0}); }

std::size_t Summary::items() const { return std::accumulate(counts.begin(), counts.end(), std::size_t{0}); }

double Summary::mean_queue_ms() const { return queue_ms / static_cast<double>(std::max<std::size_t>(items(), 1)); }

double Summary::images_per_second() const {
  const std::size_t done = items() - count(Status::skipped) - count(Status::failed);
  return wall_seconds > 0 ? static_cast<double>(done) / wall_seconds : 0;
}

void Summary::add(const Outcome& outcome) {
  ++counts[static_cast<std::size_t>(outcome.status)];
  if (outcome.gate != Gate::none) ++gates;
  bytes_in += outcome.bytes_in;
  if (outcome.status != Status::skipped) item_ms += outcome.total_ms;
  queue_ms += outcome.queue_ms;
  longest_queue_ms = std::max(longest_queue_ms, outcome.queue_ms);
  retries += static_cast<std::size_t>(outcome.retries);
  for (const Output& output : outcome.outputs) {
    cache.add(output.cache);
    if (output.error) continue;
    ++outputs;
    bytes_out += output.bytes;
    encodes += static_cast<std::size_t>(output.encodes);
  }
  for (const base::StageTime& stage : outcome.stages) base::add_stage(stages, stage);
}

}  // namespace imgmill::pipeline
