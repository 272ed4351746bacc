// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/phrases.h"

#include <fmt/core.h>

#include "report/text.h"

namespace imgmill::report {

using pipeline::Gate;
using pipeline::Outcome;
using pipeline::Summary;

std::string gate_text(const pipeline::Output& output) {
  const std::string path = printable(output.path.native());
  switch (output.gate) {
    case Gate::none:
      return "";
    case Gate::missing:
      return path + " is missing";
    case Gate::stale:
      return path + " is stale: it is not what this input gives now";
    case Gate::over_budget:
      return fmt::format("{} takes {} bytes, over --max-bytes", path, output.bytes);
    case Gate::below_target:
      return fmt::format("{} comes to SSIM {:.4f} at best, below --target-ssim", path, output.ssim.value_or(0));
    case Gate::below_minimum:
      return fmt::format("{} comes to SSIM {:.4f}, below --min-ssim", path, output.ssim.value_or(0));
  }
  return "";
}

std::string counts_text(const Summary& summary) {
  std::string text;
  for (std::size_t i = 0; i < pipeline::kStatusCount; ++i) {
    if (summary.counts[i] == 0) continue;
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", summary.counts[i],
                        to_string(static_cast<pipeline::Status>(i)));
  }
  return text.empty() ? "nothing" : text;
}

std::string totals_text(const Summary& summary) {
  const double ratio =
      summary.bytes_in > 0 ? static_cast<double>(summary.bytes_out) / static_cast<double>(summary.bytes_in) : 0;
  std::string text =
      fmt::format("{} in {:.2f} s ({:.1f} images/s), {} in, {} out ({:.1f} %), peak memory {}", counts_text(summary),
                  summary.wall_seconds, summary.images_per_second(), human_bytes(summary.bytes_in),
                  human_bytes(summary.bytes_out), 100 * ratio, human_bytes(summary.peak_memory));
  if (summary.encodes > summary.outputs) {
    text += fmt::format(", {:.2f} encodes a result",
                        static_cast<double>(summary.encodes) / static_cast<double>(summary.outputs));
  }
  if (summary.cache.hits() > 0) {
    text += fmt::format(", {} of {} results from the cache", summary.cache.hits(), summary.cache.lookups());
  }
  return text;
}

std::string result_name(const Outcome& row, const pipeline::Output& output) {
  if (!row.engine.empty()) return std::string(row.engine);
  return label(output);
}

}  // namespace imgmill::report
