// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/text.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

namespace imgmill::report {
namespace {

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

// Bytes of the UTF-8 character at the start of `text`; 0 where there is none (overlong forms and surrogates included).
std::size_t utf8_length(std::string_view text) {
  const auto first = static_cast<unsigned char>(text[0]);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if (!is_continuation(text[i])) return 0;
  }
  const auto second = static_cast<unsigned char>(text[1]);
  const bool wrong = (first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F) ||
                     (first == 0xF0 && second < 0x90) || (first == 0xF4 && second > 0x8F);
  return wrong ? 0 : length;
}

// U+0080…U+009F: control characters too, and terminals obey some of them.
bool is_c1_control(std::string_view text) { return text[0] == '\xC2' && static_cast<unsigned char>(text[1]) < 0xA0; }

// Calls `control` for each control character, `good` for every other one and `bad` for each byte that is no UTF-8.
template <class Control, class Good, class Bad>
void for_each_character(std::string_view text, const Control& control, const Good& good, const Bad& bad) {
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    const auto byte = static_cast<unsigned char>(text[0]);
    if (length == 0) {
      bad(byte);
    } else if (byte < 0x20 || byte == 0x7F) {
      control(byte);
    } else {
      good(text.substr(0, length));
    }
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
}

}  // namespace

std::string printable(std::string_view text) {
  std::string shown;
  const auto hex = [&](unsigned char byte) { shown += fmt::format("\\x{:02x}", byte); };
  const auto control = [&](unsigned char byte) {
    if (byte == '\n') {
      shown += "\\n";
    } else if (byte == '\t') {
      shown += "\\t";
    } else if (byte == '\r') {
      shown += "\\r";
    } else {
      hex(byte);
    }
  };
  const auto good = [&](std::string_view character) {
    if (character.size() == 2 && is_c1_control(character)) {
      for (const char c : character) hex(static_cast<unsigned char>(c));
    } else {
      shown += character;
    }
  };
  for_each_character(text, control, good, hex);
  return shown;
}

std::string json_string(std::string_view text) {
  std::string quoted = "\"";
  const auto control = [&](unsigned char byte) {
    quoted += byte == '\n' ? "\\n" : byte == '\t' ? "\\t" : byte == '\r' ? "\\r" : fmt::format("\\u{:04x}", byte);
  };
  const auto good = [&](std::string_view character) {
    if (character == "\"" || character == "\\") quoted += '\\';
    quoted += character;
  };
  for_each_character(text, control, good, [&](unsigned char) { quoted += "\xEF\xBF\xBD"; });
  return quoted + '"';
}

std::string json_number(double value, int decimals) {
  if (!std::isfinite(value)) return "null";
  std::string text = fmt::format("{:.{}f}", value, decimals);
  if (text.find('.') != std::string::npos) {
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
  }
  return text == "-0" ? "0" : text;
}

std::string human_bytes(std::uint64_t bytes) {
  if (bytes < 1024) return fmt::format("{} B", bytes);
  constexpr std::string_view kUnits[] = {"KB", "MB", "GB", "TB"};
  double value = static_cast<double>(bytes) / 1024;
  std::size_t unit = 0;
  while (value >= 999.95 && unit + 1 < std::size(kUnits)) {
    value /= 1024;
    ++unit;
  }
  return fmt::format("{:.1f} {}", value, kUnits[unit]);
}

std::string fitted(std::string_view text, std::size_t width) {
  const auto columns =
      static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return !is_continuation(c); }));
  if (columns <= width) return std::string(text) + std::string(width - columns, ' ');
  std::size_t to_drop = columns - width + 1;  // one more for the ellipsis
  while (!text.empty() && to_drop > 0) {
    text.remove_prefix(1);
    if (text.empty() || !is_continuation(text[0])) --to_drop;
  }
  return "…" + std::string(text);
}

void say(std::FILE* stream, const std::string& text) { std::fputs(text.c_str(), stream); }

}  // namespace imgmill::report
