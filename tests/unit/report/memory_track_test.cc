// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/memory_track.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <thread>

using namespace imgmill;
using report::MemoryTrack;

TEST_CASE("A memory track looks at least at its beginning and its end") {
  std::atomic<std::uint64_t> looks{0};
  MemoryTrack track(std::chrono::hours(1), 100, [&] { return ++looks; });
  const auto samples = track.stop();
  REQUIRE(samples.size() == 2);
  CHECK(samples[0].bytes == 1);
  CHECK(samples[1].bytes == 2);
  CHECK(samples[0].when <= samples[1].when);
  CHECK(track.stop().size() == 2);  // once is enough
}

TEST_CASE("A memory track that goes on for long keeps fewer samples, from its beginning to its end") {
  std::atomic<std::uint64_t> looks{0};
  MemoryTrack track(std::chrono::milliseconds(1), 8, [&] { return ++looks; });
  while (looks < 20) std::this_thread::yield();
  const auto samples = track.stop();
  CHECK(samples.size() < 8);
  CHECK(samples.size() >= 2);
  CHECK(samples.front().bytes == 1);
  for (std::size_t i = 1; i < samples.size(); ++i) CHECK(samples[i].bytes > samples[i - 1].bytes);
}

TEST_CASE("A memory track reads what this process has") {
  MemoryTrack track;
  CHECK(track.stop().front().bytes > 0);
}
