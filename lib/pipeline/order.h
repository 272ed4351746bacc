// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// In which order the jobs of a batch get their turn. It changes no result: only what is done first.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/job.h"

namespace imgmill::pipeline {

enum class Order { path, small_first, large_first, priority };

// The jobs whose relative path `pattern` matches, by the rules of pattern.h. The lower the level, the earlier.
struct PriorityRule {
  std::string pattern;
  double level = 0;
};
inline constexpr double kHighPriority = 1, kNormalPriority = 5, kLowPriority = 10;

// "hero/**=high": a pattern, then high (1), normal (5), low (10) or a number. Throws Error{usage}: "must be …".
PriorityRule parse_priority(std::string_view text);

// Several of them with commas between.
std::vector<PriorityRule> parse_priorities(std::string_view text);
std::string format_priorities(std::span<const PriorityRule> rules);

// The level of the last rule that matches; normal where none does.
double level_of(std::string_view relative, std::span<const PriorityRule> rules);

// Sizes are those of the files (0 for standard input and what isn't there). What is equal goes by path.
void arrange(std::vector<Job>& jobs, Order order, std::span<const PriorityRule> rules);

}  // namespace imgmill::pipeline
