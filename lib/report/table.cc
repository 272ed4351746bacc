// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/table.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstddef>

#include "report/phrases.h"
#include "report/text.h"

namespace imgmill::report {
namespace {

using pipeline::Outcome;

constexpr std::size_t kWidestFile = 48;

struct Means {
  double ssim = 0, bytes = 0, milliseconds = 0;
  std::size_t scored = 0, made = 0, items = 0;
};

std::string ssim_text(bool scored, double ssim) { return scored ? fmt::format("{:.4f}", ssim) : "-"; }

struct Widths {
  std::size_t file = 4, kind = 9;
};

std::string row_text(std::string_view file, Widths width, std::string_view kind, std::string_view ssim,
                     std::string_view bytes, std::string_view milliseconds) {
  return fmt::format("{}  {} {:>7} {:>9} {:>9}\n", fitted(file, width.file), fitted(kind, width.kind), ssim, bytes,
                     milliseconds);
}

void add(Means& means, const pipeline::Output& output) {
  if (output.error) return;
  ++means.made;
  means.bytes += static_cast<double>(output.bytes);
  if (!output.ssim) return;
  ++means.scored;
  means.ssim += *output.ssim;
}

}  // namespace

std::string table_text(std::span<const Outcome> rows) {
  Widths width;
  bool several = false;
  for (const Outcome& row : rows) {
    width.file = std::max(width.file, printable(row.input.native()).size());
    for (const pipeline::Output& output : row.outputs)
      width.kind = std::max(width.kind, result_name(row, output).size());
    several = several || (row.engine.empty() && !row.outputs.empty());
  }
  width.file = std::min(width.file, kWidestFile);

  std::string table = row_text("file", width, several ? "result" : "engine", "SSIM", "bytes", "ms");
  Means means;
  for (const Outcome& row : rows) {
    std::string file = printable(row.input.native());
    std::string milliseconds = fmt::format("{:.1f}", row.total_ms);
    if (row.outputs.empty()) table += row_text(file, width, to_string(row.status), "-", "-", milliseconds);
    if (!row.outputs.empty()) means.milliseconds += row.total_ms, ++means.items;
    for (const pipeline::Output& output : row.outputs) {
      add(means, output);
      table +=
          row_text(file, width, result_name(row, output), ssim_text(output.ssim.has_value(), output.ssim.value_or(0)),
                   output.error ? "failed" : fmt::format("{}", output.bytes), milliseconds);
      file = milliseconds = "";
    }
  }
  if (means.made < 2) return table;
  const double bytes = means.bytes / static_cast<double>(means.made);
  table += row_text("mean", width, "", ssim_text(means.scored > 0, means.ssim / static_cast<double>(means.scored)),
                    fmt::format("{:.0f}", bytes),
                    fmt::format("{:.1f}", means.milliseconds / static_cast<double>(means.items)));
  return table;
}

}  // namespace imgmill::report
