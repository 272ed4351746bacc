// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/portraits.h"

#include <fmt/core.h>

#include <algorithm>
#include <cctype>
#include <string>
#include <utility>

#include "report/rows.h"
#include "report/sheet.h"
#include "report/text.h"

namespace imgmill::report {
namespace {

using pipeline::Outcome;

constexpr std::size_t kWidestFile = 40;

std::string spaced(std::string name) {
  std::replace(name.begin(), name.end(), '_', ' ');
  return name;
}

std::string file_of(const Outcome& row) {
  const std::string file = printable(row.input.native());
  return file.size() > kWidestFile ? fitted(file, kWidestFile) : file;
}

Sheet features_of(const std::vector<Outcome>& rows) {
  Sheet sheet{"Images", {{"file"}, {"class"}, {"confidence", true}, {"by"}}, {}};
  for (const auto& [name, value] : rows.front().portrait.features) sheet.columns.push_back({spaced(name), true});
  for (const Outcome& row : rows) {
    const pipeline::Portrait& portrait = row.portrait;
    std::vector<std::string> cells = {file_of(row), portrait.kind, fmt::format("{:.2f}", portrait.confidence),
                                      portrait.decided_by};
    for (const auto& [name, value] : portrait.features) cells.push_back(fmt::format("{:.2f}", value));
    sheet.rows.push_back(std::move(cells));
  }
  return sheet;
}

std::string parameters_text(const pipeline::Figures& parameters) {
  std::string text;
  for (const auto& [name, value] : parameters) text += fmt::format("{}{}={}", text.empty() ? "" : " ", name, value);
  return text;
}

// Only where something was predicted.
Sheet predictions_of(const std::vector<Outcome>& rows) {
  Sheet sheet{"What to expect of convert", {{"file"}, {"fits"}}, {}};
  for (const pipeline::Expectation& e : rows.front().portrait.expected) {
    sheet.columns.push_back({fmt::format("{}: SSIM", e.preset), true});
    sheet.columns.push_back({"KB", true});
    sheet.columns.push_back({"ms", true});
  }
  sheet.columns.push_back({"parameters"});
  for (const Outcome& row : rows) {
    if (row.portrait.expected.empty()) continue;
    std::vector<std::string> cells = {file_of(row), row.portrait.preset};
    for (const pipeline::Expectation& e : row.portrait.expected) {
      cells.push_back(fmt::format("{:.3f} ± {:.3f}", e.ssim, e.ssim_error));
      cells.push_back(fmt::format("{:.1f}", e.bytes / 1000));
      cells.push_back(fmt::format("{:.0f}", e.ms));
    }
    cells.push_back(parameters_text(row.portrait.parameters));
    sheet.rows.push_back(std::move(cells));
  }
  return sheet;
}

}  // namespace

void PortraitSink::item(const Outcome& outcome) {
  if (!outcome.portrait.kind.empty()) rows_.push_back(outcome);
}

void PortraitSink::end(const pipeline::Summary&) {
  if (rows_.empty()) return;
  sort_by_job(rows_);
  say(stream_, to_text(features_of(rows_)));
  const bool predicted = !rows_.front().portrait.expected.empty();
  if (predicted) say(stream_, fmt::format("\n{}", to_text(predictions_of(rows_))));
}

}  // namespace imgmill::report
