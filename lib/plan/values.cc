// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/values.h"

#include <fmt/core.h>

#include <charconv>
#include <cmath>

#include "base/error.h"

namespace imgmill::plan {
namespace {

template <class Number>
bool reads_whole(std::string_view text, Number& value) {
  if (!text.empty() && text.front() == '+') text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::int64_t parse_int(std::string_view text, std::int64_t min, std::int64_t max) {
  std::int64_t value = 0;
  if (!reads_whole(text, value) || value < min || value > max) {
    throw base::Error(base::ErrorKind::usage,
                      fmt::format("must be a whole number from {} to {}, not '{}'", min, max, text));
  }
  return value;
}

double parse_number(std::string_view text, double min, double max) {
  double value = 0;
  if (!reads_whole(text, value) || !std::isfinite(value) || value < min || value > max) {
    throw base::Error(base::ErrorKind::usage, fmt::format("must be a number from {} to {}, not '{}'", min, max, text));
  }
  return value;
}

std::uint64_t parse_size(std::string_view text) {
  const auto unit_at = text.find_first_not_of("0123456789.");
  std::string_view unit = unit_at == std::string_view::npos ? "" : text.substr(unit_at);
  double value = 0;
  bool good = reads_whole(text.substr(0, unit_at), value);
  if (!unit.empty() && (unit.back() == 'B' || unit.back() == 'b')) unit.remove_suffix(1);
  if (unit.size() == 2 && unit.back() == 'i') unit.remove_suffix(1);
  if (unit.size() == 1) {
    const auto power = std::string_view("KMGT").find(static_cast<char>(unit[0] & ~0x20));
    good = good && power != std::string_view::npos;
    value *= std::pow(1024.0, static_cast<double>(power) + 1);
  } else {
    good = good && unit.empty();
  }
  if (!good || value < 1 || value > 9e18) {
    throw base::Error(base::ErrorKind::usage, fmt::format("must be a size such as 800K, 512M or 2G, not '{}'", text));
  }
  return static_cast<std::uint64_t>(value);
}

std::chrono::seconds parse_duration(std::string_view text) {
  constexpr std::string_view kUnits = "smhdw";
  constexpr std::int64_t kSeconds[] = {1, 60, 3600, 24 * 3600, 7 * 24 * 3600};
  constexpr std::int64_t kMost = 1000LL * 365 * 24 * 3600;
  const auto unit = text.empty() ? std::string_view::npos : kUnits.find(text.back());
  const std::string_view digits = unit == std::string_view::npos ? text : text.substr(0, text.size() - 1);
  const std::int64_t factor = unit == std::string_view::npos ? 1 : kSeconds[unit];
  try {
    return std::chrono::seconds(parse_int(digits, 0, kMost / factor) * factor);
  } catch (const base::Error&) {
    throw base::Error(base::ErrorKind::usage,
                      fmt::format("must be a time such as 45s, 90m, 12h or 30d, not '{}'", text));
  }
}

bool parse_switch(std::string_view text) {
  if (text == "true" || text == "on" || text == "yes" || text == "1") return true;
  if (text == "false" || text == "off" || text == "no" || text == "0") return false;
  throw base::Error(base::ErrorKind::usage, fmt::format("must be on or off, not '{}'", text));
}

image::Rgba parse_color(std::string_view text) {
  const bool is_short = text.size() == 4;
  bool good = (is_short || text.size() == 7) && text[0] == '#';
  std::uint8_t channels[3] = {};
  for (std::size_t i = 0; good && i < 3; ++i) {
    const int high = hex_digit(text[is_short ? 1 + i : 1 + 2 * i]);
    const int low = is_short ? high : hex_digit(text[2 + 2 * i]);
    good = high >= 0 && low >= 0;
    channels[i] = static_cast<std::uint8_t>(high * 16 + low);
  }
  if (!good) throw base::Error(base::ErrorKind::usage, fmt::format("must be a colour as #rrggbb, not '{}'", text));
  return {channels[0], channels[1], channels[2], 255};
}

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> words;
  for (;;) {
    const auto end = text.find(',');
    words.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return words;
    text.remove_prefix(end + 1);
  }
}

std::string format_number(double value) { return fmt::format("{}", value); }

std::string format_size(std::uint64_t bytes) {
  std::string_view unit = "";
  for (const std::string_view larger : {"K", "M", "G", "T"}) {
    if (bytes == 0 || bytes % 1024 != 0) break;
    bytes /= 1024;
    unit = larger;
  }
  return fmt::format("{}{}", bytes, unit);
}

std::string format_color(image::Rgba color) { return fmt::format("#{:02x}{:02x}{:02x}", color.r, color.g, color.b); }

}  // namespace imgmill::plan
