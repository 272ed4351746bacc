// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/command_line.h"

#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <utility>

#include "base/error.h"
#include "report/text.h"

namespace imgmill::apps {
namespace {

[[noreturn]] void refuse(const std::string& message) { throw base::Error(base::ErrorKind::usage, message); }

// CLI11 2.1 takes an attached value that is empty for a missing one: --output= would swallow the next word. A switch
// gives "true" without a value, and for the values "" and "{}". So an empty value becomes a word of its own, and a
// switch's gets a second '=', which tells it from none at all. All else is left to CLI11.
constexpr char kAttached = '=';

const Option* find(std::span<const Option> options, std::string_view name) {
  const auto found = std::find_if(options.begin(), options.end(), [&](const Option& option) {
    return option.flag == name || (name.size() == 2 && name[0] == '-' && name[1] == option.letter);
  });
  return found == options.end() ? nullptr : &*found;
}

// The words for CLI11, the last one first, as it wants them.
std::vector<std::string> words_for_cli11(std::span<char* const> arguments, std::span<const Option> options) {
  std::vector<std::string> words;
  bool is_value = false;      // of the option before,
  bool all_operands = false;  // or behind "--": either way the word is nobody else's
  for (std::string word : arguments) {
    const auto equals = word.starts_with("--") ? word.find('=') : std::string::npos;
    const Option* option = is_value || all_operands ? nullptr : find(options, word.substr(0, equals));
    all_operands = all_operands || (!is_value && word == "--");
    const bool attached = option != nullptr && equals != std::string::npos;
    is_value = option != nullptr && option->takes == Takes::value && !attached;
    if (attached && option->takes != Takes::value) {
      word.insert(equals, 1, kAttached);
    } else if (attached && equals + 1 == word.size()) {
      words.push_back(option->flag);
      word.clear();
    }
    words.push_back(std::move(word));
  }
  std::reverse(words.begin(), words.end());
  return words;
}

void take(const Option& option, const std::string& text) {
  if (option.takes == Takes::value) {
    option.take(text);
  } else if (text.starts_with(kAttached)) {
    option.take(text.substr(1));
  } else {
    option.take(option.takes == Takes::nothing ? "on" : "");
  }
}

// Tells `app` of the options, which outlive it.
void declare(CLI::App& app, std::span<const Option> options) {
  app.set_help_flag();  // --help is an option like the others
  app.allow_extras();
  for (const Option& option : options) {
    const std::string names = option.letter != 0 ? fmt::format("-{},{}", option.letter, option.flag) : option.flag;
    const auto callback = [&option](const CLI::results_t& results) {
      take(option, results.back());
      return true;
    };
    CLI::Option* declared = app.add_option(names, callback, option.help);
    declared->group(option.group);
    declared->trigger_on_parse();  // in the order of the command line: of --keep-going and --fail-fast the later wins
    // An optional value is declared as a switch's: CLI11's own optional ones, expected(0, 1), take the next word too.
    if (option.takes != Takes::value) declared->expected(0);
    if (option.takes == Takes::value) declared->option_text(" " + option.value_name);
    if (option.takes == Takes::optional_value) declared->option_text("[=" + option.value_name + "]");
  }
}

[[noreturn]] void refuse_unknown(const std::string& word, std::span<const Option> options) {
  const std::string flag = word.starts_with("--") ? word.substr(0, word.find('=')) : word;
  std::vector<std::string> flags;
  for (const Option& option : options) flags.push_back(option.flag);
  const std::string near = plan::nearest(flag.starts_with("--") ? flag : "-" + flag, flags);
  refuse(near.empty() ? fmt::format("no option {} (a file of that name goes after --)", flag)
                      : fmt::format("no option {} (did you mean {}?)", flag, near));
}

// CLI11 runs out of words for the last one only: --output, -o, -no.
[[noreturn]] void refuse_without_value(const std::string& word) {
  refuse((word.starts_with("--") ? word : fmt::format("-{}", word.back())) + " needs a value");
}

// The operands among what CLI11 left over: words that are no options, "--", words as they are. They are no positional
// option of CLI11's, which would take "[a]" for a list.
std::vector<std::string> operands_among(std::vector<std::string> words, std::span<const Option> options) {
  const auto mark = std::find(words.begin(), words.end(), "--");
  const auto unknown =
      std::find_if(words.begin(), mark, [](const std::string& word) { return word.size() > 1 && word[0] == '-'; });
  if (unknown != mark) refuse_unknown(*unknown, options);
  if (mark != words.end()) words.erase(mark);
  return words;
}

// Words in lines of at most `width`; CLI11 2.1 indents lines but doesn't break them.
std::string wrapped(std::string_view text, std::size_t width) {
  std::string result;
  std::size_t column = 0;
  while (!text.empty()) {
    const auto space = text.find(' ');
    const std::string_view word = text.substr(0, space);
    text.remove_prefix(space == std::string_view::npos ? text.size() : space + 1);
    if (column > 0 && column + 1 + word.size() > width) {
      result += '\n';
      column = 0;
    } else if (column > 0) {
      result += ' ';
      ++column;
    }
    result += word;
    column += word.size();
  }
  return result;
}

// CLI11's layout with the letters in a column of their own, wrapped lines, and our words before and after the options.
class HelpFormat : public CLI::Formatter {
 public:
  std::string make_help(const CLI::App* app, std::string, CLI::AppFormatMode mode) const override {
    return app->get_description() + "\n" + make_groups(app, mode) + "\n" + app->get_footer();
  }

  std::string make_group(std::string group, bool is_positional,
                         std::vector<const CLI::Option*> options) const override {
    return CLI::Formatter::make_group(std::move(group), is_positional, std::move(options)).substr(1);
  }

  std::string make_option_name(const CLI::Option* option, bool) const override {
    const std::string letter = option->get_snames().empty() ? "    " : "-" + option->get_snames().front() + ", ";
    return letter + "--" + option->get_lnames().front();
  }

  std::string make_option_opts(const CLI::Option* option) const override { return option->get_option_text(); }

  std::string make_option_desc(const CLI::Option* option) const override {
    constexpr std::size_t kWidth = 100;
    return wrapped(option->get_description(), kWidth - get_column_width());
  }
};

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
  CLI::App app;
  declare(app, options);
  try {
    app.parse(words_for_cli11(arguments, options));
  } catch (const CLI::ArgumentMismatch&) {
    refuse_without_value(arguments.back());
  } catch (const CLI::ParseError& error) {
    refuse(error.what());
  }
  return operands_among(app.remaining(), options);
}

void named(std::string_view flag, const std::function<void()>& parse) {
  try {
    parse();
  } catch (const base::Error& error) {
    throw base::Error(error.kind(), fmt::format("{} {}", flag, error.what()));
  }
}

std::string help_text(const std::string& usage, std::span<const Option> options, const std::string& notes) {
  CLI::App app(usage);
  declare(app, options);
  app.footer(notes);
  app.formatter(std::make_shared<HelpFormat>());
  return app.help();
}

bool tell_about(bool help, bool version, const std::string& usage, std::span<const Option> options,
                const std::string& notes) {
  if (help) {
    report::say(stdout, help_text(usage, options, notes));
  } else if (version) {
    report::say(stdout, "imgmill " IMGMILL_VERSION "\n");
  }
  return help || version;
}

}  // namespace imgmill::apps
