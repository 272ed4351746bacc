// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What `imgmill bench convert` and `imgmill bench compress` do: presets and other programs over images, from the
// command line to the reports.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "bench/gate.h"
#include "common/batch.h"
#include "common/command_line.h"

namespace imgmill::apps {

inline constexpr int kLeastRepeats = 5;

// What is asked of a benchmark beyond what is asked of its subcommand.
struct MatrixOptions {
  std::vector<std::string> presets = {"speed", "balanced", "quality"};
  std::vector<std::string> sets;    // KEY=VALUE, KEY=FROM..TO, KEY=A|B
  std::vector<std::string> versus;  // commands of other programs
  std::vector<int> levels = {1};
  std::optional<int> repeats;  // none: kLeastRepeats, and more where they are short
  std::optional<std::string> output, tune, csv, markdown, html, baseline, history;
  std::vector<bench::Rule> rules = bench::parse_rules(bench::kUsualRules);
  bool presets_given = false, force = false;
};

// The options of `subcommand`, some of them with another meaning: --preset, --set and --jobs take several values. What
// makes no sense in a benchmark is left out.
std::vector<Option> matrix_options(MatrixOptions& options, Invocation& invocation, plan::Settings& settings);

// Returns the exit code; throws Error.
int run_matrix(const std::string& subcommand, std::span<char* const> arguments);

}  // namespace imgmill::apps
