// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/table.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstddef>

#include "report/text.h"

namespace imgmill::report {
namespace {

using pipeline::Outcome;

constexpr std::size_t kWidestFile = 48;

struct Means {
  double ssim = 0, bytes = 0, milliseconds = 0;
  std::size_t scored = 0, made = 0;
};

std::string ssim_text(bool scored, double ssim) { return scored ? fmt::format("{:.4f}", ssim) : "-"; }

std::string row_text(std::string_view file, std::size_t width, std::string_view engine, std::string_view ssim,
                     std::string_view bytes, std::string_view milliseconds) {
  return fmt::format("{}  {:<9} {:>7} {:>9} {:>9}\n", fitted(file, width), engine, ssim, bytes, milliseconds);
}

void add(Means& means, const Outcome& row) {
  if (row.outputs.empty()) return;
  ++means.made;
  means.bytes += static_cast<double>(row.outputs[0].bytes);
  means.milliseconds += row.total_ms;
  if (!row.outputs[0].ssim) return;
  ++means.scored;
  means.ssim += *row.outputs[0].ssim;
}

}  // namespace

std::string table_text(std::span<const Outcome> rows) {
  std::size_t width = 4;
  for (const Outcome& row : rows) width = std::max(width, printable(row.input.native()).size());
  width = std::min(width, kWidestFile);

  std::string table = row_text("file", width, "engine", "SSIM", "bytes", "ms");
  Means means;
  for (const Outcome& row : rows) {
    add(means, row);
    const std::string file = printable(row.input.native());
    const std::string milliseconds = fmt::format("{:.1f}", row.total_ms);
    if (row.outputs.empty()) {
      table += row_text(file, width, to_string(row.status), "-", "-", milliseconds);
    } else {
      const pipeline::Output& output = row.outputs[0];
      table += row_text(file, width, row.engine, ssim_text(output.ssim.has_value(), output.ssim.value_or(0)),
                        fmt::format("{}", output.bytes), milliseconds);
    }
  }
  if (means.made < 2) return table;
  const auto made = static_cast<double>(means.made);
  table += row_text("mean", width, "", ssim_text(means.scored > 0, means.ssim / static_cast<double>(means.scored)),
                    fmt::format("{:.0f}", means.bytes / made), fmt::format("{:.1f}", means.milliseconds / made));
  return table;
}

}  // namespace imgmill::report
