// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/memory.h"

#include <sched.h>
#include <sys/resource.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace imgmill::base {

namespace {

using std::filesystem::path;

// The files of /proc and /sys say 0 as their size, so they are read as streams.
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

// The number behind `key` at the start of a line ("MemAvailable:  123 kB", "inactive_file 123").
std::optional<std::uint64_t> number_after(std::string_view text, std::string_view key) {
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    if (line.substr(0, key.size()) == key) return to_number(line.substr(key.size()));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
  }
  return std::nullopt;
}

// Whether `name` is one of a list with commas.
bool lists(std::string_view list, std::string_view name) {
  while (!list.empty()) {
    const std::string_view item = list.substr(0, list.find(','));
    if (item == name) return true;
    list.remove_prefix(std::min(list.size(), item.size() + 1));
  }
  return false;
}

// The folders of the process's control group and all its ancestors, for one controller; both versions' mount points,
// whichever of them exist. Inside a container the group's own path is often not visible, its root always is.
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

// v1 writes "no limit" as a number near 2^63, which as a limit is harmless.
std::optional<std::uint64_t> left_in_group(const path& folder) {
  struct Names {
    const char *limit, *usage, *inactive;
  };
  constexpr Names kVersions[] = {{"memory.max", "memory.current", "inactive_file "},
                                 {"memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file "}};
  for (const Names& names : kVersions) {
    const auto limit = to_number(read_text(folder / names.limit));  // "max" is no number
    const auto usage = to_number(read_text(folder / names.usage));
    if (!limit || !usage) continue;
    const std::uint64_t inactive = number_after(read_text(folder / "memory.stat"), names.inactive).value_or(0);
    const std::uint64_t used = *usage - std::min(*usage, inactive);
    return *limit - std::min(*limit, used);
  }
  return std::nullopt;
}

// Cores' worth of time that a group may use, rounded up.
std::optional<std::uint64_t> quota_of_group(const path& folder) {
  const std::string both = read_text(folder / "cpu.max");  // "150000 100000" or "max 100000"
  std::optional<std::uint64_t> quota = to_number(both), period;
  if (quota && both.find(' ') != std::string::npos) {
    period = to_number(std::string_view(both).substr(both.find(' ')));
  } else {
    quota = to_number(read_text(folder / "cpu.cfs_quota_us"));  // -1 is no number here
    period = to_number(read_text(folder / "cpu.cfs_period_us"));
  }
  if (!quota || !period || *quota == 0 || *period == 0) return std::nullopt;
  return (*quota + *period - 1) / *period;
}

std::uint64_t affinity() {
  // The kernel refuses a mask that is smaller than its own, so ask with larger ones until it fits.
  for (std::size_t cpus = 1024; cpus <= (std::size_t{1} << 20); cpus *= 4) {
    cpu_set_t* mask = CPU_ALLOC(cpus);
    if (mask == nullptr) break;
    const std::size_t size = CPU_ALLOC_SIZE(cpus);
    const int count = ::sched_getaffinity(0, size, mask) == 0 ? CPU_COUNT_S(size, mask) : 0;
    CPU_FREE(mask);
    if (count > 0) return static_cast<std::uint64_t>(count);
  }
  return 1;
}

}  // namespace

std::optional<std::uint64_t> available_memory(const path& root) {
  std::optional<std::uint64_t> least = number_after(read_text(root / "proc/meminfo"), "MemAvailable:");
  if (least) *least *= 1024;
  for (const path& folder : group_folders(root, "memory")) {
    const auto left = left_in_group(folder);
    if (left) least = std::min(least.value_or(*left), *left);
  }
  return least;
}

std::uint64_t peak_resident_memory(const path& root) {
  // Not getrusage: its figure survives exec, so a child would report its parent's peak.
  return number_after(read_text(root / "proc/self/status"), "VmHWM:").value_or(0) * 1024;
}

std::uint64_t resident_memory(const path& root) {
  return number_after(read_text(root / "proc/self/status"), "VmRSS:").value_or(0) * 1024;
}

int usable_cores(const path& root) {
  std::uint64_t cores = affinity();
  for (const path& folder : group_folders(root, "cpu")) cores = std::min(cores, quota_of_group(folder).value_or(cores));
  return static_cast<int>(std::max<std::uint64_t>(cores, 1));
}

double cpu_seconds() {
  struct rusage usage {};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

}  // namespace imgmill::base
