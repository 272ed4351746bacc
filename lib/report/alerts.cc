// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/alerts.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "base/error.h"

namespace imgmill::report {
namespace {

using pipeline::Summary;

std::optional<double> ratio(double part, double whole) {
  return whole > 0 ? std::optional(part / whole) : std::nullopt;
}

std::optional<double> percent(double part, double whole) { return ratio(100 * part, whole); }

double worked_on(const Summary& summary) {
  return static_cast<double>(summary.items() - summary.count(pipeline::Status::skipped));
}

struct Figure {
  std::string_view name, unit;
  std::optional<double> (*of)(const Summary&);
};

constexpr Figure kFigures[] = {
    {"cpu", "%", [](const Summary& s) { return percent(s.cpu_seconds, s.wall_seconds * s.cores); }},
    {"memory", "%",
     [](const Summary& s) {
       return percent(static_cast<double>(s.peak_memory), static_cast<double>(s.memory_budget));
     }},
    {"hit_rate", "%",
     [](const Summary& s) {
       return percent(static_cast<double>(s.cache.hits()), static_cast<double>(s.cache.lookups()));
     }},
    {"item_seconds", "s", [](const Summary& s) { return ratio(s.item_ms / 1000, worked_on(s)); }},
    {"error_rate", "%",
     [](const Summary& s) { return percent(static_cast<double>(s.count(pipeline::Status::failed)), worked_on(s)); }},
};

const Figure* find(std::string_view name) {
  const auto* found =
      std::find_if(std::begin(kFigures), std::end(kFigures), [&](const auto& f) { return f.name == name; });
  return found == std::end(kFigures) ? nullptr : found;
}

[[noreturn]] void refuse(std::string_view word) {
  throw base::Error(base::ErrorKind::usage,
                    fmt::format("must be a list of cpu, memory, hit_rate, item_seconds or error_rate, each with > or < "
                                "and a number (cpu>85,hit_rate<70), not '{}'",
                                word));
}

Alert parse_alert(std::string_view word) {
  const auto sign = word.find_first_of("<>");
  if (sign == std::string_view::npos || find(word.substr(0, sign)) == nullptr) refuse(word);
  Alert alert{std::string(word.substr(0, sign)), word[sign] == '>', 0};
  const std::string_view number = word.substr(sign + 1);
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), alert.bound);
  const bool whole = error == std::errc() && end == number.data() + number.size();
  if (!whole || !std::isfinite(alert.bound) || alert.bound < 0) refuse(word);
  return alert;
}

}  // namespace

std::vector<Alert> parse_alerts(std::string_view text) {
  std::vector<Alert> alerts;
  while (true) {
    const auto comma = text.find(',');
    alerts.push_back(parse_alert(text.substr(0, comma)));
    if (comma == std::string_view::npos) return alerts;
    text.remove_prefix(comma + 1);
  }
}

std::string format_alerts(std::span<const Alert> alerts) {
  std::string text;
  for (const Alert& alert : alerts) {
    text += fmt::format("{}{}{}{}", text.empty() ? "" : ",", alert.figure, alert.above ? '>' : '<', alert.bound);
  }
  return text;
}

std::vector<std::string> set_off(std::span<const Alert> alerts, const Summary& summary) {
  std::vector<std::string> lines;
  for (const Alert& alert : alerts) {
    const Figure& figure = *find(alert.figure);
    const std::optional<double> value = figure.of(summary);
    if (!value || (alert.above ? *value <= alert.bound : *value >= alert.bound)) continue;
    lines.push_back(fmt::format("{} is {:.4g} {}, {} {} {}", alert.figure, *value, figure.unit,
                                alert.above ? "over" : "under", alert.bound, figure.unit));
  }
  return lines;
}

}  // namespace imgmill::report
