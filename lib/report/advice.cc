// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/advice.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "report/statistics.h"
#include "report/text.h"

namespace imgmill::report {
namespace {

using Said = std::optional<std::string>;
using pipeline::Summary;

std::string percent(double share) { return fmt::format("{:.0f} %", 100 * share); }

bool is_searched(const Asked& asked) { return asked.target_ssim > 0; }

// What a speed costs was measured once (docs/profile.md); above 8 files grow.
Said avif(const TimeFigures& figures, const Asked& asked, const Summary&) {
  constexpr double kMost = 0.5;
  constexpr int kUsual = 6, kFast = 8;
  const double share = figures.share_of_kind("encode", "avif");
  if (share < kMost || asked.avif_speed >= kFast) return std::nullopt;
  const std::string start = fmt::format("encoding AVIF takes {} of the time; ", percent(share));
  if (asked.avif_speed < kUsual) {
    return start + fmt::format("--avif-speed {} takes about a tenth of what 4 takes, for an SSIM .003 lower", kUsual);
  }
  return start + fmt::format("--avif-speed {} takes about half of it, for an SSIM .003 lower", kFast);
}

Said scoring(const TimeFigures& figures, const Asked& asked, const Summary&) {
  constexpr double kMuch = 0.3;
  const double share = figures.share_of("rasterise") + figures.share_of("redecode") + figures.share_of("score");
  if (share < kMuch || !asked.score || is_searched(asked)) return std::nullopt;
  return fmt::format("measuring the results takes {} of the time; leave --score out where nobody reads it",
                     percent(share));
}

Said search(const TimeFigures& figures, const Asked& asked, const Summary&) {
  constexpr double kMany = 3;
  if (!is_searched(asked) || figures.outputs == 0) return std::nullopt;
  const double made = figures.encodes > 0 ? static_cast<double>(figures.encodes) : figures.tries;
  const double each = made / static_cast<double>(figures.outputs);
  if (each < kMany) return std::nullopt;
  std::string found;
  for (const auto& [format, qualities] : figures.qualities) {
    found += fmt::format("{}{} {:.0f}", found.empty() ? "" : ", ", format, median(qualities));
  }
  return fmt::format("the search for SSIM {} makes each result {:.1f} times{}; a fixed setting makes it once",
                     asked.target_ssim, each,
                     found.empty() ? "" : fmt::format(" and ends at quality {} (medians)", found));
}

Said decoding(const TimeFigures& figures, const Asked&, const Summary&) {
  constexpr double kMuch = 0.3, kFarLarger = 4;
  const double share = figures.share_of("decode");
  if (share < kMuch || figures.input_pixels < kFarLarger * figures.largest_output_pixels) return std::nullopt;
  return fmt::format(
      "decoding takes {} of the time, of pictures with {:.0f} times the pixels of their largest result; keep smaller "
      "copies of them to start from (compress --variants source={})",
      percent(share), figures.input_pixels / figures.largest_output_pixels, 2 * figures.largest_output_side);
}

Said large_drawing(const TimeFigures& figures, const Asked&, const Summary&) {
  constexpr double kMost = 0.5, kLarge = 1e6;
  const double share = figures.share_with_inner("trace");
  if (share < kMost || figures.sized_items == 0) return std::nullopt;
  const double pixels = figures.largest_output_pixels / static_cast<double>(figures.sized_items);
  if (pixels < kLarge) return std::nullopt;
  return fmt::format(
      "tracing takes {} of the time, of pictures of {:.1f} megapixels on average; a drawing is as sharp at every size, "
      "and --max-dimension 1024 leaves fewer pixels to trace",
      percent(share), pixels / 1e6);
}

Said files(const TimeFigures& figures, const Asked&, const Summary&) {
  constexpr double kMuch = 0.25;
  const double share = figures.share_of("read") + figures.share_of("write");
  if (share < kMuch) return std::nullopt;
  return fmt::format("reading and writing files takes {} of the time; put inputs and results on a faster disk",
                     percent(share));
}

// Processor time is the process's, so that of threads which a library starts is in it.
Said waiting(const TimeFigures& figures, const Asked& asked, const Summary& summary) {
  constexpr double kBusy = 0.75;
  const double busy = summary.cpu_seconds * 1000 / (figures.total_ms() + figures.look_ms);
  if (busy >= kBusy) return std::nullopt;
  const auto idle = [](const base::StageTime& s) { return s.milliseconds - s.cpu_milliseconds; };
  const auto most = std::max_element(figures.stages().begin(), figures.stages().end(),
                                     [&](const auto& a, const auto& b) { return idle(a) < idle(b); });
  return fmt::format(
      "{} of the time nothing is computed, most of it in {}: it waits for the disk or for other "
      "processes{}",
      percent(1 - busy), most == figures.stages().end() ? "no stage" : most->name,
      asked.jobs > 1 ? fmt::format("; fewer than -j {} may do as well", asked.jobs) : "");
}

Said memory_queue(const TimeFigures&, const Asked& asked, const Summary& summary) {
  constexpr double kMuch = 0.1;
  const double held = summary.throttled_seconds[static_cast<std::size_t>(pipeline::Hold::memory)];
  if (summary.wall_seconds <= 0 || held < kMuch * summary.wall_seconds) return std::nullopt;
  return fmt::format(
      "for {} of the run a worker was free and the next item had to wait for memory; more than "
      "--memory {} or a --max-dimension lets it start",
      percent(held / summary.wall_seconds), human_bytes(asked.memory));
}

Said growth(const TimeFigures& figures, const Asked&, const Summary&) {
  constexpr std::uint64_t kWarning = std::uint64_t{100} << 20;
  const TimeFigures::Growth& largest = figures.largest_growth();
  if (largest.bytes <= kWarning) return std::nullopt;
  return fmt::format("{} takes {} at its peak, most in {} ({}); a --max-dimension takes less", largest.name,
                     human_bytes(largest.bytes), largest.stage, human_bytes(largest.stage_bytes));
}

Said unsteady(const TimeFigures& figures, const Asked&, const Summary&) {
  constexpr std::size_t kEnough = 4;
  constexpr double kWide = 0.1;
  std::vector<double> totals;
  for (const TimeFigures::Round& round : figures.rounds()) totals.push_back(round.total_ms);
  if (totals.size() < kEnough || relative_spread(totals) <= kWide) return std::nullopt;
  return fmt::format(
      "the middle half of the repetitions lies {} of the median apart; measure on a quieter machine or "
      "with a larger --repeat",
      percent(relative_spread(totals)));
}

struct Rule {
  std::string_view name;
  Said (*say)(const TimeFigures&, const Asked&, const Summary&);
};
constexpr Rule kRules[] = {
    {"avif", avif},
    {"scoring", scoring},
    {"search", search},
    {"decoding", decoding},
    {"large-drawing", large_drawing},
    {"files", files},
    {"waiting", waiting},
    {"memory-queue", memory_queue},
    {"growth", growth},
    {"unsteady", unsteady},
};

}  // namespace

std::vector<Advice> advice(const TimeFigures& figures, const Asked& asked, const Summary& summary) {
  std::vector<Advice> all;
  if (figures.total_ms() <= 0) return all;
  for (const Rule& rule : kRules) {
    if (Said said = rule.say(figures, asked, summary)) all.push_back({rule.name, std::move(*said)});
  }
  return all;
}

std::vector<std::string_view> advice_rules() {
  std::vector<std::string_view> names;
  for (const Rule& rule : kRules) names.push_back(rule.name);
  return names;
}

}  // namespace imgmill::report
