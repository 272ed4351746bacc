// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench/history.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <map>
#include <tuple>
#include <utility>

#include "base/bytes.h"
#include "base/descriptor.h"
#include "base/digest.h"
#include "base/error.h"
#include "base/system_error.h"
#include "bench/figures.h"
#include "bench/records.h"
#include "report/json.h"
#include "report/statistics.h"
#include "report/text.h"

namespace imgmill::bench {
namespace {

std::string digest_of(const std::string& text) {
  return base::to_hex(base::digest({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}));
}

std::string digest_of_all(const std::vector<Image>& images) {
  std::vector<std::string> digests;
  for (const Image& image : images) digests.push_back(image.digest);
  std::sort(digests.begin(), digests.end());
  std::string all;
  for (const std::string& digest : digests) all += digest;
  return digest_of(all);
}

std::string setting_of(const Results& results, const Entrant& entrant) {
  std::string text = entrant.command + "\n";
  for (const auto& [name, value] : entrant.parameters) text += name + "=" + value + "\n";
  for (const auto& [name, version] : results.setting.libraries) text += name + " " + version + "\n";
  return digest_of(text);
}

// Mean time without waiting, and the median of the yardstick beside it.
std::pair<double, double> times_of(const Results& results, const Figures& figures) {
  std::vector<double> ms, yardstick;
  for (std::size_t image = 0; image < results.images.size(); ++image) {
    for (const Sample& sample : results.cell(figures.entrant, image).samples) {
      if (sample.level != figures.level || !sample.error.empty()) continue;
      ms.push_back(sample.ms - sample.wait_ms);
      yardstick.push_back(sample.yardstick_ms);
    }
  }
  return {report::mean(ms), report::median(yardstick)};
}

std::string figure_object(const Past::Figure& figure) {
  report::Object object;
  object.text("entrant", figure.entrant).count("jobs", static_cast<std::uint64_t>(figure.level));
  object.number("ms", figure.ms, 4).number("yardstick_ms", figure.yardstick_ms, 4).number("memory", figure.memory, 0);
  object.number("bytes", figure.bytes, 1).number("ssim", figure.ssim, 6);
  return object.text("setting", figure.setting).done();
}

std::string line_of(const Past& past) {
  report::Object object;
  object.text("type", "history").count("schema_version", kSchemaVersion).text("started", past.started);
  object.text("revision", past.revision).text("subcommand", past.subcommand).text("cpu", past.cpu);
  object.text("images", past.images).raw("figures", report::array(past.figures, figure_object));
  return object.done() + "\n";
}

struct Measured {
  const char* name;
  const char* format;
  std::vector<double> values;
};

std::string sparkline(const std::vector<double>& values) {
  constexpr std::array<const char*, 8> kBars{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  const auto [least, most] = std::minmax_element(values.begin(), values.end());
  std::string line;
  for (const double value : values) {
    const double place = *most > *least ? (value - *least) / (*most - *least) : 0;
    line += kBars[static_cast<std::size_t>(std::lround(place * (kBars.size() - 1)))];
  }
  return line;
}

// How far the last is from the median of those before, as a part of it.
double last_change(const std::vector<double>& values) {
  if (values.size() < 2) return 0;
  const double usual = report::median(std::span(values).first(values.size() - 1));
  return usual == 0 ? 0 : values.back() / usual - 1;
}

std::string drift_of(const std::vector<double>& values) {
  constexpr double kChance = 0.05, kTrend = 0.02, kStep = 0.05, kDeviations = 4, kMadToDeviation = 1.4826;
  constexpr std::size_t kLeast = 6;  // of fewer, chance alone too often gives an order
  if (values.size() < kLeast) return "";
  const auto before = std::span(values).first(values.size() - 1);
  const double usual = report::median(before);
  std::vector<double> off;
  for (const double value : before) off.push_back(std::abs(value - usual));
  const double deviation = report::median(off) * kMadToDeviation;
  const bool far = std::abs(values.back() - usual) > kDeviations * deviation;
  if (far && std::abs(last_change(values)) > kStep) return "step";
  const double whole = report::trend_slope(values) * static_cast<double>(values.size() - 1);
  const bool trend = report::trend_probability(values) < kChance && std::abs(whole) > kTrend * std::abs(usual);
  return !trend ? "" : whole > 0 ? "rising" : "falling";
}

// Times as they would be if the machine had always been as fast as it usually is.
std::vector<double> times_of(const std::vector<Past::Figure>& figures) {
  std::vector<double> yardsticks, ms;
  for (const Past::Figure& figure : figures) yardsticks.push_back(figure.yardstick_ms);
  const double usual = report::median(yardsticks);
  for (const Past::Figure& figure : figures) {
    ms.push_back(figure.yardstick_ms > 0 ? figure.ms / figure.yardstick_ms * usual : figure.ms);
  }
  return ms;
}

std::vector<double> values_of(const std::vector<Past::Figure>& figures, double Past::Figure::*member) {
  std::vector<double> values;
  for (const Past::Figure& figure : figures) values.push_back(figure.*member);
  return values;
}

}  // namespace

Past past_of(const Results& results) {
  const Setting& setting = results.setting;
  Past past{setting.started, setting.revision, setting.subcommand, setting.cpu, digest_of_all(results.images), {}};
  for (const Figures& figures : figures_of(results)) {
    if (!figures.times || figures.failed > 0) continue;
    const Entrant& entrant = results.entrants[figures.entrant];
    const auto [ms, yardstick] = times_of(results, figures);
    past.figures.push_back({entrant.name, figures.level, ms, yardstick, figures.mean_memory, figures.mean_bytes,
                            figures.ssim.value_or(0), setting_of(results, entrant)});
  }
  return past;
}

void append_history(const std::filesystem::path& file, const Past& past) {
  const auto refuse = [&](const std::string& why) {
    throw base::Error(base::ErrorKind::output, fmt::format("--history {}: can't be written: {}", file.string(), why));
  };
  if (past.figures.empty()) return;
  constexpr int kPublic = 0666;
  const base::Descriptor target(::open(file.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, kPublic));
  if (!target.valid()) refuse(base::error_text(errno));
  std::string line = line_of(past);
  const ::off_t size = ::lseek(target.get(), 0, SEEK_END);
  char last = '\n';
  if (size > 0 && ::pread(target.get(), &last, 1, size - 1) == 1 && last != '\n') line.insert(0, 1, '\n');  // cut off
  // In one piece, so that lines of several runs don't mix.
  const ssize_t count = ::write(target.get(), line.data(), line.size());
  if (count < 0) refuse(base::error_text(errno));
  if (count < static_cast<ssize_t>(line.size())) refuse("no space left on device");
}

report::Sheet trend_sheet(const std::vector<Past>& history, std::size_t count) {
  using Key = std::tuple<std::string, std::string, std::string, std::string, int, std::string>;
  std::map<Key, std::vector<Past::Figure>> series;
  std::vector<Key> order;
  for (const Past& past : history) {
    for (const Past::Figure& figure : past.figures) {
      const Key key{past.cpu, past.subcommand, past.images, figure.entrant, figure.level, figure.setting};
      if (!series.contains(key)) order.push_back(key);
      series[key].push_back(figure);
    }
  }
  report::Sheet sheet{fmt::format("The last {} runs", count),
                      {{"entrant"},
                       {"jobs", true},
                       {"figure"},
                       {"runs", true},
                       {"course"},
                       {"last", true},
                       {"against the median", true},
                       {"drift"}},
                      {}};
  for (const Key& key : order) {
    std::vector<Past::Figure>& figures = series[key];
    if (figures.size() > count) figures.erase(figures.begin(), figures.end() - static_cast<std::ptrdiff_t>(count));
    const std::vector<Measured> all = {{"ms", "{:.2f}", times_of(figures)},
                                       {"memory", "{:.0f}", values_of(figures, &Past::Figure::memory)},
                                       {"bytes", "{:.0f}", values_of(figures, &Past::Figure::bytes)},
                                       {"SSIM", "{:.4f}", values_of(figures, &Past::Figure::ssim)}};
    for (const auto& [name, format, values] : all) {
      sheet.rows.push_back({std::get<3>(key), std::to_string(std::get<4>(key)), name, std::to_string(values.size()),
                            sparkline(values), fmt::format(fmt::runtime(format), values.back()),
                            fmt::format("{:+.1f} %", 100 * last_change(values)), drift_of(values)});
    }
  }
  return sheet;
}

}  // namespace imgmill::bench
