// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/memory.h"

#include <sched.h>

#include <catch2/catch.hpp>

#include "base/temporary_folder.h"

namespace imgmill {
namespace {

constexpr std::uint64_t kMiB = 1 << 20;
const std::string kMeminfo = "MemTotal:  9000 kB\nMemFree: 1 kB\nMemAvailable:    2048000 kB\n";  // 2000 MiB

std::string megabytes(int count) { return std::to_string(std::uint64_t(count) * kMiB) + "\n"; }

TEST_CASE("available_memory: the machine alone") {
  const test::TemporaryFolder root;
  CHECK(base::available_memory(root.path()) == std::nullopt);
  root.write("proc/meminfo", kMeminfo);
  CHECK(base::available_memory(root.path()) == 2000 * kMiB);
}

TEST_CASE("available_memory: control groups, version 2") {
  const test::TemporaryFolder root;
  root.write("proc/meminfo", kMeminfo);
  root.write("proc/self/cgroup", "0::/outer/inner\n");
  root.write("sys/fs/cgroup/outer/inner/memory.max", "max\n");
  root.write("sys/fs/cgroup/outer/inner/memory.current", megabytes(5));
  CHECK(base::available_memory(root.path()) == 2000 * kMiB);
  root.write("sys/fs/cgroup/outer/memory.max", megabytes(500));
  root.write("sys/fs/cgroup/outer/memory.current", megabytes(300));
  root.write("sys/fs/cgroup/outer/memory.stat", "anon 1\ninactive_file " + megabytes(100) + "active_file 7\n");
  CHECK(base::available_memory(root.path()) == 300 * kMiB);
  root.write("sys/fs/cgroup/outer/inner/memory.max", megabytes(40));
  CHECK(base::available_memory(root.path()) == 35 * kMiB);
  root.write("sys/fs/cgroup/outer/inner/memory.current", megabytes(50));  // over its limit for a moment
  CHECK(base::available_memory(root.path()) == 0);
}

TEST_CASE("available_memory: control groups, version 1, and a group that is not visible") {
  const test::TemporaryFolder root;
  root.write("proc/meminfo", kMeminfo);
  root.write("proc/self/cgroup", "4:cpu,memory:/docker/abc\n2:cpuset:/\n0::/\n");
  root.write("sys/fs/cgroup/memory/memory.limit_in_bytes", megabytes(100));
  root.write("sys/fs/cgroup/memory/memory.usage_in_bytes", megabytes(60));
  root.write("sys/fs/cgroup/memory/memory.stat", "inactive_file 1\ntotal_inactive_file " + megabytes(10));
  CHECK(base::available_memory(root.path()) == 50 * kMiB);
  root.write("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
  CHECK(base::available_memory(root.path()) == 2000 * kMiB);
}

TEST_CASE("usable_cores: quotas of both versions, never below one") {
  cpu_set_t mask;
  REQUIRE(::sched_getaffinity(0, sizeof mask, &mask) == 0);
  const int affinity = CPU_COUNT(&mask);
  const test::TemporaryFolder root;
  CHECK(base::usable_cores(root.path()) == affinity);
  root.write("proc/self/cgroup", "0::/job\n");
  root.write("sys/fs/cgroup/job/cpu.max", "max 100000\n");
  CHECK(base::usable_cores(root.path()) == affinity);
  root.write("sys/fs/cgroup/job/cpu.max", "50000 100000\n");
  CHECK(base::usable_cores(root.path()) == 1);
  root.write("sys/fs/cgroup/job/cpu.max", "150000 100000\n");
  CHECK(base::usable_cores(root.path()) == std::min(affinity, 2));
  CHECK(base::usable_cpu(root.path()) == std::min<double>(affinity, 1.5));
  root.write("proc/self/cgroup", "3:cpu,cpuacct:/job\n");
  root.write("sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_quota_us", "-1\n");
  root.write("sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_period_us", "100000\n");
  CHECK(base::usable_cores(root.path()) == affinity);
  root.write("sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_quota_us", "100000\n");
  CHECK(base::usable_cores(root.path()) == 1);
}

TEST_CASE("peak_resident_memory: of this process") {
  CHECK(base::peak_resident_memory() > kMiB);
  const test::TemporaryFolder root;
  CHECK(base::peak_resident_memory(root.path()) == 0);
  root.write("proc/self/status", "Name:\tx\nVmHWM:\t    1024 kB\nVmRSS:\t 512 kB\n");
  CHECK(base::peak_resident_memory(root.path()) == kMiB);
  CHECK(base::resident_memory(root.path()) == kMiB / 2);
  // Reading takes memory itself, and the kernel's counts lag some pages behind.
  const std::uint64_t now = base::resident_memory();
  CHECK(now <= base::peak_resident_memory() + kMiB);
}

}  // namespace
}  // namespace imgmill
