// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/stacks.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "report/text.h"

namespace imgmill::report {
namespace {

using std::chrono::nanoseconds;

std::string without_separators(const std::string& frame) {
  std::string safe;
  for (const char c : frame) safe += c == ';' ? std::string("\\x3b") : std::string(1, c);
  return safe;
}

}  // namespace

std::string frame_name(const base::Span& span) {
  return span.detail.empty() ? std::string(span.name) : fmt::format("{} {}", span.name, span.detail);
}

void add_stacks(Stacks& stacks, const std::string& subcommand, const pipeline::Outcome& outcome) {
  for (const pipeline::Outcome& earlier : outcome.earlier) add_stacks(stacks, subcommand, earlier);
  if (outcome.spans.empty()) return;
  const std::string file = printable(outcome.input.native());
  std::vector<std::string> frames = {subcommand};
  const auto add = [&](nanoseconds time) {
    frames.push_back(file);
    stacks[frames] += time;
    frames.pop_back();
  };
  nanoseconds rest{std::llround(outcome.total_ms * 1e6)};
  for (auto span = outcome.spans.begin(); span != outcome.spans.end(); ++span) {
    nanoseconds own = span->wall;
    for (auto inner = span + 1; inner != outcome.spans.end() && inner->depth > span->depth; ++inner) {
      if (inner->depth == span->depth + 1) own -= inner->wall;
    }
    frames.resize(static_cast<std::size_t>(span->depth) + 1);
    frames.push_back(frame_name(*span));
    add(std::max(own, nanoseconds(0)));
    if (span->depth == 0) rest -= span->wall;
  }
  frames = {subcommand, kNoStage};
  if (rest.count() > 0) add(rest);
}

std::string folded_text(const Stacks& stacks) {
  std::string text;
  for (const auto& [frames, time] : stacks) {
    const std::int64_t microseconds = (time.count() + 500) / 1000;
    if (microseconds == 0) continue;
    std::string line;
    for (const std::string& frame : frames)
      line += fmt::format("{}{}", line.empty() ? "" : ";", without_separators(frame));
    text += fmt::format("{} {}\n", line, microseconds);
  }
  return text;
}

}  // namespace imgmill::report
