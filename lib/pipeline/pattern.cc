// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pipeline/pattern.h"

#include <fnmatch.h>

#include <algorithm>
#include <span>

namespace imgmill::pipeline {
namespace {

namespace fs = std::filesystem;
using Parts = std::span<const std::string>;

bool name_matches(const std::string& part, const std::string& name) {
  return ::fnmatch(part.c_str(), name.c_str(), FNM_PERIOD) == 0;
}

std::vector<std::string> parts_of(const fs::path& path) {
  std::vector<std::string> parts;
  for (const fs::path& part : path) {
    if (!part.empty() && part != ".") parts.push_back(part.string());
  }
  return parts;
}

bool parts_match(Parts pattern, Parts names) {
  if (pattern.empty() || names.empty()) return pattern.empty() && names.empty();
  if (pattern.front() != "**") {
    return name_matches(pattern.front(), names.front()) && parts_match(pattern.subspan(1), names.subspan(1));
  }
  if (pattern.size() > 1 && parts_match(pattern.subspan(1), names)) return true;
  if (names.front().front() == '.') return false;
  return names.size() == 1 ? pattern.size() == 1 : parts_match(pattern, names.subspan(1));
}

void match_below(const fs::path& folder, Parts parts, std::vector<fs::path>& files);

// `parts` is not empty: what remains below the entry that matched the part before.
void match_entry(const fs::directory_entry& entry, Parts rest, std::vector<fs::path>& files) {
  std::error_code ignored;
  if (!rest.empty()) {
    if (entry.is_directory(ignored)) match_below(entry.path(), rest, files);
  } else if (!entry.is_directory(ignored)) {
    files.push_back(entry.path());
  }
}

void match_below(const fs::path& folder, Parts parts, std::vector<fs::path>& files) {
  const std::string& part = parts.front();
  const Parts rest = parts.subspan(1);
  std::error_code ignored;
  if (part == "**") {
    if (!rest.empty()) match_below(folder, rest, files);
  } else if (!is_pattern(part)) {
    const fs::directory_entry entry(folder / part, ignored);
    if (entry.exists(ignored)) match_entry(entry, rest, files);
    return;
  }
  for (const fs::directory_entry& entry : fs::directory_iterator(folder.empty() ? "." : folder, ignored)) {
    const fs::directory_entry named(folder / entry.path().filename(), ignored);  // without a leading "./"
    const std::string name = named.path().filename().string();
    if (part != "**") {
      if (name_matches(part, name)) match_entry(named, rest, files);
    } else if (name.front() != '.') {
      if (named.is_directory(ignored) && !named.is_symlink(ignored)) {
        match_below(named.path(), parts, files);
      } else if (rest.empty()) {
        match_entry(named, rest, files);
      }
    }
  }
}

}  // namespace

bool is_pattern(std::string_view text) { return text.find_first_of("*?[") != std::string_view::npos; }

bool matches_pattern(std::string_view pattern, const fs::path& path) {
  return parts_match(parts_of(fs::path(pattern)), parts_of(path));
}

Matches match_pattern(std::string_view pattern) {
  Matches matches;
  std::vector<std::string> parts;
  for (const fs::path& part : fs::path(pattern)) {
    if (parts.empty() && !is_pattern(part.string())) {
      matches.root /= part;
    } else if (!part.empty()) {
      parts.push_back(part.string());
    }
  }
  if (!parts.empty()) match_below(matches.root, parts, matches.files);
  std::sort(matches.files.begin(), matches.files.end());
  matches.files.erase(std::unique(matches.files.begin(), matches.files.end()), matches.files.end());
  return matches;
}

}  // namespace imgmill::pipeline
