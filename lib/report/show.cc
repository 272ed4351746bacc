// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/show.h"

#include <fmt/core.h>

#include <algorithm>
#include <map>

#include "report/json.h"
#include "report/ndjson.h"
#include "report/page.h"
#include "report/phrases.h"
#include "report/record_fields.h"
#include "report/text.h"

namespace imgmill::report {
namespace {

using pipeline::Outcome;
using pipeline::Output;
using pipeline::Summary;

std::string title_of(const Summary& summary) {
  const auto& [subcommand, preset, shard] = summary.run;
  return fmt::format("imgmill{}{}{}{}", subcommand.empty() ? "" : " ", subcommand,
                     preset.empty() ? "" : ", preset " + preset, shard.empty() ? "" : ", shard " + shard);
}

std::string ssim_figures(const RunRecords& run) {
  double sum = 0, least = 1;
  int count = 0;
  for (const ItemRecord& item : run.items) {
    for (const Output& output : item.outcome.outputs) {
      if (!output.ssim || output.error) continue;
      sum += *output.ssim;
      least = std::min(least, *output.ssim);
      ++count;
    }
  }
  return count == 0 ? "" : fmt::format("{:.4f} mean, {:.4f} least", sum / count, least);
}

Sheet totals_sheet(const RunRecords& run) {
  const Summary& summary = *run.summary;
  Sheet sheet{"Totals", {{"figure"}, {"value"}}, {}};
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) sheet.rows.push_back({name, value});
  };
  const auto share = [](double part, double whole) { return whole > 0 ? 100 * part / whole : 0; };
  add("items", fmt::format("{}: {}", summary.items(), counts_text(summary)));
  add("ended", summary.interrupted ? "early" : "");
  add("time", fmt::format("{:.2f} s, {:.1f} images/s", summary.wall_seconds, summary.images_per_second()));
  add("bytes", fmt::format("{} in, {} out ({:.1f} %)", human_bytes(summary.bytes_in), human_bytes(summary.bytes_out),
                           share(static_cast<double>(summary.bytes_out), static_cast<double>(summary.bytes_in))));
  add("SSIM", ssim_figures(run));
  add("peak memory", human_bytes(summary.peak_memory));
  add("processor time", summary.cpu_seconds > 0 ? fmt::format("{:.2f} s", summary.cpu_seconds) : "");
  return sheet;
}

Sheet problems_sheet(const RunRecords& run) {
  Sheet sheet{"Problems", {{"file"}, {"kind"}, {"what"}}, {}};
  for (const ItemRecord& item : run.items) {
    const Outcome& outcome = item.outcome;
    const std::string& file = outcome.input.native();
    if (outcome.error) {
      sheet.rows.push_back({file, std::string(base::to_string(outcome.error->kind)), outcome.error->message});
    }
    for (const Output& output : outcome.outputs) {
      // The first failed output's error is the item's own.
      if (output.error && !(outcome.error && outcome.error->message == output.error->message)) {
        sheet.rows.push_back(
            {output.path.native(), std::string(base::to_string(output.error->kind)), output.error->message});
      }
      if (output.gate != pipeline::Gate::none) sheet.rows.push_back({file, "gate", gate_text(output)});
    }
    for (const std::string& warning : outcome.warnings) sheet.rows.push_back({file, "warning", warning});
  }
  return sheet;
}

Sheet stages_sheet(const Summary& summary) {
  Sheet sheet{"Time by stage", {{"stage"}, {"seconds", true}, {"share", true}}, {}};
  std::vector<base::StageTime> stages = summary.stages;
  std::stable_sort(stages.begin(), stages.end(),
                   [](const auto& a, const auto& b) { return a.milliseconds > b.milliseconds; });
  double sum = 0;
  for (const base::StageTime& stage : stages) sum += stage.milliseconds;
  for (const base::StageTime& stage : stages) {
    sheet.rows.push_back({std::string(stage.name), fmt::format("{:.3f}", stage.milliseconds / 1000),
                          fmt::format("{:.1f} %", 100 * stage.milliseconds / std::max(sum, 1e-9))});
  }
  return sheet;
}

// A row for each result, or one for an item without any.
Sheet items_sheet(const RunRecords& run) {
  Sheet sheet{
      "Items", {{"file"}, {"status"}, {"result"}, {"size", true}, {"SSIM", true}, {"bytes", true}, {"ms", true}}, {}};
  for (const ItemRecord& item : run.items) {
    const Outcome& outcome = item.outcome;
    std::string file = outcome.input.native(), milliseconds = fmt::format("{:.1f}", outcome.total_ms);
    const std::string status(to_string(outcome.status));
    if (outcome.outputs.empty()) sheet.rows.push_back({file, status, "", "", "", "", milliseconds});
    for (const Output& output : outcome.outputs) {
      sheet.rows.push_back({file,
                            output.error                 ? "failed"
                            : outcome.outputs.size() > 1 ? std::string(to_string(output.status))
                                                         : status,
                            result_name(outcome, output), fmt::format("{} x {}", output.width, output.height),
                            output.ssim ? fmt::format("{:.4f}", *output.ssim) : "",
                            output.error ? "" : fmt::format("{}", output.bytes), milliseconds});
      file = milliseconds = "";
    }
  }
  return sheet;
}

std::vector<Sheet> sheets_of(const RunRecords& run) {
  std::vector<Sheet> sheets = {totals_sheet(run), problems_sheet(run), stages_sheet(*run.summary), items_sheet(run)};
  std::erase_if(sheets, [](const Sheet& sheet) { return sheet.rows.empty(); });
  return sheets;
}

std::string to_html_page(const RunRecords& run) {
  std::string body;
  for (const Sheet& sheet : sheets_of(run)) body += to_html(sheet);
  return html_page(title_of(*run.summary), body);
}

std::string to_json_object(const RunRecords& run) {
  std::string text = fmt::format("{{\"schema_version\": {}, \"items\": [", kSchemaVersion);
  for (const ItemRecord& item : run.items)
    text += fmt::format("{}{}", &item == run.items.data() ? "\n" : ",\n", item.line);
  return text + "\n], \"summary\":\n" + summary_record(*run.summary) + "}\n";
}

}  // namespace

std::string show(const RunRecords& run, ShowAs format) {
  if (format == ShowAs::html) return to_html_page(run);
  if (format == ShowAs::json) return to_json_object(run);
  const std::string title = title_of(*run.summary);
  std::string text = fmt::format("{}{}\n", format == ShowAs::markdown ? "# " : "",
                                 format == ShowAs::markdown ? escaped_for_markdown(title) : printable(title));
  for (const Sheet& sheet : sheets_of(run)) {
    text += fmt::format("\n{}", format == ShowAs::markdown ? to_markdown(sheet) : to_text(sheet));
  }
  return text;
}

std::string to_ndjson(const RunRecords& run) {
  std::string text;
  for (const ItemRecord& item : run.items) text += item.line + "\n";
  return text + summary_record(*run.summary) + "\n";
}

}  // namespace imgmill::report
