// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Everything that a run can be told, as one table: a Setting is a flag, an IMGMILL_* variable, a key of a configuration
// file, a line of --explain and an entry of --help at once. The table remembers where each value in effect came from;
// a value from a weaker source never replaces one from a stronger source, in whatever order they arrive.
#pragma once

#include <algorithm>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/fields.h"
#include "plan/values.h"

namespace imgmill::plan {

enum class Source {
  built_in,
  preset,
  user_config,
  local_config,
  named_config,
  environment,
  set_flag,
  flag
};  // weak → strong

struct Origin {
  Source source = Source::built_in;
  std::string where;  // "--jobs", "IMGMILL_JOBS", the path of a file; shown to the user
};

struct Setting {
  std::string name;                              // snake_case; the flag is the same with '-'
  std::string group;                             // heading in --help
  std::string value_name;                        // "N", "FILE", "auto|color|mono"; empty for a switch
  std::string help;                              // one sentence; range and default are added to it
  std::function<void(std::string_view)> assign;  // throws Error{usage} with a message that starts with "must be"
  std::function<std::string()> print;            // the value in effect as text; empty when there is none
  std::string range = {};                        // "1-8"; empty where value_name says it all
  char letter = 0;                               // 'j' for -j
  bool in_presets = false;                       // may stand in a preset file
  Origin origin = {};
  std::string fallback = {};  // what print() gave at the start
};

std::string flag_name(const Setting& setting);      // "--color-precision"
std::string variable_name(const Setting& setting);  // "IMGMILL_COLOR_PRECISION"

class Settings {
 public:
  void add(Setting setting);

  // One setting for each field of `target`, which outlives this table.
  template <class Struct>
  void add_fields(std::span<const base::Field<Struct>> fields, Struct& target, const std::string& group);

  // Gives the value to the setting of that name unless it already has one from a stronger source. Throws Error{usage}:
  // no such setting (with the nearest name), not allowed in a preset, or a bad value; the message names the origin.
  void set(std::string_view name, std::string_view text, const Origin& origin);

  // A setting of another subcommand, which a file for all of them may hold: its value is passed over.
  void pass_over(std::string name) { elsewhere_.push_back(std::move(name)); }

  const Setting* find(std::string_view name) const;
  const std::vector<Setting>& all() const { return settings_; }

 private:
  bool is_elsewhere(const std::string& key, const Origin& origin) const;

  std::vector<Setting> settings_;
  std::vector<std::string> elsewhere_;
};

// One of several words, each for a value of `target`, which outlives the setting.
template <class Value>
Setting choice_setting(const std::string& name, const std::string& group, const std::string& help, Value& target,
                       const std::vector<std::pair<std::string, Value>>& choices);

// The candidate that is the fewest edits away from `word`, if it is near enough to be meant; else empty.
std::string nearest(std::string_view word, std::span<const std::string> candidates);

// Throws Error{usage}: "must be auto, color or mono, not …".
[[noreturn]] void refuse_choice(std::span<const std::string> words, std::string_view text);

template <class Value>
Setting choice_setting(const std::string& name, const std::string& group, const std::string& help, Value& target,
                       const std::vector<std::pair<std::string, Value>>& choices) {
  std::vector<std::string> words;
  std::string value_name;
  for (const auto& choice : choices) {
    words.push_back(choice.first);
    value_name += (value_name.empty() ? "" : "|") + choice.first;
  }
  const auto assign = [&target, choices, words](std::string_view text) {
    const auto found = std::find_if(choices.begin(), choices.end(), [&](const auto& c) { return c.first == text; });
    if (found == choices.end()) refuse_choice(words, text);
    target = found->second;
  };
  const auto print = [&target, choices] {
    return std::find_if(choices.begin(), choices.end(), [&](const auto& c) { return c.second == target; })->first;
  };
  return {name, group, value_name, help, assign, print};
}

template <class Struct>
void Settings::add_fields(std::span<const base::Field<Struct>> fields, Struct& target, const std::string& group) {
  for (const base::Field<Struct>& field : fields) {
    std::visit(
        [&](auto member) {
          auto& value = target.*member;
          Setting setting{std::string(field.name), group, "N", std::string(field.help), nullptr, nullptr};
          setting.range = format_number(field.min) + "-" + format_number(field.max);
          setting.in_presets = true;
          setting.assign = [&value, min = field.min, max = field.max](std::string_view text) {
            if constexpr (std::is_same_v<decltype(member), int Struct::*>) {
              value = static_cast<int>(parse_int(text, static_cast<int>(min), static_cast<int>(max)));
            } else {
              value = parse_number(text, min, max);
            }
          };
          setting.print = [&value] { return format_number(value); };
          add(std::move(setting));
        },
        field.member);
  }
}

}  // namespace imgmill::plan
