// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/stage_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "report/advice.h"
#include "report/sheet.h"
#include "report/stacks.h"
#include "report/statistics.h"
#include "report/text.h"

namespace imgmill::report {
namespace {

using base::StageTime;

std::string percent(double share) { return fmt::format("{:.1f} %", 100 * share); }

Sheet stages_sheet(const TimeFigures& figures) {
  Sheet sheet{"Where the time goes",
              {{"stage"}, {"ms", true}, {"share", true}, {"CPU ms", true}, {"allocated", true}, {"peak", true}},
              {}};
  double rest = figures.total_ms();
  for (const StageTime& stage : longest_first(figures.stages())) {
    rest -= stage.milliseconds;
    sheet.rows.push_back({std::string(stage.name), fmt::format("{:.2f}", stage.milliseconds),
                          percent(figures.share(stage.milliseconds)), fmt::format("{:.2f}", stage.cpu_milliseconds),
                          human_bytes(stage.allocated), human_bytes(stage.peak)});
  }
  rest = std::max(rest, 0.0);
  sheet.rows.push_back({kNoStage, fmt::format("{:.2f}", rest), percent(figures.share(rest)), "", "", ""});
  return sheet;
}

std::vector<std::string> statistics_row(const std::string& name, const std::vector<double>& sample) {
  return {name, fmt::format("{:.2f}", median(sample)), fmt::format("{:.2f}", quantile(sample, 0.95)),
          percent(relative_spread(sample))};
}

Sheet statistics_sheet(const char* title, const char* what) {
  return {title, {{what}, {"median ms", true}, {"p95 ms", true}, {"spread", true}}, {}};
}

Sheet rounds_sheet(const TimeFigures& figures) {
  Sheet sheet = statistics_sheet("Stages, over the repetitions", "stage");
  const auto add = [&](const std::string& name, const auto& ms_of) {
    std::vector<double> sample;
    for (const TimeFigures::Round& round : figures.rounds()) sample.push_back(ms_of(round));
    sheet.rows.push_back(statistics_row(name, sample));
  };
  add("total", [](const TimeFigures::Round& round) { return round.total_ms; });
  for (const StageTime& stage : longest_first(figures.stages())) {
    add(std::string(stage.name), [&](const TimeFigures::Round& round) { return stage_ms(round.stages, stage.name); });
  }
  return sheet;
}

Sheet items_sheet(const TimeFigures& figures) {
  Sheet sheet = statistics_sheet("Items, over the repetitions", "file");
  for (const TimeFigures::Item& item : figures.items()) sheet.rows.push_back(statistics_row(item.name, item.ms));
  std::sort(sheet.rows.begin(), sheet.rows.end());
  return sheet;
}

std::string bottlenecks(const TimeFigures& figures) {
  constexpr std::size_t kMost = 3;
  constexpr double kWorthNaming = 0.05;
  std::string text;
  std::size_t count = 0;
  for (const StageTime& stage : longest_first(figures.stages())) {
    const double share = figures.share(stage.milliseconds);
    if (++count > kMost || share < kWorthNaming) break;
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", stage.name, percent(share));
  }
  return text;
}

}  // namespace

std::string where_the_time_goes(const TimeFigures& figures, const Asked& asked, const pipeline::Summary& summary) {
  if (figures.items().empty()) return "Where the time goes\nnothing was done\n";
  std::string text = to_text(stages_sheet(figures));
  if (figures.rounds().size() > 1) {
    text += fmt::format("\n{}\n{}", to_text(rounds_sheet(figures)), to_text(items_sheet(figures)));
  }
  if (figures.look_ms > 0) {
    text += fmt::format("\nNot in it: {:.2f} ms to look at the images first\n", figures.look_ms);
  }
  text += fmt::format("\nBottlenecks: {}\n", bottlenecks(figures));
  const std::vector<Advice> all = advice(figures, asked, summary);
  text += all.empty() ? "Recommendations: none that these figures support\n" : "Recommendations:\n";
  for (const Advice& one : all) text += fmt::format("- {}: {}\n", one.rule, one.text);
  return text;
}

void StageReportSink::end(const pipeline::Summary& summary) {
  say(stream_, where_the_time_goes(figures_, asked_, summary));
}

}  // namespace imgmill::report
