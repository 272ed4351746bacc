// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pipeline/alarm.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <thread>

using namespace imgmill;
using namespace std::chrono_literals;

TEST_CASE("an alarm rings when its time has come, and may be set again by what it calls") {
  std::atomic<int> rings{0};
  pipeline::Alarm alarm;
  alarm.start([&] {
    if (++rings < 3) alarm.set(std::chrono::steady_clock::now() + 1ms);
  });
  alarm.set(std::chrono::steady_clock::now());
  for (int i = 0; i < 5000 && rings < 3; ++i) std::this_thread::sleep_for(1ms);
  CHECK(rings == 3);
}

TEST_CASE("a later setting takes an earlier one's place, and an end leaves it unheard") {
  std::atomic<int> rings{0};
  pipeline::Alarm alarm;
  alarm.start([&] { ++rings; });
  alarm.set(std::chrono::steady_clock::now() + 1h);
  alarm.set(std::chrono::steady_clock::now() + 2h);
  alarm.end();
  alarm.set(std::chrono::steady_clock::now());
  CHECK(rings == 0);
}
