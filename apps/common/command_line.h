// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The options of a command line, declared once as a list and given to CLI11, which splits the words and lays out the
// help: --name VALUE, --name=VALUE, -n VALUE, -nVALUE, switches (which may be turned off as --name=off), and "--",
// after which everything is an operand. What the values mean is not known here. CLI11's reading of files and of the
// environment stays unused: plan does both, and remembers where each value came from.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "plan/settings.h"

namespace imgmill::apps {

enum class Takes {
  value,
  nothing,         // a switch: its text is "on" unless --name=TEXT says otherwise
  optional_value,  // only as --name=VALUE, so that --name INPUT keeps the operand; its text is empty without
};

struct Option {
  std::string flag;  // "--output"
  char letter = 0;   // 'o' for -o
  Takes takes = Takes::value;
  std::string value_name;
  std::string group;  // heading in --help; empty: not shown
  std::string help;
  std::function<void(const std::string&)> take;  // called in the order of the command line
};

// The flag of a setting; it hands its text to `settings`.
Option option_for(const plan::Setting& setting, plan::Settings& settings);

// Calls `take` of each option that is given and returns the operands. Throws Error{usage}: an unknown option (with the
// nearest one), a missing value.
std::vector<std::string> parse_command_line(std::span<char* const> arguments, std::span<const Option> options);

// Calls `parse`, and puts the flag before the message of what it throws.
void named(std::string_view flag, const std::function<void()>& parse);

// `usage`, the options under their headings in the order in which the headings first come, `notes`.
std::string help_text(const std::string& usage, std::span<const Option> options, const std::string& notes);

// --help and --version: prints what is asked for. Whether anything was, and so all is done.
bool tell_about(bool help, bool version, const std::string& usage, std::span<const Option> options,
                const std::string& notes);

}  // namespace imgmill::apps
