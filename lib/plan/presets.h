// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Configuration and preset files: TOML read as a flat list of keys and texts, which Settings then takes. A top-level
// key is for every subcommand; a table named after a subcommand ([convert]) is for that one alone.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plan/settings.h"

namespace imgmill::plan {

struct FileEntry {
  std::string table;  // empty at the top level
  std::string key;
  std::string text;  // strings bare, numbers and switches as Settings reads them
};

// Throws Error{usage} with path and line: unreadable, no TOML, or a value that is no string, number or boolean.
std::vector<FileEntry> read_toml(const std::filesystem::path& path);

// Takes the file's values that concern `subcommand`. Throws Error{usage}.
void apply_file(Settings& settings, const std::filesystem::path& path, Source source, std::string_view subcommand);

// "speed" → the first FOLDER/speed.toml that exists; a name with '/' or ending in .toml is a path itself.
// Throws Error{usage}, listing the presets there are.
std::filesystem::path find_preset(std::string_view name, const std::vector<std::filesystem::path>& folders);

}  // namespace imgmill::plan
