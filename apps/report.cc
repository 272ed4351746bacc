// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// imgmill report: joins the records of several runs, and shows them to people.
#include <fmt/core.h>
#include <unistd.h>

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/atomic_file.h"
#include "base/bytes.h"
#include "base/error.h"
#include "common/command_line.h"
#include "common/exit_code.h"
#include "common/run_main.h"
#include "plan/settings.h"
#include "report/records.h"
#include "report/show.h"
#include "report/text.h"

namespace {

using namespace imgmill;

constexpr const char* kUsageText =
    "Usage: imgmill report merge [-o FILE] RECORDS...\n"
    "       imgmill report show [--format FORMAT] [-o FILE] RECORDS...\n"
    "\n"
    "RECORDS are files that --json=FILE wrote, or - for standard input. merge joins those of a run's shards\n"
    "into what one run would have written: the items in the order of their paths, then one summary. show\n"
    "lays records out for people: totals, problems, time by stage, items.\n";

constexpr const char* kNotesText =
    "The times of the whole are those of runs side by side: the longest wall time, the sum of processor\n"
    "times. What may be missing (a shard, the end of a run that was killed) is a warning.\n"
    "\n"
    "Exit codes: 0 all well, 1 the records can't be read or joined, 2 wrong usage, 3 something is missing:\n"
    "what is there was written.\n";

struct Invocation {
  std::string output = "-";
  report::ShowAs format = report::ShowAs::text;
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
      {"--help", 'h', Takes::nothing, "", "Options", "This text", [&](const std::string&) { invocation.help = true; }},
      {"--version", 0, Takes::nothing, "", "Options", "The version",
       [&](const std::string&) { invocation.version = true; }}};
}

report::JoinedRecords read_all(std::span<const std::string> files, report::Names& names) {
  std::vector<report::RunRecords> runs;
  for (const std::string& file : files) {
    base::Bytes bytes;
    try {
      bytes = file == "-" ? base::read_descriptor(STDIN_FILENO) : base::read_file(file);
    } catch (const base::Error& error) {
      throw base::Error(error.kind(), fmt::format("{}: {}", file, error.what()));
    }
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    for (report::RunRecords& run : report::read_records(text, file, names)) runs.push_back(std::move(run));
  }
  return report::join(std::move(runs));
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

int run(std::span<char* const> arguments) {
  Invocation invocation;
  const std::vector<apps::Option> options = options_of(invocation);
  const std::vector<std::string> operands = apps::parse_command_line(arguments, options);
  if (invocation.help) {
    report::say(stdout, apps::help_text(kUsageText, options, kNotesText));
    return apps::kAllWell;
  }
  if (invocation.version) {
    report::say(stdout, "imgmill " IMGMILL_VERSION "\n");
    return apps::kAllWell;
  }
  const std::string what = operands.empty() ? "" : operands.front();
  if (what != "merge" && what != "show") {
    refuse(what.empty() ? "merge or show? (--help tells more)"
                        : fmt::format("must be merge or show, not '{}' (--help tells more)", what));
  }
  if (operands.size() < 2) refuse("no RECORDS given (--help tells more)");
  if (what == "merge" && invocation.format_given) refuse("--format belongs to show; merge writes records");
  if (invocation.output.empty()) refuse("--output is an empty name");

  report::Names names;
  const report::JoinedRecords joined = read_all(std::span(operands).subspan(1), names);
  write(what == "merge" ? report::to_ndjson(joined.whole) : report::show(joined.whole, invocation.format),
        invocation.output);
  for (const std::string& warning : joined.warnings) report::say(stderr, fmt::format("warning: {}\n", warning));
  return joined.warnings.empty() ? apps::kAllWell : apps::kGateFailed;
}

}  // namespace

int main(int argc, char** argv) {
  return apps::run_main([&] { return run({argv + 1, static_cast<std::size_t>(argc > 0 ? argc - 1 : 0)}); });
}
