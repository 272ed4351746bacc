// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pipeline/order.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <tuple>
#include <utility>

#include "base/error.h"
#include "pipeline/pattern.h"
#include "plan/values.h"

namespace imgmill::pipeline {
namespace {

constexpr std::pair<std::string_view, double> kLevels[] = {
    {"high", kHighPriority}, {"normal", kNormalPriority}, {"low", kLowPriority}};

double size_of(const Job& job) {
  std::error_code error;
  const std::uintmax_t size = job.from_stdin ? 0 : std::filesystem::file_size(job.input, error);
  return error ? 0 : static_cast<double>(size);
}

double rank(const Job& job, Order order, std::span<const PriorityRule> rules) {
  switch (order) {
    case Order::path:
      return 0;
    case Order::small_first:
      return size_of(job);
    case Order::large_first:
      return -size_of(job);
    case Order::priority:
      return level_of(job.relative, rules);
  }
  return 0;
}

double parse_level(std::string_view text) {
  for (const auto& [word, level] : kLevels) {
    if (word == text) return level;
  }
  constexpr double kMost = 1e9;
  try {
    return plan::parse_number(text, -kMost, kMost);
  } catch (const base::Error&) {
    throw base::Error(base::ErrorKind::usage,
                      fmt::format("must be PATTERN=high, normal, low or a number, not …={}", text));
  }
}

}  // namespace

PriorityRule parse_priority(std::string_view text) {
  const std::size_t equals = text.rfind('=');  // a pattern may hold one too
  if (equals == std::string_view::npos || equals == 0) {
    throw base::Error(base::ErrorKind::usage, fmt::format("must be PATTERN=LEVEL, not '{}'", text));
  }
  return {std::string(text.substr(0, equals)), parse_level(text.substr(equals + 1))};
}

std::vector<PriorityRule> parse_priorities(std::string_view text) {
  std::vector<PriorityRule> rules;
  for (const std::string& word : plan::split_list(text)) rules.push_back(parse_priority(word));
  return rules;
}

std::string format_priorities(std::span<const PriorityRule> rules) {
  std::string text;
  for (const PriorityRule& rule : rules) {
    const auto named =
        std::find_if(std::begin(kLevels), std::end(kLevels), [&](const auto& l) { return l.second == rule.level; });
    const std::string level = named == std::end(kLevels) ? plan::format_number(rule.level) : std::string(named->first);
    text += fmt::format("{}{}={}", text.empty() ? "" : ",", rule.pattern, level);
  }
  return text;
}

double level_of(std::string_view relative, std::span<const PriorityRule> rules) {
  for (std::size_t i = rules.size(); i-- > 0;) {
    if (matches_pattern(rules[i].pattern, relative)) return rules[i].level;
  }
  return kNormalPriority;
}

void arrange(std::vector<Job>& jobs, Order order, std::span<const PriorityRule> rules) {
  std::vector<std::pair<double, const Job*>> ranked;
  ranked.reserve(jobs.size());
  for (const Job& job : jobs) ranked.emplace_back(rank(job, order, rules), &job);
  const auto key = [](const auto& entry) {
    return std::tie(entry.first, entry.second->relative, entry.second->input.native(), entry.second->index);
  };
  std::sort(ranked.begin(), ranked.end(), [&](const auto& a, const auto& b) { return key(a) < key(b); });
  std::vector<Job> arranged;
  arranged.reserve(jobs.size());
  for (const auto& entry : ranked) arranged.push_back(*entry.second);
  jobs = std::move(arranged);
}

}  // namespace imgmill::pipeline
