// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/batch.h"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <utility>

#include "base/bytes.h"
#include "base/error.h"
#include "base/memory.h"
#include "plan/presets.h"

namespace imgmill::apps {
namespace {

namespace fs = std::filesystem;
using plan::Setting;
using plan::Settings;
using plan::Source;

Setting text_setting(const char* name, const char* group, const char* value_name, const char* help,
                     std::string& value) {
  return {name, group, value_name, help, [&value](std::string_view text) { value = text; }, [&value] { return value; }};
}

template <class Integer>
Setting count_setting(const char* name, const char* group, const char* help, std::int64_t min, std::int64_t max,
                      Integer& value) {
  Setting setting{
      name,
      group,
      "N",
      help,
      [&value, min, max](std::string_view text) { value = static_cast<Integer>(plan::parse_int(text, min, max)); },
      [&value] { return value == 0 ? std::string() : fmt::format("{}", value); }};
  return setting;
}

Setting size_setting(const char* name, const char* group, const char* help, std::uint64_t& value) {
  return {name,
          group,
          "SIZE",
          help,
          [&value](std::string_view text) { value = plan::parse_size(text); },
          [&value] { return value == 0 ? std::string() : plan::format_size(value); }};
}

Setting shard_setting(pipeline::Shard& value) {
  return {"shard",
          kRunGroup,
          "I/N",
          "Take the I-th of N disjoint parts of the inputs, chosen by a hash of the path below the folder",
          [&value](std::string_view text) { value = pipeline::parse_shard(text); },
          [&value] { return value.is_all() ? std::string() : pipeline::to_string(value); }};
}

Setting progress_setting(report::ProgressMode& value) {
  using Mode = report::ProgressMode;
  return plan::choice_setting("progress", kReportGroup, "A bar on a terminal, a plain line now and then in a log",
                              value, {{"auto", Mode::automatic}, {"always", Mode::always}, {"never", Mode::never}});
}

void add_input_settings(Settings& settings, BatchSettings& batch) {
  settings.add(
      text_setting("name", kInputGroup, "TEMPLATE",
                   "Names of the results below the output folder, from {dir} {stem} {variant} {ext} {source_ext}",
                   batch.name_template));
  settings.add(switch_setting("no_clobber", kInputGroup, "Leave results that exist as they are", batch.no_clobber));
  constexpr std::int64_t kMostPixels = std::int64_t{1} << 40;
  settings.add(count_setting("max_pixels", kInputGroup, "Refuse inputs with more pixels", 1, kMostPixels,
                             batch.limits.max_pixels));
  settings.add(count_setting("max_dimension", kInputGroup, "Scale larger inputs down to N px first (Lanczos)", 1,
                             1 << 20, batch.max_dimension));
  settings.add(size_setting("max_bytes", kInputGroup,
                            "Search for the closest result that fits; where none does, exit 3", batch.max_bytes));
}

// 5/s, 300/m or 18000/h; 5 alone is a second's.
double parse_rate(std::string_view text) {
  constexpr double kMost = 1e6;
  double seconds = 1;
  for (const auto& [unit, length] : {std::pair("/s", 1.0), std::pair("/m", 60.0), std::pair("/h", 3600.0)}) {
    if (!text.ends_with(unit)) continue;
    seconds = length;
    text.remove_suffix(2);
    break;
  }
  return plan::parse_number(text, 1e-3, kMost) / seconds;
}

void add_queue_settings(Settings& settings, BatchSettings& batch) {
  using pipeline::Order;
  settings.add(plan::choice_setting("order", kRunGroup, "Which items come first", batch.order,
                                    {{"path", Order::path},
                                     {"small-first", Order::small_first},
                                     {"large-first", Order::large_first},
                                     {"priority", Order::priority}}));
  settings.add({"priority", kRunGroup, "PATTERN=LEVEL",
                "Relative paths that come earlier or later: high, normal, low or a number (1, 5, 10); may be repeated, "
                "the last that matches counts",
                [&batch](std::string_view text) { batch.priorities = pipeline::parse_priorities(text); },
                [&batch] { return pipeline::format_priorities(batch.priorities); }});
  settings.add(number_setting("max_load", kRunGroup, "X", "Start no further item while the load average is X or more",
                              0.01, 1e6, batch.max_load));
  settings.add(number_setting("cpu_limit", kRunGroup, "PERCENT",
                              "Start no further item while more of the cores to use is taken, one item always", 1, 100,
                              batch.cpu_limit));
  settings.add({"rate", kRunGroup, "N/s", "Start at most N items a second (N/m: a minute, N/h: an hour)",
                [&batch](std::string_view text) { batch.rate = parse_rate(text); },
                [&batch] { return batch.rate == 0 ? std::string() : plan::format_number(batch.rate) + "/s"; }});
  Setting retries{"retries",
                  kRunGroup,
                  "N",
                  "Do an item that failed for memory again N times, alone and with less",
                  [&batch](std::string_view text) { batch.retries = static_cast<int>(plan::parse_int(text, 0, 10)); },
                  [&batch] { return plan::format_number(batch.retries); }};
  retries.range = "0-10";
  settings.add(std::move(retries));
}

void add_run_settings(Settings& settings, BatchSettings& batch) {
  batch.jobs = std::min(1024, base::usable_cores());
  constexpr std::uint64_t kUnknownMachine = std::uint64_t{2} << 30;
  constexpr std::uint64_t kMegabyte = std::uint64_t{1} << 20;
  batch.memory = base::available_memory().value_or(kUnknownMachine) / 10 * 8 / kMegabyte * kMegabyte;
  Setting jobs = count_setting("jobs", kRunGroup, "Items in work at once, by default as many as there are cores to use",
                               1, 1024, batch.jobs);
  jobs.letter = 'j';
  jobs.range = "1-1024";
  settings.add(std::move(jobs));
  const auto add_bound = [&](const char* name, const char* help, int& value) {
    Setting bound = count_setting(name, kRunGroup, help, 1, 1024, value);
    bound.range = "1-1024";
    bound.in_presets = true;
    settings.add(std::move(bound));
  };
  add_bound("max_jobs", "Never more items in work at once than N, however many cores there are", batch.max_jobs);
  add_bound("chunk", "Never more items in flight than N, however much memory there is", batch.chunk);
  settings.add(size_setting("memory", kRunGroup,
                            "Budget for the images in flight, by default 80 % of the memory that is free",
                            batch.memory));
  constexpr double kYear = 365.0 * 24 * 3600;
  settings.add(number_setting("timeout", kRunGroup, "SECONDS", "An item that takes longer fails, the batch goes on",
                              0.001, kYear, batch.timeout));
  settings.add(shard_setting(batch.shard));
  add_queue_settings(settings, batch);
  settings.add(switch_setting("fail_fast", kRunGroup, "Stop after the first item that fails", batch.fail_fast));
}

Setting alert_setting(std::vector<report::Alert>& value) {
  return {"alert",
          kReportGroup,
          "FIGURE>N,...",
          "Warn at the end where cpu, memory (% of the budget), hit_rate, error_rate (all %) or item_seconds (mean) is "
          "over (>) or under (<) N",
          [&value](std::string_view text) { value = report::parse_alerts(text); },
          [&value] { return report::format_alerts(value); }};
}

void add_report_settings(Settings& settings, BatchSettings& batch) {
  settings.add(switch_setting("score", kReportGroup, "Render each result and measure how close it is (SSIM, PSNR)",
                              batch.score));
  settings.add(
      ratio_setting("target_ssim", kReportGroup,
                    "Search for the smallest result that reaches SSIM X; the closest, and exit 3, where none does",
                    batch.target_ssim));
  constexpr double kDay = 24.0 * 3600;
  settings.add(number_setting("slow", kReportGroup, "SECONDS", "Name the items that take longer", 0.001, kDay,
                              batch.console.slow_seconds));
  settings.add(alert_setting(batch.alerts));
  settings.add(switch_setting("strict", kReportGroup, "Exit 3 where an --alert is set off", batch.strict));
  settings.add(progress_setting(batch.console.progress));
  settings.add(switch_setting("table", kReportGroup, "A table of all items at the end", batch.console.table));
  settings.add(switch_setting("quiet", kReportGroup, "Print problems only", batch.console.quiet, 'q'));
  settings.add(
      switch_setting("verbose", kReportGroup, "Warnings, totals and the table too", batch.console.verbose, 'v'));
}

Option flag(const char* name, const char* group, const char* help, bool& value, char letter = 0) {
  return {name, letter, Takes::nothing, "", group, help, [&value, name](const std::string& text) {
            named(name, [&] { value = plan::parse_switch(text); });
          }};
}

Option value(const char* name, const char* group, const char* value_name, const char* help,
             std::optional<std::string>& target, char letter = 0) {
  return {name, letter, Takes::value, value_name, group, help, [&target](const std::string& text) { target = text; }};
}

Option json_option(Invocation& invocation) {
  return {"--json",
          0,
          Takes::optional_value,
          "FILE",
          kReportGroup,
          "A JSON record a line for each item as it completes and a summary, to standard output or FILE",
          [&invocation](const std::string& text) { invocation.json = text.empty() ? "-" : text; }};
}

// A list whose flag adds to what the earlier ones gave.
void make_repeatable(std::vector<Option>& options, std::string_view flag) {
  const auto option = std::find_if(options.begin(), options.end(), [&](const Option& o) { return o.flag == flag; });
  const auto all = std::make_shared<std::string>();
  option->take = [take = option->take, all](const std::string& text) {
    *all += fmt::format("{}{}", all->empty() ? "" : ",", text);
    take(*all);
  };
}

std::optional<fs::path> user_config() {
  const char* folder = std::getenv("XDG_CONFIG_HOME");
  if (folder != nullptr && *folder == '/') return fs::path(folder) / "imgmill/config.toml";
  const char* home = std::getenv("HOME");
  if (home == nullptr || *home == '\0') return std::nullopt;
  return fs::path(home) / ".config/imgmill/config.toml";
}

void take_sets(Settings& settings, const std::vector<std::string>& sets) {
  for (const std::string& set : sets) {
    const auto equals = set.find('=');
    if (equals == std::string::npos) {
      throw base::Error(base::ErrorKind::usage, fmt::format("--set {}: must be KEY=VALUE", set));
    }
    settings.set(set.substr(0, equals), set.substr(equals + 1), {Source::set_flag, "--set"});
  }
}

void take_environment(Settings& settings) {
  for (const Setting& setting : settings.all()) {
    const std::string variable = plan::variable_name(setting);
    const char* text = std::getenv(variable.c_str());
    if (text != nullptr && *text != '\0') settings.set(setting.name, text, {Source::environment, variable});
  }
}

std::vector<fs::path> workload_folders() {
  std::vector<fs::path> folders = preset_folders();
  for (fs::path& folder : folders) folder /= "workloads";
  return folders;
}

void take_preset(Settings& settings, const BatchSettings& batch, std::string_view subcommand) {
  if (batch.preset == kAutomatic) return;
  const plan::Origin chosen_by = settings.find("preset")->origin;
  fs::path path;
  try {
    path = plan::find_preset(batch.preset, preset_folders());
  } catch (const base::Error& error) {
    // The default preset is the built-in values; a lone executable works without its file.
    if (chosen_by.source == Source::built_in) return;
    throw base::Error(error.kind(), fmt::format("{}: preset {}", chosen_by.where, error.what()));
  }
  plan::apply_file(settings, path, Source::preset, subcommand);
}

// After the preset, which it wins over: of values from equally strong sources the later one counts.
void take_workload(Settings& settings, const BatchSettings& batch, std::string_view subcommand) {
  if (batch.workload.empty()) return;
  try {
    plan::apply_file(settings, plan::find_preset(batch.workload, workload_folders()), Source::preset, subcommand);
  } catch (const base::Error& error) {
    throw base::Error(error.kind(), fmt::format("{} {}", settings.find("workload")->origin.where, error.what()));
  }
}

}  // namespace

std::vector<fs::path> preset_folders() {
  std::error_code ignored;
  const fs::path self = fs::read_symlink("/proc/self/exe", ignored);
  return {self.parent_path().parent_path() / "presets", fs::path(IMGMILL_DATA_DIR) / "presets"};
}

Setting switch_setting(const char* name, const char* group, const char* help, bool& value, char letter) {
  Setting setting{name,
                  group,
                  "",
                  help,
                  [&value](std::string_view text) { value = plan::parse_switch(text); },
                  [&value] { return std::string(value ? "on" : "off"); }};
  setting.letter = letter;
  return setting;
}

Setting workload_setting(const char* group, std::string& value) {
  return text_setting("workload", group, "NAME|FILE",
                      "Sizes, qualities and threads for throughput, quality or memory, over the preset", value);
}

Setting number_setting(const char* name, const char* group, const char* value_name, const char* help, double least,
                       double most, double& value) {
  return {name,
          group,
          value_name,
          help,
          [&value, least, most](std::string_view text) { value = plan::parse_number(text, least, most); },
          [&value] { return value == 0 ? std::string() : plan::format_number(value); }};
}

Setting ratio_setting(const char* name, const char* group, const char* help, double& value) {
  return number_setting(name, group, "X", help, 0.001, 1, value);
}

void add_batch_settings(Settings& settings, BatchSettings& batch, const char* group) {
  settings.add(text_setting("preset", group, "NAME|FILE",
                            "Speed, balanced, quality, auto (what fits each image) or a TOML file", batch.preset));
  add_input_settings(settings, batch);
  add_run_settings(settings, batch);
  add_report_settings(settings, batch);
  add_cache_settings(settings, batch.cache);
}

std::vector<Option> batch_options(Invocation& invocation, Settings& settings) {
  std::vector<Option> options = {
      value(
          "--output", kInputGroup, "PATH",
          "A folder for several inputs or a name that ends in '/', else a file; - is standard output; default: beside "
          "each input",
          invocation.output, 'o'),
      value("--files-from", kInputGroup, "FILE", "Read INPUTs from FILE or - (standard input), one a line",
            invocation.files_from),
      flag("--null", kInputGroup, "Entries of --files-from end in NUL instead of a line end", invocation.nul_separated,
           '0')};
  for (const Setting& setting : settings.all()) options.push_back(option_for(setting, settings));
  make_repeatable(options, "--tag");
  make_repeatable(options, "--priority");
  options.push_back({"--keep-going", 0, Takes::nothing, "", kRunGroup, "Go on after an item that fails (default)",
                     [&settings](const std::string& text) {
                       settings.set("fail_fast", text == "on" ? "off" : text, {Source::flag, "--keep-going"});
                     }});
  options.push_back(flag("--check", kRunGroup, "Write nothing; exit 3 if a result is missing, stale or over its budget",
                         invocation.check));
  options.push_back(flag("--warm", kCacheGroup, "Write nothing, but keep the results in the cache", invocation.warm));
  options.push_back(
      flag("--dry-run", kRunGroup, "Print what would be done and the memory it would take", invocation.dry_run, 'n'));
  options.push_back(json_option(invocation));
  options.push_back(value("--metrics", kReportGroup, "FILE",
                          "The run's figures for Prometheus (node_exporter's textfile collector), at its end",
                          invocation.metrics));
  options.push_back(value("--config", kConfigGroup, "FILE",
                          "A TOML file of settings, over ./imgmill.toml and the user's", invocation.config));
  options.push_back({"--set", 0, Takes::value, "KEY=VALUE", kConfigGroup, "Any setting by its name (color_precision=4)",
                     [&invocation](const std::string& text) { invocation.sets.push_back(text); }});
  options.push_back(flag("--explain", kConfigGroup, "Print each value in effect and where it comes from, and exit",
                         invocation.explain));
  options.push_back(flag("--help", kConfigGroup, "This text", invocation.help, 'h'));
  options.push_back(flag("--version", kConfigGroup, "The version", invocation.version));
  return options;
}

void take_other_sources(Settings& settings, const BatchSettings& batch, const Invocation& invocation,
                        std::string_view subcommand) {
  std::error_code ignored;
  take_sets(settings, invocation.sets);
  take_environment(settings);
  if (invocation.config) plan::apply_file(settings, *invocation.config, Source::named_config, subcommand);
  if (fs::exists("imgmill.toml", ignored)) {
    plan::apply_file(settings, "imgmill.toml", Source::local_config, subcommand);
  }
  const std::optional<fs::path> user = user_config();
  if (user && fs::exists(*user, ignored)) plan::apply_file(settings, *user, Source::user_config, subcommand);
  take_preset(settings, batch, subcommand);
  take_workload(settings, batch, subcommand);
}

void let_priorities_order(const Settings& settings, BatchSettings& batch) {
  if (!batch.priorities.empty() && settings.find("order")->origin.source == Source::built_in) {
    batch.order = pipeline::Order::priority;
  }
}

std::string explain(const Settings& settings) {
  std::string text;
  for (const Setting& setting : settings.all()) {
    const std::string shown = setting.print();
    const plan::Origin& origin = setting.origin;
    text += fmt::format("{:<18} {:<24} {}\n", setting.name, shown.empty() ? "-" : shown,
                        origin.source == Source::built_in ? "default"
                        : origin.source == Source::preset ? "preset " + origin.where
                                                          : origin.where);
  }
  return text;
}

std::vector<pipeline::Operand> all_operands(const Invocation& invocation) {
  std::vector<pipeline::Operand> operands;
  for (const std::string& text : invocation.operands) operands.push_back({text, false});
  if (!invocation.files_from) {
    if (operands.empty()) throw base::Error(base::ErrorKind::usage, "no INPUT given (--help tells more)");
    return operands;
  }
  base::Bytes list;
  try {
    list =
        *invocation.files_from == "-" ? base::read_descriptor(STDIN_FILENO) : base::read_file(*invocation.files_from);
  } catch (const base::Error& error) {
    throw base::Error(base::ErrorKind::usage, fmt::format("--files-from {}: {}", *invocation.files_from, error.what()));
  }
  const std::string_view text(reinterpret_cast<const char*>(list.data()), list.size());
  for (pipeline::Operand& entry : pipeline::parse_list(text, invocation.nul_separated ? '\0' : '\n')) {
    operands.push_back(std::move(entry));
  }
  return operands;
}

void refuse_contradictions(const Invocation& invocation, const BatchSettings& batch) {
  const auto refuse = [](const char* message) { throw base::Error(base::ErrorKind::usage, message); };
  const bool reads_stdin = std::count(invocation.operands.begin(), invocation.operands.end(), "-") > 0;
  if (invocation.files_from == "-" && reads_stdin) refuse("standard input can't be both INPUT and --files-from");
  if (invocation.nul_separated && !invocation.files_from) refuse("-0 needs --files-from");
  if (invocation.output == "-" && invocation.json == "-")
    refuse("-o - and --json both write to standard output; use --json=FILE");
  if (invocation.output == "-" && invocation.check) refuse("--check compares files; it can't work with -o -");
  if (invocation.warm && batch.cache.off) refuse("--warm fills the cache that --no-cache turns off");
  if (invocation.warm && invocation.check) refuse("--warm and --check contradict each other");
  if (invocation.output && invocation.output->empty()) refuse("--output is an empty name");
}

}  // namespace imgmill::apps
