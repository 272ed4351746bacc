// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Quoted patterns: '*', '?' and '[…]' within a name, '**' for any number of folders. Hidden names are matched only by
// a pattern that starts with a dot. Links to folders are not followed below '**', so that there are no cycles.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace imgmill::pipeline {

bool is_pattern(std::string_view text);

struct Matches {
  std::filesystem::path root;                // the folder before the first wildcard; empty for the current one
  std::vector<std::filesystem::path> files;  // sorted, each once
};

Matches match_pattern(std::string_view pattern);

// The same rules for a path that need not exist.
bool matches_pattern(std::string_view pattern, const std::filesystem::path& path);

}  // namespace imgmill::pipeline
