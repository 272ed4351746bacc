// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/presets.h"

#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#include <fmt/core.h>
#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <set>

#include "base/bytes.h"
#include "base/error.h"

namespace imgmill::plan {
namespace {

// Those of later releases too, so that one configuration file serves them all.
constexpr std::array<std::string_view, 6> kSubcommands = {"convert", "compress", "profile", "bench", "cache", "report"};

std::string text_of(const toml::node& value, const std::string& where) {
  if (const auto* text = value.as_string()) return text->get();
  if (const auto* number = value.as_integer()) return fmt::format("{}", number->get());
  if (const auto* number = value.as_floating_point()) return format_number(number->get());
  if (const auto* flag = value.as_boolean()) return flag->get() ? "on" : "off";
  throw base::Error(base::ErrorKind::usage, where + " must be a string, a number or a boolean");
}

void append_entries(const toml::table& table, const std::string& name, const std::string& path,
                    std::vector<FileEntry>& entries) {
  for (const auto& [key, value] : table) {
    const std::string key_text(key.str());
    if (name.empty() && value.is_table()) {
      append_entries(*value.as_table(), key_text, path, entries);
    } else {
      const std::string where = fmt::format("{}:{}: {}", path, value.source().begin.line, key_text);
      entries.push_back({name, key_text, text_of(value, where)});
    }
  }
}

}  // namespace

std::vector<FileEntry> read_toml(const std::filesystem::path& path) {
  base::Bytes content;
  try {
    content = base::read_file(path);
  } catch (const base::Error& error) {
    throw base::Error(base::ErrorKind::usage, path.string() + ": " + error.what());
  }
  const toml::parse_result parsed =
      toml::parse(std::string_view(reinterpret_cast<const char*>(content.data()), content.size()));
  if (!parsed) {
    throw base::Error(
        base::ErrorKind::usage,
        fmt::format("{}:{}: {}", path.string(), parsed.error().source().begin.line, parsed.error().description()));
  }
  std::vector<FileEntry> entries;
  append_entries(parsed.table(), "", path.string(), entries);
  return entries;
}

void apply_file(Settings& settings, const std::filesystem::path& path, Source source, std::string_view subcommand) {
  const std::vector<FileEntry> entries = read_toml(path);
  for (const FileEntry& entry : entries) {
    if (!entry.table.empty() && std::count(kSubcommands.begin(), kSubcommands.end(), entry.table) == 0) {
      throw base::Error(base::ErrorKind::usage,
                        fmt::format("{}: [{}] is no subcommand's table", path.string(), entry.table));
    }
    if (entry.table.empty()) settings.set(entry.key, entry.text, {source, path.string()});
  }
  // The subcommand's own table after the general keys, so that it wins over them.
  for (const FileEntry& entry : entries) {
    if (entry.table == subcommand) settings.set(entry.key, entry.text, {source, path.string()});
  }
}

std::filesystem::path find_preset(std::string_view name, const std::vector<std::filesystem::path>& folders) {
  if (name.find('/') != std::string_view::npos || name.ends_with(".toml")) return std::filesystem::path(name);
  std::set<std::string> known;
  std::error_code ignored;
  for (const std::filesystem::path& folder : folders) {
    const std::filesystem::path candidate = folder / (std::string(name) + ".toml");
    if (std::filesystem::is_regular_file(candidate, ignored)) return candidate;
    for (const auto& entry : std::filesystem::directory_iterator(folder, ignored)) {
      if (entry.path().extension() == ".toml") known.insert(entry.path().stem().string());
    }
  }
  std::string list;
  for (const std::string& one : known) list += (list.empty() ? "" : ", ") + one;
  throw base::Error(base::ErrorKind::usage,
                    list.empty()
                        ? fmt::format("must be a preset's name or file, not '{}' (no presets are installed)", name)
                        : fmt::format("must be {} or a file, not '{}'", list, name));
}

}  // namespace imgmill::plan
