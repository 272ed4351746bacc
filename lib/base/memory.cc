// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/memory.h"

#include <malloc.h>
#include <sched.h>
#include <sys/resource.h>

#include <algorithm>
#include <cmath>
#include <ctime>
#include <string>
#include <string_view>

#include "base/kernel_files.h"

namespace imgmill::base {

namespace {

using std::filesystem::path;

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

// Cores' worth of time that a group may use.
std::optional<double> quota_of_group(const path& folder) {
  const std::string both = read_text(folder / "cpu.max");  // "150000 100000" or "max 100000"
  std::optional<std::uint64_t> quota = to_number(both), period;
  if (quota && both.find(' ') != std::string::npos) {
    period = to_number(std::string_view(both).substr(both.find(' ')));
  } else {
    quota = to_number(read_text(folder / "cpu.cfs_quota_us"));  // -1 is no number here
    period = to_number(read_text(folder / "cpu.cfs_period_us"));
  }
  if (!quota || !period || *quota == 0 || *period == 0) return std::nullopt;
  return static_cast<double>(*quota) / static_cast<double>(*period);
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

std::uint64_t peak_resident_bound() {
  rusage used{};
  constexpr std::uint64_t kKilobyte = 1024;
  return ::getrusage(RUSAGE_SELF, &used) == 0 ? static_cast<std::uint64_t>(used.ru_maxrss) * kKilobyte : UINT64_MAX / 2;
}

std::uint64_t resident_memory(const path& root) {
  return number_after(read_text(root / "proc/self/status"), "VmRSS:").value_or(0) * 1024;
}

void keep_freed_memory(std::uint64_t budget) {
  constexpr std::uint64_t kLargestBlock = 1 << 30, kMostKept = 256 << 20;
  ::mallopt(M_MMAP_THRESHOLD, static_cast<int>(std::min(kLargestBlock, budget / 32)));
  ::mallopt(M_TRIM_THRESHOLD, static_cast<int>(std::min(kMostKept, budget / 16)));
}

void give_back_memory() { ::malloc_trim(0); }

double usable_cpu(const path& root) {
  auto cores = static_cast<double>(affinity());
  for (const path& folder : group_folders(root, "cpu")) cores = std::min(cores, quota_of_group(folder).value_or(cores));
  return cores;
}

int usable_cores(const path& root) { return std::max(1, static_cast<int>(std::ceil(usable_cpu(root)))); }

double cpu_seconds() {
  struct rusage usage {};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double thread_cpu_ms() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
}

}  // namespace imgmill::base
