// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pipeline/throttle.h"

#include <catch2/catch.hpp>
#include <chrono>
#include <string>

using namespace imgmill;
using namespace std::chrono_literals;
using pipeline::Hold;
using pipeline::Readings;
using pipeline::Throttle;

namespace {

// A machine whose readings the test sets.
struct Machine {
  Readings readings;
  int asked = 0;
  Throttle::Time now{};

  pipeline::Meter meter() {
    return [this] {
      ++asked;
      return readings;
    };
  }
  // As seconds go by in which `cores` are used.
  void run(double seconds, double cores, Throttle& throttle) {
    for (int i = 0; i < static_cast<int>(seconds * 10); ++i) {
      now += 100ms;
      readings.cpu_seconds += cores * 0.1;
      throttle.hold(1, now);
    }
  }
};

std::string name_of(std::optional<Hold> hold) { return hold ? std::string(to_string(*hold)) : "none"; }

}  // namespace

TEST_CASE("without a bound nothing is read and nothing held") {
  Machine machine;
  machine.readings.load = 1000;
  machine.readings.memory_pressure = 100;
  Throttle throttle({0, 0, 2}, machine.meter());
  CHECK(name_of(throttle.hold(5, machine.now)) == "none");
  CHECK(machine.asked == 0);
}

TEST_CASE("one job is always let in") {
  Machine machine;
  machine.readings.load = 1000;
  machine.readings.cpu_pressure = machine.readings.memory_pressure = 100;
  Throttle throttle({1, 0.01, 2}, machine.meter());
  CHECK(name_of(throttle.hold(0, machine.now)) == "none");
  CHECK(name_of(throttle.hold(1, machine.now)) != "none");
}

TEST_CASE("max-load holds from that load on, until it falls") {
  Machine machine;
  Throttle throttle({4, 0, 8}, machine.meter());
  machine.readings.load = 3.99;
  CHECK(name_of(throttle.hold(3, machine.now)) == "none");
  machine.readings.load = 4;
  CHECK(name_of(throttle.hold(3, machine.now)) == "none");  // not read anew for each question
  CHECK(name_of(throttle.hold(3, machine.now += 100ms)) == "load");
  machine.readings.load = 2;
  CHECK(name_of(throttle.hold(3, machine.now += 100ms)) == "none");
  machine.readings.load.reset();  // a kernel that doesn't say
  CHECK(name_of(throttle.hold(3, machine.now += 100ms)) == "none");
}

TEST_CASE("cpu-limit bounds the jobs at once before anything is known, and then by what is used") {
  Machine machine;
  Throttle throttle({0, 0.6, 4}, machine.meter());  // 2.4 cores
  CHECK(name_of(throttle.hold(2, machine.now)) == "none");
  CHECK(name_of(throttle.hold(3, machine.now)) == "cpu");
  machine.run(2, 2.3, throttle);
  CHECK(name_of(throttle.hold(2, machine.now)) == "none");
  machine.run(2, 2.5, throttle);
  CHECK(name_of(throttle.hold(1, machine.now)) == "cpu");
  machine.run(0.1, 0, throttle);  // the last second alone counts
  CHECK(name_of(throttle.hold(1, machine.now)) == "none");
}

TEST_CASE("pressure and a quota hold where a bound was asked for") {
  Machine machine;
  Throttle throttle({100, 0, 4}, machine.meter());
  machine.readings.cpu_pressure = 49;
  machine.readings.memory_pressure = 9;
  CHECK(name_of(throttle.hold(1, machine.now)) == "none");
  machine.readings.cpu_pressure = 51;
  CHECK(name_of(throttle.hold(1, machine.now += 100ms)) == "cpu_pressure");
  machine.readings.memory_pressure = 11;
  CHECK(name_of(throttle.hold(1, machine.now += 100ms)) == "memory_pressure");
  machine.readings.cpu_pressure = machine.readings.memory_pressure = std::nullopt;
  CHECK(name_of(throttle.hold(1, machine.now += 100ms)) == "none");
  machine.readings.quota_wait_seconds = 0.5;
  CHECK(name_of(throttle.hold(1, machine.now += 100ms)) == "cpu_quota");
  machine.run(1.5, 1, throttle);
  CHECK(name_of(throttle.hold(1, machine.now)) == "none");
}

TEST_CASE("this machine can be read") {
  const Readings readings = pipeline::read_machine();
  CHECK(readings.cpu_seconds > 0);
}
