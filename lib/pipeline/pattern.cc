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
      if (::fnmatch(part.c_str(), name.c_str(), FNM_PERIOD) == 0) match_entry(named, rest, files);
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
