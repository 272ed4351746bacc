// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/command_line.h"

#include <fmt/core.h>

#include <algorithm>
#include <optional>

#include "base/error.h"

namespace imgmill::apps {
namespace {

[[noreturn]] void refuse(const std::string& message) { throw base::Error(base::ErrorKind::usage, message); }

class Parser {
 public:
  Parser(std::span<char* const> arguments, std::span<const Option> options)
      : arguments_(arguments), options_(options) {}

  std::vector<std::string> run() {
    std::vector<std::string> operands;
    while (!arguments_.empty()) {
      const std::string argument = next();
      if (argument == "--") {
        while (!arguments_.empty()) operands.push_back(next());
      } else if (argument.starts_with("--")) {
        take_long(argument);
      } else if (argument.size() > 1 && argument[0] == '-') {
        take_letters(argument);
      } else {
        operands.push_back(argument);
      }
    }
    return operands;
  }

 private:
  std::string next() {
    const std::string argument = arguments_.front();
    arguments_ = arguments_.subspan(1);
    return argument;
  }

  std::string value_of(const std::string& flag) {
    if (arguments_.empty()) refuse(flag + " needs a value");
    return next();
  }

  void take_long(const std::string& argument) {
    const auto equals = argument.find('=');
    const std::string flag = argument.substr(0, equals);
    const auto option = std::find_if(options_.begin(), options_.end(), [&](const Option& o) { return o.flag == flag; });
    if (option == options_.end()) unknown(flag);
    if (equals != std::string::npos) {
      option->take(argument.substr(equals + 1));
    } else if (option->takes == Takes::value) {
      option->take(value_of(flag));
    } else {
      option->take(option->takes == Takes::nothing ? "on" : "");
    }
  }

  // -nv, -j4, -j 4
  void take_letters(const std::string& argument) {
    for (std::size_t i = 1; i < argument.size(); ++i) {
      const std::string flag = {'-', argument[i]};
      const auto option =
          std::find_if(options_.begin(), options_.end(), [&](const Option& o) { return o.letter == argument[i]; });
      if (option == options_.end()) unknown(i == 1 ? argument : flag);
      if (option->takes == Takes::value) {
        const std::string rest = argument.substr(i + 1);
        option->take(rest.empty() ? value_of(flag) : rest);
        return;
      }
      option->take(option->takes == Takes::nothing ? "on" : "");
    }
  }

  [[noreturn]] void unknown(const std::string& flag) const {
    std::vector<std::string> flags;
    for (const Option& option : options_) flags.push_back(option.flag);
    const std::string near = plan::nearest(flag.starts_with("--") ? flag : "-" + flag, flags);
    refuse(near.empty() ? fmt::format("no option {} (a file of that name goes after --)", flag)
                        : fmt::format("no option {} (did you mean {}?)", flag, near));
  }

  std::span<char* const> arguments_;
  std::span<const Option> options_;
};

// Words in lines of at most `width`, the lines after the first behind `indent` spaces.
std::string wrapped(std::string_view text, std::size_t indent, std::size_t width) {
  std::string result;
  std::size_t column = indent;
  while (!text.empty()) {
    const auto space = text.find(' ');
    const std::string_view word = text.substr(0, space);
    text.remove_prefix(space == std::string_view::npos ? text.size() : space + 1);
    if (column > indent && column + 1 + word.size() > width) {
      result += "\n" + std::string(indent, ' ');
      column = indent;
    } else if (column > indent) {
      result += ' ';
      ++column;
    }
    result += word;
    column += word.size();
  }
  return result;
}

std::string option_help(const Option& option) {
  constexpr std::size_t kIndent = 30, kWidth = 100;
  std::string head = option.letter != 0 ? fmt::format("  -{}, {}", option.letter, option.flag) : "      " + option.flag;
  if (option.takes == Takes::value) head += " " + option.value_name;
  if (option.takes == Takes::optional_value) head += "[=" + option.value_name + "]";
  head += head.size() + 2 > kIndent ? "\n" + std::string(kIndent, ' ') : std::string(kIndent - head.size(), ' ');
  return head + wrapped(option.help, kIndent, kWidth) + "\n";
}

}  // namespace

Option option_for(const plan::Setting& setting, plan::Settings& settings) {
  std::string notes = setting.range;
  if (!setting.value_name.empty() && !setting.fallback.empty()) {
    notes += (notes.empty() ? "" : ", ") + ("default " + setting.fallback);
  }
  Option option;
  option.flag = plan::flag_name(setting);
  option.letter = setting.letter;
  option.takes = setting.value_name.empty() ? Takes::nothing : Takes::value;
  option.value_name = setting.value_name;
  option.group = setting.group;
  std::string_view help = setting.help;
  if (help.ends_with('.')) help.remove_suffix(1);
  option.help = notes.empty() ? std::string(help) : fmt::format("{} ({})", help, notes);
  option.take = [&settings, name = setting.name, flag = option.flag](const std::string& text) {
    settings.set(name, text, {plan::Source::flag, flag});
  };
  return option;
}

std::vector<std::string> parse_command_line(std::span<char* const> arguments, std::span<const Option> options) {
  return Parser(arguments, options).run();
}

std::string options_help(std::span<const Option> options) {
  std::vector<std::string> groups;
  for (const Option& option : options) {
    if (!option.group.empty() && std::find(groups.begin(), groups.end(), option.group) == groups.end()) {
      groups.push_back(option.group);
    }
  }
  std::string text;
  for (const std::string& group : groups) {
    text += "\n" + group + ":\n";
    for (const Option& option : options) {
      if (option.group == group) text += option_help(option);
    }
  }
  return text;
}

}  // namespace imgmill::apps
