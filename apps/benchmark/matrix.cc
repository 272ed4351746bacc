// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "benchmark/matrix.h"

#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <system_error>
#include <utility>

#include "base/bytes.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/stage_clock.h"
#include "bench/gate.h"
#include "bench/history.h"
#include "bench/html.h"
#include "bench/machine.h"
#include "bench/pictures.h"
#include "bench/records.h"
#include "bench/show.h"
#include "benchmark/entrants.h"
#include "benchmark/scratch.h"
#include "benchmark/tuning.h"
#include "common/exit_code.h"
#include "common/run_main.h"
#include "heap/heap_counter.h"
#include "pipeline/footprint.h"
#include "pipeline/inputs.h"
#include "plan/values.h"
#include "report/line_file.h"
#include "report/progress.h"
#include "report/target_file.h"
#include "report/text.h"

namespace imgmill::apps {
namespace {

namespace fs = std::filesystem;
using bench::Results;

constexpr const char* kMatrixGroup = "Benchmark";

constexpr const char* kUsageText =
    "Usage: imgmill bench {} [options] INPUT...\n"
    "\n"
    "Runs {} with several presets over the same images, time after time, and tells what each costs:\n"
    "time, memory, bytes and SSIM. The presets take turns on each image, so that whatever else the machine\n"
    "does hits all alike; nothing comes from the cache. Prints tables; files for programs and people by\n"
    "--json, --csv, --markdown and --html.\n";

constexpr const char* kNotesText =
    "Times are those of the work alone, on one thread an item; with --versus every entrant is a process of\n"
    "its own, and times are the whole of it.\n"
    "\n"
    "Exit codes: 0 all well, 1 some runs failed, 2 wrong usage or configuration, 3 worse than --baseline\n"
    "allows, 4 no input matched, 130 interrupted: what was measured until then is reported.\n";

constexpr double kUsualSeconds = 30;
constexpr int kMostUsualRepeats = 25;

[[noreturn]] void refuse(const std::string& message) { throw base::Error(base::ErrorKind::usage, message); }

Option text_option(const char* flag, const char* value_name, const char* help, std::optional<std::string>& target) {
  return {flag, 0, Takes::value, value_name, kMatrixGroup, help, [&target](const std::string& text) { target = text; }};
}

std::vector<int> parse_levels(const std::string& text) {
  constexpr int kMost = 1024;
  std::vector<int> levels;
  for (const std::string& word : plan::split_list(text)) {
    levels.push_back(static_cast<int>(plan::parse_int(word, 1, kMost)));
  }
  if (std::set<int>(levels.begin(), levels.end()).size() < levels.size()) {
    throw base::Error(base::ErrorKind::usage, "must be different numbers");
  }
  if (levels.empty()) throw base::Error(base::ErrorKind::usage, "must be numbers");
  return levels;
}

// An option of every subcommand that means something else here.
void take_over(std::vector<Option>& options, std::string_view flag, const char* value_name, const char* help,
               std::function<void(const std::string&)> take) {
  const auto option = std::find_if(options.begin(), options.end(), [&](const Option& o) { return o.flag == flag; });
  option->value_name = value_name;
  option->help = help;
  option->group = kMatrixGroup;
  option->take = std::move(take);
}

// Writes each record as soon as there is one, and shows how far it is.
class Log : public bench::Listener {
 public:
  Log(const std::optional<std::string>& json, report::ProgressMode progress) : progress_(stderr, progress) {
    if (json) file_.emplace(*json);
  }
  void begin(const Results& results) {
    write(bench::start_record(results));
    progress_.begin(all_runs(results));
  }
  void made(const Results& results, std::size_t entrant, std::size_t image) override {
    write(bench::made_record(results, entrant, image));
    const bench::Made& made = *results.cell(entrant, image).made;
    if (!made.error.empty()) {
      progress_.make_way();
      report::say(stderr,
                  fmt::format("error: {}: {}: {}\n", report::printable(results.images[image].path),
                              report::printable(results.entrants[entrant].name), report::printable(made.error)));
    }
    progress_.advance();
  }
  void sampled(const Results& results, std::size_t entrant, std::size_t image) override {
    write(bench::sample_record(results, entrant, image, results.cell(entrant, image).samples.back()));
    progress_.expect(all_runs(results));
    progress_.advance();
  }
  void round(const Results& results) override { write(bench::round_record(results, results.rounds.back())); }
  void end(const Results& results) {
    write(bench::end_record(results));
    progress_.finish();
  }
  std::string problem() const { return file_ ? file_->problem() : ""; }

 private:
  static std::size_t all_runs(const Results& results) {
    const std::size_t cells = results.entrants.size() * results.images.size();
    return cells * (1 + static_cast<std::size_t>(results.setting.repeats) * results.setting.levels.size());
  }
  void write(std::string line) {
    if (file_) file_->write(std::move(line));
  }
  std::optional<report::LineFile> file_;
  report::Progress progress_;
};

std::vector<bench::Image> images_of(const std::vector<pipeline::Job>& jobs) {
  std::vector<bench::Image> images;
  for (const pipeline::Job& job : jobs) images.push_back(bench::image_of(job.input));
  return images;
}

// Everything that takes part, ready to run.
class Field {
 public:
  Field(const std::string& subcommand, const MatrixOptions& options, std::span<char* const> arguments)
      : options_(options), contenders_(contenders(subcommand, options.presets, options.sets, arguments)) {
    if (contenders_.empty()) refuse("--preset names nothing");
    if (!options.versus.empty()) {
      spawner_ = std::make_unique<bench::Spawner>(*std::max_element(options.levels.begin(), options.levels.end()));
    }
    for (const auto& contender : contenders_) add(*contender);
    for (const std::string& text : options.versus) {
      named("--versus", [&] { add(text); });
    }
    std::set<std::string> names;
    for (const bench::Entrant& entrant : entrants_) {
      if (!names.insert(entrant.name).second) refuse(fmt::format("two entrants would both be '{}'", entrant.name));
    }
  }

  const Contender& first() const { return *contenders_.front(); }
  const std::vector<bench::Entrant>& entrants() const { return entrants_; }

  // Results go below `root`, a folder for each entrant.
  bench::Plan plan(const std::vector<pipeline::Input>& inputs, const fs::path& root) {
    bench::Plan plan;
    plan.memory = first().batch.memory;
    std::set<std::string> taken;
    for (std::size_t i = 0; i < entrants_.size(); ++i) {
      const Contender& named_by = *contenders_[std::min(i, contenders_.size() - 1)];
      const std::string folder = folder_of(entrants_[i].name, taken);
      plan.runners.push_back(runner(i, named_by.jobs(inputs, root / folder)));
    }
    return plan;
  }

 private:
  // A name for the entrant's results: its own, as far as that is one, and no other's.
  static std::string folder_of(std::string name, std::set<std::string>& taken) {
    constexpr std::size_t kLongest = 100;
    std::replace(name.begin(), name.end(), '/', '_');
    if (name.size() > kLongest) name.erase(0, name.size() - kLongest);
    if (name.starts_with('.')) name = "_" + name;
    std::string folder = name;
    for (int i = 2; !taken.insert(folder).second; ++i) folder = fmt::format("{}-{}", name, i);
    return folder;
  }

  void add(const Contender& contender) {
    entrants_.push_back(contender.entrant);
    if (!spawner_) return;
    const std::vector<std::string> words = contender.command();
    if (contender.work.products.size() > 1) refuse("--versus compares one result of each image (one format, one size)");
    commands_.push_back({words, false});
    for (const std::string& word : words) {
      entrants_.back().command += fmt::format("{}{}", entrants_.back().command.empty() ? "" : " ", word);
    }
  }

  // "NAME=COMMAND" where NAME is one plain word, else the command is named after its program.
  void add(const std::string& text) {
    const auto equals = text.find('=');
    const bool has_name = equals != std::string::npos && equals > 0 && text.find_first_of(" /\t'\"{") > equals;
    const std::string command = has_name ? text.substr(equals + 1) : text;
    commands_.push_back(bench::parse_command(command));
    const std::string name =
        has_name ? text.substr(0, equals) : fs::path(commands_.back().words.front()).filename().string();
    entrants_.push_back({name, command, {}});
  }

  bench::Runner runner(std::size_t entrant, std::vector<pipeline::Job> jobs) {
    if (!spawner_) return contenders_[entrant]->runner(std::move(jobs), &stop_flag());
    const BatchSettings& batch = first().batch;
    const bench::CommandTask task{spawner_.get(),      commands_[entrant],           batch.timeout, batch.limits,
                                  batch.max_dimension, entrant < contenders_.size(), &stop_flag()};
    return {std::move(jobs), [task](const pipeline::Job& job) { return bench::run_command(job, task, false); },
            [task](const pipeline::Job& job) { return bench::run_command(job, task, true); },
            [](const pipeline::Job&) -> std::uint64_t { return 0; }};
  }

  const MatrixOptions& options_;
  std::vector<std::unique_ptr<Contender>> contenders_;
  std::unique_ptr<bench::Spawner> spawner_;  // where other programs take part
  std::vector<bench::Entrant> entrants_;
  std::vector<bench::Command> commands_;
};

void check_targets(const MatrixOptions& options) {
  if (options.csv) report::check_target("--csv", *options.csv);
  if (options.markdown) report::check_target("--markdown", *options.markdown);
  if (options.html) report::check_target("--html", *options.html);
  if (options.history) report::check_target("--history", *options.history);
}

// Whether all could be written.
bool write_reports(const Results& results, const bench::Plan& plan, const MatrixOptions& options,
                   const Contender& first) {
  constexpr std::size_t kWorst = 4;  // images of each entrant on the page
  bool all = true;
  const auto write = [&](const char* flag, const std::optional<std::string>& file, const auto& text) {
    try {
      if (file) report::write_target(flag, *file, text());
    } catch (const base::Error& error) {  // the others are worth having all the same
      report::say(stderr, fmt::format("error: {}\n", error.what()));
      all = false;
    }
  };
  write("--csv", options.csv, [&] { return bench::to_csv(results); });
  write("--markdown", options.markdown, [&] { return bench::to_markdown(results); });
  write("--html", options.html,
        [&] { return bench::to_html(results, bench::worst_images(results, plan, kWorst, first.batch.limits)); });
  if (first.invocation.json != "-" && !first.batch.console.quiet) report::say(stdout, bench::to_text(results));
  return all;
}

// Of a file that --json wrote.
Results read_baseline(const std::string& path) {
  base::Bytes file;
  try {
    file = base::read_file(path);
  } catch (const base::Error& error) {
    refuse(fmt::format("--baseline {}: {}", path, error.what()));
  }
  try {
    return bench::read_results({reinterpret_cast<const char*>(file.data()), file.size()}, path);
  } catch (const base::Error& error) {
    refuse(fmt::format("--baseline {}", error.what()));
  }
}

// Before anything is measured. Throws Error{usage} where a comparison would say nothing.
void check_comparable(const Results& baseline, const Results& now, bool force) {
  const std::vector<std::string> differences = bench::differences(baseline, now);
  if (differences.empty()) return;
  std::string all;
  for (const std::string& line : differences) all += fmt::format("{}{}", all.empty() ? "" : "; ", line);
  if (!force) refuse(fmt::format("--baseline is of another setting: {} (--force compares all the same)", all));
  report::say(stderr, fmt::format("warning: the baseline is of another setting: {}\n", all));
}

// Whether the results may pass.
bool pass_gate(const Results& baseline, const Results& now, const MatrixOptions& options, bool strict) {
  const bench::Comparison comparison = bench::compare(baseline, now, options.rules);
  for (const std::string& line : bench::lines_of(comparison)) {
    report::say(stderr, fmt::format("gate: {}\n", report::printable(line)));
  }
  return bench::passes(comparison, strict);
}

// More rounds than those asked for: where nobody said how many, and they are short; and where they leave it open
// whether times are worse than the baseline's.
void ask_for_more(bench::Plan& plan, const MatrixOptions& options, const std::optional<Results>& baseline) {
  if (!options.repeats) {
    plan.seconds = kUsualSeconds;
    plan.most_repeats = kMostUsualRepeats;
  }
  if (!baseline) return;
  plan.more_tells = [&](const Results& results) {
    if (!bench::more_rounds_tell(bench::compare(*baseline, results, options.rules))) return false;
    report::say(stderr, fmt::format("gate: inconclusive after {} runs of each, going on\n", results.setting.repeats));
    return true;
  };
}

int exit_code(const Results& results, const Log& log) {
  if (results.interrupted) return kInterrupted;
  if (!log.problem().empty()) {
    report::say(stderr, fmt::format("error: --json: {}\n", log.problem()));
    return kSomeFailed;
  }
  const bool failed = std::any_of(results.cells.begin(), results.cells.end(),
                                  [](const bench::Cell& cell) { return !bench::failure_of(cell).empty(); });
  return failed ? kSomeFailed : kAllWell;
}

int run(const std::string& subcommand, const MatrixOptions& options, std::span<char* const> arguments) {
  check_targets(options);
  if (options.output && options.output->empty()) refuse("--output is an empty name");
  std::optional<Results> baseline;
  if (options.baseline) baseline = read_baseline(*options.baseline);
  Field field(subcommand, options, arguments);
  const Contender& first = field.first();
  const std::vector<pipeline::Operand> operands = all_operands(first.invocation);
  for (const pipeline::Operand& operand : operands) {
    if (operand.text == "-") refuse("bench reads an input more than once, which standard input can't be");
  }
  const std::vector<pipeline::Input> inputs = pipeline::find_inputs(operands);
  if (inputs.empty()) {
    report::say(stderr, "error: no input matched\n");
    return kNoInput;
  }
  std::optional<Scratch> scratch;
  if (!options.output) scratch.emplace();
  bench::Plan plan = field.plan(inputs, scratch ? scratch->path() : fs::path(*options.output));

  Results results;
  std::vector<codec::Format> formats;
  for (const pipeline::Product& product : first.work.products) formats.push_back(product.format);
  results.setting = bench::this_setting(formats);
  results.setting.subcommand = subcommand;
  results.setting.arguments.assign(arguments.begin(), arguments.end());
  results.setting.levels = options.levels;
  results.setting.repeats = options.repeats.value_or(kLeastRepeats);
  results.entrants = field.entrants();
  results.images = images_of(plan.runners.front().jobs);

  if (baseline) check_comparable(*baseline, results, options.force);
  ask_for_more(plan, options, baseline);
  base::keep_freed_memory(first.batch.memory);
  base::StageClock::record(heap_counter());
  Log log(first.invocation.json,
          first.batch.console.quiet ? report::ProgressMode::never : first.batch.console.progress);
  log.begin(results);
  bench::measure(plan, results, log, stop_flag());
  log.end(results);
  const bool written = write_reports(results, plan, options, first);
  if (options.history && !results.interrupted) bench::append_history(*options.history, bench::past_of(results));
  int code = exit_code(results, log);
  if (!written && code == kAllWell) code = kSomeFailed;
  if (!baseline || results.interrupted) return code;
  return pass_gate(*baseline, results, options, first.batch.strict) ? code : kGateFailed;
}

}  // namespace

std::vector<Option> matrix_options(MatrixOptions& options, Invocation& invocation, plan::Settings& settings) {
  std::vector<Option> all = batch_options(invocation, settings);
  const std::set<std::string> senseless = {"--metrics", "--warm",      "--check",      "--dry-run",  "--no-clobber",
                                           "--name",    "--table",     "--alert",      "--slow",     "--in-place",
                                           "--score",   "--order",     "--priority",   "--retries",  "--rate",
                                           "--srcset",  "--chunk",     "--max-jobs",   "--max-load", "--cpu-limit",
                                           "--explain", "--fail-fast", "--keep-going", "--min-ssim", "--allow-larger"};
  std::erase_if(all,
                [&](const Option& option) { return senseless.contains(option.flag) || option.group == kCacheGroup; });
  take_over(all, "--preset", "NAME,...", "The presets to compare, also files (default speed,balanced,quality)",
            [&options](const std::string& text) {
              options.presets = plan::split_list(text);
              options.presets_given = true;
            });
  take_over(all, "--jobs", "N,...", "Items in work at once: a level of load after the other (default 1)",
            [&options](const std::string& text) { named("--jobs", [&] { options.levels = parse_levels(text); }); });
  take_over(all, "--set", "KEY=VALUES",
            "A parameter, and what it is to be: VALUE, FROM..TO, FROM..TO:STEP or A|B; may be given several times",
            [&options](const std::string& text) { options.sets.push_back(text); });
  take_over(all, "--output", "FOLDER", "Keep the results, those of each entrant in a folder of its own",
            [&options](const std::string& text) { options.output = text; });
  take_over(all, "--json", "FILE", "A JSON record a line for everything that is measured, as soon as it is",
            [&invocation](const std::string& text) { invocation.json = text.empty() ? "-" : text; });
  const auto strict = std::find_if(all.begin(), all.end(), [](const Option& o) { return o.flag == "--strict"; });
  strict->help = "What --baseline can't decide, for the times vary too much, is worse";
  strict->group = kMatrixGroup;
  all.push_back({"--repeat", 0, Takes::value, "N", kMatrixGroup,
                 fmt::format("Timed runs of each (default {}, and more until each was timed for {:.0f} s, at most {})",
                             kLeastRepeats, kUsualSeconds, kMostUsualRepeats),
                 [&options](const std::string& text) {
                   constexpr int kMost = 10000;
                   named("--repeat", [&] { options.repeats = static_cast<int>(plan::parse_int(text, 1, kMost)); });
                 }});
  all.push_back({"--versus", 0, Takes::value, "[NAME=]COMMAND", kMatrixGroup,
                 "Another program to compare with; {in} and {out} stand for its files. May be given several times",
                 [&options](const std::string& text) { options.versus.push_back(text); }});
  all.push_back(text_option("--baseline", "FILE",
                            "Compare with what --json wrote to FILE; exit 3 where something is worse",
                            options.baseline));
  all.push_back(
      {"--fail-if", 0, Takes::value, "RULES", kMatrixGroup,
       fmt::format("What is worse: FIGURE>+N% or <-N of time, cpu, memory, ssim, bytes, gzip (default {})",
                   bench::kUsualRules),
       [&options](const std::string& text) { named("--fail-if", [&] { options.rules = bench::parse_rules(text); }); }});
  all.push_back(
      {"--force", 0, Takes::nothing, "", kMatrixGroup,
       "Compare with a baseline of another processor or other libraries too",
       [&options](const std::string& text) { named("--force", [&] { options.force = plan::parse_switch(text); }); }});
  all.push_back(
      text_option("--tune", "FILE",
                  "Search for parameters that suit the images better than the preset's, prove them on images that "
                  "were held back, and write a preset file; --target-ssim, --max-bytes or --target-time is the "
                  "goal, --set KEY=FROM..TO what to turn",
                  options.tune));
  all.push_back(text_option("--history", "FILE", "Add the figures to FILE, whose course 'imgmill report trend' shows",
                            options.history));
  all.push_back(text_option("--csv", "FILE", "The figures of every image, for spreadsheets", options.csv));
  all.push_back(text_option("--markdown", "FILE", "The tables in Markdown", options.markdown));
  all.push_back(text_option("--html", "FILE", "A page with charts, tables and the worst images", options.html));
  return all;
}

int run_matrix(const std::string& subcommand, std::span<char* const> arguments) {
  MatrixOptions options;
  Invocation invocation;
  plan::Settings settings;
  BatchSettings batch;
  ConvertWork convert;
  CompressWork compress;
  add_batch_settings(settings, batch, kMatrixGroup);
  subcommand == "convert" ? convert.add_settings(settings, batch) : compress.add_settings(settings, batch);
  const std::vector<Option> all = matrix_options(options, invocation, settings);
  parse_command_line(arguments, all);
  if (tell_about(invocation.help, invocation.version, fmt::format(kUsageText, subcommand, subcommand), all, kNotesText))
    return kAllWell;
  if (options.tune) {
    if (!options.presets_given) options.presets = {"balanced"};
    return run_tuning(subcommand, options, arguments);
  }
  return run(subcommand, options, arguments);
}

}  // namespace imgmill::apps
