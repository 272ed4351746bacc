// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/kernel_files.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <sstream>

namespace imgmill::base {

using std::filesystem::path;

namespace {

// Whether `name` is one of a list with commas.
bool lists(std::string_view list, std::string_view name) {
  while (!list.empty()) {
    const std::string_view item = list.substr(0, list.find(','));
    if (item == name) return true;
    list.remove_prefix(std::min(list.size(), item.size() + 1));
  }
  return false;
}

}  // namespace

std::string read_text(const path& file) {
  std::ifstream stream(file);
  std::ostringstream text;
  if (stream) text << stream.rdbuf();
  return text.str();
}

std::optional<std::uint64_t> to_number(std::string_view text) {
  const std::size_t start = text.find_first_not_of(" \t\n");
  if (start == std::string_view::npos) return std::nullopt;
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data() + start, text.data() + text.size(), value);
  return error == std::errc() ? std::optional(value) : std::nullopt;
}

std::optional<double> to_real(std::string_view text) {
  const std::size_t start = text.find_first_not_of(" \t\n");
  if (start == std::string_view::npos) return std::nullopt;
  double value = 0;
  const auto [end, error] = std::from_chars(text.data() + start, text.data() + text.size(), value);
  return error == std::errc() ? std::optional(value) : std::nullopt;
}

std::optional<std::uint64_t> number_after(std::string_view text, std::string_view key) {
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    if (line.substr(0, key.size()) == key) return to_number(line.substr(key.size()));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
  }
  return std::nullopt;
}

std::vector<path> group_folders(const path& root, std::string_view controller) {
  std::vector<path> folders;
  std::istringstream lines(read_text(root / "proc/self/cgroup"));
  for (std::string line; std::getline(lines, line);) {  // "4:cpu,cpuacct:/a/b" in v1, "0::/a/b" in v2
    const std::size_t first = line.find(':'), second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    std::vector<path> mounts;
    if (controllers.empty()) {
      mounts = {root / "sys/fs/cgroup", root / "sys/fs/cgroup/unified"};
    } else if (lists(controllers, controller)) {
      mounts = {root / "sys/fs/cgroup" / controllers, root / "sys/fs/cgroup" / controller};
    }
    for (const path& mount : mounts) {
      const path group = path(line.substr(second + 1)).lexically_normal().relative_path();
      path folder = mount;
      folders.push_back(folder);
      for (const path& part : group) folders.push_back(folder /= part);
    }
  }
  return folders;
}

}  // namespace imgmill::base
