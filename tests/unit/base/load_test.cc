// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/load.h"

#include <catch2/catch.hpp>
#include <string>

#include "base/temporary_folder.h"

namespace imgmill {
namespace {

std::string pressure_file(const std::string& some) {
  return "some avg10=" + some + " avg60=1.00 avg300=2.00 total=5\nfull avg10=99.00 avg60=0.00 avg300=0.00 total=0\n";
}

TEST_CASE("load_average: the last minute's") {
  const test::TemporaryFolder root;
  CHECK(base::load_average(root.path()) == std::nullopt);
  root.write("proc/loadavg", "3.25 1.00 0.50 2/345 6789\n");
  CHECK(base::load_average(root.path()) == 3.25);
}

TEST_CASE("pressure: the machine's and the groups', whichever is more") {
  const test::TemporaryFolder root;
  CHECK(base::pressure("cpu", root.path()) == std::nullopt);
  root.write("proc/pressure/cpu", pressure_file("12.50"));
  CHECK(base::pressure("cpu", root.path()) == 12.5);
  CHECK(base::pressure("memory", root.path()) == std::nullopt);
  root.write("proc/self/cgroup", "0::/outer/inner\n");
  root.write("sys/fs/cgroup/outer/cpu.pressure", pressure_file("40.00"));
  root.write("sys/fs/cgroup/outer/inner/cpu.pressure", pressure_file("7.00"));
  root.write("sys/fs/cgroup/outer/inner/memory.pressure", pressure_file("0.10"));
  CHECK(base::pressure("cpu", root.path()) == 40);
  CHECK(base::pressure("memory", root.path()) == 0.1);
}

TEST_CASE("quota_wait_seconds: both versions") {
  const test::TemporaryFolder root;
  CHECK(base::quota_wait_seconds(root.path()) == 0);
  root.write("proc/self/cgroup", "0::/job\n");
  root.write("sys/fs/cgroup/job/cpu.stat", "usage_usec 9\nnr_throttled 4\nthrottled_usec 1500000\n");
  CHECK(base::quota_wait_seconds(root.path()) == 1.5);
  root.write("proc/self/cgroup", "3:cpu,cpuacct:/job\n");
  root.write("sys/fs/cgroup/cpu,cpuacct/job/cpu.stat", "nr_throttled 4\nthrottled_time 2500000000\n");
  CHECK(base::quota_wait_seconds(root.path()) == 2.5);
}

}  // namespace
}  // namespace imgmill
