// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// imgmill report: joins the records of several runs, and shows them to people.
#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/atomic_file.h"
#include "base/bytes.h"
#include "base/error.h"
#include "bench/gate.h"
#include "bench/history.h"
#include "bench/html.h"
#include "bench/records.h"
#include "bench/show.h"
#include "common/command_line.h"
#include "common/exit_code.h"
#include "common/run_main.h"
#include "plan/values.h"
#include "report/page.h"
#include "report/records.h"
#include "report/show.h"
#include "report/text.h"

namespace {

using namespace imgmill;

constexpr const char* kUsageText =
    "Usage: imgmill report merge [-o FILE] RECORDS...\n"
    "       imgmill report show [--format FORMAT] [-o FILE] RECORDS...\n"
    "       imgmill report compare [--fail-if RULES] [-o FILE] BEFORE NOW\n"
    "       imgmill report trend [--last N] [-o FILE] HISTORY\n"
    "\n"
    "RECORDS are files that --json=FILE wrote, or - for standard input. merge joins those of a run's shards\n"
    "into what one run would have written: the items in the order of their paths, then one summary. show\n"
    "lays records out for people: totals, problems, time by stage, items; those of 'imgmill bench' too.\n"
    "compare tells whether what one benchmark found is worse than what another did; trend shows the course of\n"
    "the figures that benchmarks added to a file (their --history), and what drifts.\n";

constexpr const char* kNotesText =
    "The times of the whole are those of runs side by side: the longest wall time, the sum of processor\n"
    "times. What may be missing (a shard, the end of a run that was killed) is a warning.\n"
    "\n"
    "Exit codes: 0 all well, 1 the records can't be read or joined, 2 wrong usage, 3 something is missing (what\n"
    "is there was written), or is worse than --fail-if allows.\n";

struct Invocation {
  std::string output = "-";
  report::ShowAs format = report::ShowAs::text;
  std::vector<bench::Rule> rules = bench::parse_rules(bench::kUsualRules);
  int last = 20;
  bool strict = false, force = false;
  bool format_given = false, help = false, version = false;
};

[[noreturn]] void refuse(const std::string& message) { throw base::Error(base::ErrorKind::usage, message); }

std::vector<apps::Option> options_of(Invocation& invocation) {
  const auto format = [&invocation](const std::string& text) {
    using report::ShowAs;
    const std::vector<std::pair<std::string, ShowAs>> formats = {
        {"text", ShowAs::text}, {"markdown", ShowAs::markdown}, {"html", ShowAs::html}, {"json", ShowAs::json}};
    for (const auto& [name, value] : formats) {
      if (name != text) continue;
      invocation.format = value;
      invocation.format_given = true;
      return;
    }
    refuse(fmt::format("--format must be text, markdown, html or json, not '{}'", text));
  };
  using apps::Takes;
  return {
      {"--output", 'o', Takes::value, "FILE", "Options", "Where it goes, standard output by default",
       [&](const std::string& text) { invocation.output = text; }},
      {"--format", 0, Takes::value, "text|markdown|html|json", "Options",
       "How to show it; html is one file without scripts (default text)", format},
      {"--fail-if", 0, Takes::value, "RULES", "Options",
       fmt::format("For compare: what is worse, FIGURE>+N% or <-N of time, cpu, memory, ssim, bytes, gzip (default {})",
                   bench::kUsualRules),
       [&](const std::string& text) {
         apps::named("--fail-if", [&] { invocation.rules = bench::parse_rules(text); });
       }},
      {"--strict", 0, Takes::nothing, "", "Options", "For compare: what can't be decided, for times vary, is worse",
       [&](const std::string& text) {
         apps::named("--strict", [&] { invocation.strict = plan::parse_switch(text); });
       }},
      {"--force", 0, Takes::nothing, "", "Options",
       "For compare: also what ran on another processor, or with other libraries",
       [&](const std::string& text) { apps::named("--force", [&] { invocation.force = plan::parse_switch(text); }); }},
      {"--last", 0, Takes::value, "N", "Options", "For trend: how many runs (default 20)",
       [&](const std::string& text) {
         constexpr int kLeast = 2, kMost = 10000;
         apps::named("--last", [&] { invocation.last = static_cast<int>(plan::parse_int(text, kLeast, kMost)); });
       }},
      {"--help", 'h', Takes::nothing, "", "Options", "This text", [&](const std::string&) { invocation.help = true; }},
      {"--version", 0, Takes::nothing, "", "Options", "The version",
       [&](const std::string&) { invocation.version = true; }}};
}

std::string read(const std::string& file) {
  try {
    const base::Bytes bytes = file == "-" ? base::read_descriptor(STDIN_FILENO) : base::read_file(file);
    return {bytes.begin(), bytes.end()};
  } catch (const base::Error& error) {
    throw base::Error(error.kind(), fmt::format("{}: {}", file, error.what()));
  }
}

void write(const std::string& text, const std::string& output) {
  if (output == "-") {
    std::fwrite(text.data(), 1, text.size(), stdout);
    return;
  }
  try {
    base::write_file(output, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  } catch (const base::Error& error) {
    throw base::Error(error.kind(), fmt::format("-o {}: {}", output, error.what()));
  }
}

using Files = std::span<const std::string>;

// The runs in records, joined; and what may be wrong with that.
int show_runs(const std::string& what, Files files, std::string first, const Invocation& invocation) {
  report::Names names;
  std::vector<report::RunRecords> runs;
  for (const std::string& file : files) {
    const std::string text = &file == files.data() ? std::move(first) : read(file);
    for (report::RunRecords& run : report::read_records(text, file, names)) runs.push_back(std::move(run));
  }
  const report::JoinedRecords joined = report::join(std::move(runs));
  write(what == "merge" ? report::to_ndjson(joined.whole) : report::show(joined.whole, invocation.format),
        invocation.output);
  for (const std::string& warning : joined.warnings) report::say(stderr, fmt::format("warning: {}\n", warning));
  return joined.warnings.empty() ? apps::kAllWell : apps::kGateFailed;
}

int show_benchmark(const std::string& text, Files files, const Invocation& invocation) {
  if (files.size() > 1) refuse("shows one benchmark at a time (compare takes two)");
  const bench::Results results = bench::read_results(text, files.front());
  using report::ShowAs;
  write(invocation.format == ShowAs::html       ? bench::to_html(results, {})
        : invocation.format == ShowAs::markdown ? bench::to_markdown(results)
        : invocation.format == ShowAs::json     ? bench::to_records(results)
                                                : bench::to_text(results),
        invocation.output);
  return apps::kAllWell;
}

int compare(Files files, const Invocation& invocation) {
  if (files.size() != 2) refuse("compare takes the records of two benchmarks");
  const bench::Results before = bench::read_results(read(files[0]), files[0]);
  const bench::Results now = bench::read_results(read(files[1]), files[1]);
  for (const std::string& line : bench::differences(before, now)) {
    if (!invocation.force) refuse(fmt::format("can't be compared: {} (--force does all the same)", line));
    report::say(stderr, fmt::format("warning: {}\n", line));
  }
  const bench::Comparison comparison = bench::compare(before, now, invocation.rules);
  std::string text;
  for (const std::string& line : bench::lines_of(comparison)) text += report::printable(line) + "\n";
  write(text, invocation.output);
  return bench::passes(comparison, invocation.strict) ? apps::kAllWell : apps::kGateFailed;
}

int trend(Files files, const Invocation& invocation) {
  if (files.size() != 1) refuse("trend takes one file of --history");
  const report::Sheet sheet =
      bench::trend_sheet(bench::read_history(read(files[0]), files[0]), static_cast<std::size_t>(invocation.last));
  using report::ShowAs;
  if (invocation.format == ShowAs::json) refuse("--format json: a history is records already");
  write(invocation.format == ShowAs::html       ? report::html_page("imgmill bench, trend", report::to_html(sheet))
        : invocation.format == ShowAs::markdown ? report::to_markdown(sheet)
                                                : report::to_text(sheet),
        invocation.output);
  return apps::kAllWell;
}

int run(std::span<char* const> arguments) {
  Invocation invocation;
  const std::vector<apps::Option> options = options_of(invocation);
  const std::vector<std::string> operands = apps::parse_command_line(arguments, options);
  if (apps::tell_about(invocation.help, invocation.version, kUsageText, options, kNotesText)) return apps::kAllWell;
  const std::string what = operands.empty() ? "" : operands.front();
  constexpr std::string_view kKnown[] = {"merge", "show", "compare", "trend"};
  if (std::find(std::begin(kKnown), std::end(kKnown), what) == std::end(kKnown)) {
    refuse(what.empty() ? "merge, show, compare or trend? (--help tells more)"
                        : fmt::format("must be merge, show, compare or trend, not '{}' (--help tells more)", what));
  }
  const Files files = std::span(operands).subspan(1);
  if (files.empty()) refuse("no RECORDS given (--help tells more)");
  if ((what == "merge" || what == "compare") && invocation.format_given) refuse("--format belongs to show and trend");
  if (invocation.output.empty()) refuse("--output is an empty name");
  if (what == "compare") return compare(files, invocation);
  if (what == "trend") return trend(files, invocation);
  std::string first = read(files.front());
  if (what == "show" && bench::are_bench_records(first)) return show_benchmark(first, files, invocation);
  return show_runs(what, files, std::move(first), invocation);
}

}  // namespace

int main(int argc, char** argv) {
  return apps::run_main([&] { return run({argv + 1, static_cast<std::size_t>(argc > 0 ? argc - 1 : 0)}); });
}
