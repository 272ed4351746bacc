// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench/show.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "report/text.h"

namespace imgmill::bench {
namespace {

using report::Sheet;

// Times of microseconds to minutes, with as many digits as say something.
std::string ms_text(double ms) { return ms < 10 ? fmt::format("{:.2f}", ms) : fmt::format("{:.1f}", ms); }

std::string bytes_text(double bytes) {
  const std::string text = report::human_bytes(static_cast<std::uint64_t>(std::llround(std::abs(bytes))));
  return fmt::format("{}{}", bytes < 0 ? "-" : "", text);
}

std::string ssim_text(const std::optional<double>& ssim) { return ssim ? fmt::format("{:.4f}", *ssim) : ""; }

Sheet setting_sheet(const Results& results) {
  const Setting& setting = results.setting;
  Sheet sheet{"What was run", {{"figure"}, {"value"}}, {}};
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) sheet.rows.push_back({name, value});
  };
  std::string levels, libraries;
  for (const int level : setting.levels) levels += fmt::format("{}{}", levels.empty() ? "" : ", ", level);
  for (const auto& [name, version] : setting.libraries) {
    libraries += fmt::format("{}{} {}", libraries.empty() ? "" : ", ", name, version);
  }
  add("started", setting.started);
  add("imgmill", fmt::format("{} {}", setting.version, setting.subcommand));
  add("revision", setting.revision);
  add("machine", fmt::format("{}, {} cores, {}", setting.cpu, setting.cores, report::human_bytes(setting.memory)));
  add("system", setting.system);
  add("libraries", libraries);
  add("images", std::to_string(results.images.size()));
  add("items in work at once", levels);
  add("repeats", std::to_string(setting.repeats));
  add("took", results.seconds > 0 ? fmt::format("{:.1f} s, {:.1f} % of them in measured work", results.seconds,
                                                100 * results.measured_seconds / results.seconds)
                                  : "");
  add("ended", results.interrupted ? "early" : "");
  return sheet;
}

std::string interval_text(const Figures& figures) {
  if (!figures.times || !figures.times->interval) return "";
  return fmt::format("{}-{}", ms_text(figures.times->interval->low), ms_text(figures.times->interval->high));
}

Sheet cost_sheet(const Results& results, const std::vector<Figures>& all) {
  Sheet sheet{"Quality, bytes and time",
              {{"entrant"},
               {"jobs", true},
               {"SSIM", true},
               {"worst", true},
               {"bytes", true},
               {"gzip", true},
               {"ms", true},
               {"95 % interval", true},
               {"images/s", true},
               {"front"}},
              {}};
  for (const Figures& f : all) {
    const bool gzip = f.mean_gzip_bytes > 0;
    sheet.rows.push_back({results.entrants[f.entrant].name, std::to_string(f.level), ssim_text(f.ssim),
                          ssim_text(f.worst_ssim), f.images > 0 ? bytes_text(f.mean_bytes) : "",
                          gzip ? bytes_text(f.mean_gzip_bytes) : "", f.times ? ms_text(f.times->mean) : "",
                          interval_text(f), f.images_per_second > 0 ? fmt::format("{:.1f}", f.images_per_second) : "",
                          f.on_front ? "yes" : ""});
  }
  return sheet;
}

Sheet runs_sheet(const Results& results, const std::vector<Figures>& all) {
  Sheet sheet{"Runs",
              {{"entrant"},
               {"jobs", true},
               {"runs", true},
               {"succeeded", true},
               {"median ms", true},
               {"least", true},
               {"most", true},
               {"deviation", true},
               {"p95", true},
               {"CPU ms", true},
               {"peak memory", true},
               {"change, mean", true},
               {"most", true}},
              {}};
  for (const Figures& f : all) {
    if (!f.times) continue;
    sheet.rows.push_back({results.entrants[f.entrant].name, std::to_string(f.level), std::to_string(f.runs),
                          fmt::format("{:.1f} %", 100 * f.success()), ms_text(f.times->median), ms_text(f.times->least),
                          ms_text(f.times->most), ms_text(f.times->deviation), ms_text(f.times->p95), ms_text(f.cpu_ms),
                          report::human_bytes(f.peak_memory), f.level > 1 ? "" : bytes_text(f.mean_change),
                          f.level > 1 ? "" : bytes_text(f.most_change)});
  }
  return sheet;
}

Sheet problems_sheet(const Results& results) {
  Sheet sheet{"Problems", {{"entrant"}, {"image"}, {"what"}}, {}};
  for (std::size_t entrant = 0; entrant < results.entrants.size(); ++entrant) {
    for (std::size_t image = 0; image < results.images.size(); ++image) {
      const Cell& cell = results.cell(entrant, image);
      const std::string what = failure_of(cell);
      if (!what.empty()) sheet.rows.push_back({results.entrants[entrant].name, results.images[image].path, what});
    }
  }
  return sheet;
}

// A field with what would end it is quoted.
std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted;
  for (const char c : text) quoted.append(c == '"' ? 2 : 1, c);
  return fmt::format("\"{}\"", quoted);
}

std::string csv_row(const Results& results, std::size_t entrant, std::size_t image, int level) {
  const Cell& cell = results.cell(entrant, image);
  const Made made = cell.made.value_or(Made());
  const std::vector<double> ms = times_of(cell, level);
  const std::vector<double> cpu = of_runs(cell, level, [](const Sample& sample) { return sample.cpu_ms; });
  const std::vector<double> memory =
      of_runs(cell, level, [](const Sample& sample) { return static_cast<double>(sample.memory); });
  const auto number = [](const std::optional<double>& value) { return value ? fmt::format("{:.6f}", *value) : ""; };
  std::string row = fmt::format("{},{},{},{},{},{},{},{},{}", csv_field(results.entrants[entrant].name),
                                csv_field(results.images[image].path), level, made.bytes, made.gzip_bytes,
                                number(made.ssim), number(made.worst_block), csv_field(failure_of(cell)), ms.size());
  if (ms.empty()) return row + ",,,,,,,\r\n";
  return row + fmt::format(",{:.4f},{:.4f},{:.4f},{:.4f},{:.4f},{:.4f},{:.0f}\r\n", report::mean(ms),
                           report::median(ms), *std::min_element(ms.begin(), ms.end()),
                           *std::max_element(ms.begin(), ms.end()), report::standard_deviation(ms), report::mean(cpu),
                           *std::max_element(memory.begin(), memory.end()));
}

}  // namespace

std::vector<Sheet> sheets_of(const Results& results, const std::vector<Figures>& figures) {
  std::vector<Sheet> sheets = {cost_sheet(results, figures), runs_sheet(results, figures), problems_sheet(results),
                               setting_sheet(results)};
  std::erase_if(sheets, [](const Sheet& sheet) { return sheet.rows.empty(); });
  return sheets;
}

std::string to_text(const Results& results) {
  std::string text;
  for (const Sheet& sheet : sheets_of(results, figures_of(results))) {
    text += fmt::format("{}{}", text.empty() ? "" : "\n", report::to_text(sheet));
  }
  return text;
}

std::string to_markdown(const Results& results) {
  std::string text = fmt::format("# imgmill bench {}\n", report::escaped_for_markdown(results.setting.subcommand));
  for (const Sheet& sheet : sheets_of(results, figures_of(results)))
    text += fmt::format("\n{}", report::to_markdown(sheet));
  return text;
}

std::string to_csv(const Results& results) {
  std::string text =
      "entrant,image,jobs,bytes,gzip_bytes,ssim,worst_block,error,runs,mean_ms,median_ms,least_ms,most_ms,deviation_ms,"
      "cpu_ms,peak_memory\r\n";
  for (const int level : results.setting.levels) {
    for (std::size_t entrant = 0; entrant < results.entrants.size(); ++entrant) {
      for (std::size_t image = 0; image < results.images.size(); ++image)
        text += csv_row(results, entrant, image, level);
    }
  }
  return text;
}

}  // namespace imgmill::bench
