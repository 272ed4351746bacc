// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The options that every subcommand which works on a batch of images shares, and where their values come from.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/cache_options.h"
#include "common/command_line.h"
#include "image/limits.h"
#include "pipeline/inputs.h"
#include "pipeline/order.h"
#include "pipeline/result_cache.h"
#include "pipeline/shard.h"
#include "plan/settings.h"
#include "report/alerts.h"
#include "report/console.h"

namespace imgmill::apps {

// The headings of --help, in their order.
inline constexpr const char* kInputGroup = "Input and output";
inline constexpr const char* kDrawingGroup = "Drawing";
inline constexpr const char* kResultGroup = "Results";
inline constexpr const char* kEncodingGroup = "Encoding";
inline constexpr const char* kRunGroup = "Running";
inline constexpr const char* kReportGroup = "Reporting";
inline constexpr const char* kConfigGroup = "Configuration";

// The preset that is chosen anew for each image.
inline constexpr std::string_view kAutomatic = "auto";

// What can also be set by environment, configuration files and --set.
struct BatchSettings {
  std::string preset = "balanced";
  std::string workload;  // a second preset over the first, where the subcommand knows such
  int jobs = 1;
  int max_jobs = 0, chunk = 0;  // 0: no bound
  std::uint64_t memory = 0;
  double timeout = 0;
  pipeline::Shard shard;
  pipeline::Order order = pipeline::Order::path;
  std::vector<pipeline::PriorityRule> priorities;
  double max_load = 0, cpu_limit = 0;  // per cent; 0: no bound
  double rate = 0;                     // starts a second; 0: no bound
  int retries = 1;
  image::Limits limits;
  int max_dimension = 0;
  std::uint64_t max_bytes = 0;
  double target_ssim = 0;
  double target_time = 0;  // seconds, for --preset auto; 0: its default
  bool score = false;
  bool fail_fast = false;
  bool no_clobber = false;
  std::string name_template;
  std::vector<report::Alert> alerts;
  bool strict = false;  // an alert is a failed gate
  report::ConsoleOptions console;
  CacheSettings cache;
  pipeline::ResultCache results;  // opened as these say
};

// What belongs to one command line only.
struct Invocation {
  std::vector<std::string> operands;
  std::optional<std::string> output, files_from, json, metrics, config;
  std::vector<std::string> sets;
  bool nul_separated = false;
  bool check = false, warm = false, dry_run = false, explain = false, help = false, version = false;
};

// Adds a setting for each member of `batch`, which outlives the table; jobs and memory get this machine's values.
// `group` is the heading under which --preset stands.
void add_batch_settings(plan::Settings& settings, BatchSettings& batch, const char* group);

// --workload, for the subcommands that have it.
plan::Setting workload_setting(const char* group, std::string& value);

// Settings of the usual kinds, for the subcommands' own.
plan::Setting switch_setting(const char* name, const char* group, const char* help, bool& value, char letter = 0);
// `least` to `most`; 0, which is shown as nothing, where it isn't given.
plan::Setting number_setting(const char* name, const char* group, const char* value_name, const char* help,
                             double least, double most, double& value);
plan::Setting ratio_setting(const char* name, const char* group, const char* help, double& value);  // 0.001-1

// The flags of `invocation` and of all settings.
std::vector<Option> batch_options(Invocation& invocation, plan::Settings& settings);

// After the flags: --set, the environment, the files, the preset.
void take_other_sources(plan::Settings& settings, const BatchSettings& batch, const Invocation& invocation,
                        std::string_view subcommand);

// Who gives priorities means --order priority, unless --order says otherwise.
void let_priorities_order(const plan::Settings& settings, BatchSettings& batch);

// Where presets are looked for: beside the program, then where it was installed.
std::vector<std::filesystem::path> preset_folders();

// --explain: a line for each setting with its value and where that came from.
std::string explain(const plan::Settings& settings);

// The inputs that are named on the command line and in --files-from. Throws Error{usage} where there are none at all.
std::vector<pipeline::Operand> all_operands(const Invocation& invocation);

// Throws Error{usage} for options that contradict each other.
void refuse_contradictions(const Invocation& invocation, const BatchSettings& batch);

}  // namespace imgmill::apps
