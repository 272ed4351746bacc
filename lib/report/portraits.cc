// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/portraits.h"

#include <fmt/core.h>

#include <algorithm>
#include <cctype>
#include <string>
#include <utility>

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

Sheet sheet_of(const std::vector<Outcome>& rows) {
  Sheet sheet{"Images", {{"file"}, {"class"}, {"confidence", true}, {"by"}}, {}};
  for (const auto& [name, value] : rows.front().portrait.features) sheet.columns.push_back({spaced(name), true});
  for (const Outcome& row : rows) {
    const pipeline::Portrait& portrait = row.portrait;
    const std::string file = printable(row.input.native());
    std::vector<std::string> cells = {file.size() > kWidestFile ? fitted(file, kWidestFile) : file, portrait.kind,
                                      fmt::format("{:.2f}", portrait.confidence), portrait.decided_by};
    for (const auto& [name, value] : portrait.features) cells.push_back(fmt::format("{:.2f}", value));
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
  std::sort(rows_.begin(), rows_.end(), [](const Outcome& a, const Outcome& b) { return a.job < b.job; });
  say(stream_, to_text(sheet_of(rows_)));
}

}  // namespace imgmill::report
