// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/stage_clock.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <thread>

using namespace imgmill;
using base::StageClock;
using Scope = StageClock::Scope;

namespace {

using Time = std::chrono::steady_clock;

double ms(std::chrono::nanoseconds time) { return std::chrono::duration<double, std::milli>(time).count(); }

// Long enough for every clock to move.
void work() {
  const Time::time_point start = Time::now();
  volatile unsigned sum = 0;
  while (Time::now() - start < std::chrono::milliseconds(1)) sum = sum + 1;
}

const base::StageTime& stage(const StageClock& clock, std::string_view name) {
  for (const base::StageTime& stage : clock.stages()) {
    if (stage.name == name) return stage;
  }
  FAIL("no stage " << name);
  throw 0;
}

// A heap that does what the test says.
base::HeapCounts g_heap;
base::HeapCounts* test_heap() { return &g_heap; }
void take(std::int64_t bytes) {
  g_heap.allocated += static_cast<std::uint64_t>(bytes);
  g_heap.live += bytes;
  g_heap.peak = std::max(g_heap.peak, g_heap.live);
}
void give(std::int64_t bytes) { g_heap.live -= bytes; }

struct Recorded {
  explicit Recorded(base::HeapOfThread heap = nullptr) {
    g_heap = {};
    StageClock::record(heap);
  }
  ~Recorded() { StageClock::record_no_more(); }
};

}  // namespace

TEST_CASE("Stages stand in the order in which they first began, each once") {
  StageClock clock;
  {
    const Scope trace(&clock, "trace");
    const Scope cores(&clock, "cores");
  }
  { const Scope read(&clock, "read"); }
  { const Scope again(&clock, "trace"); }
  REQUIRE(clock.stages().size() == 3);
  CHECK(clock.stages()[0].name == "trace");
  CHECK(clock.stages()[1].name == "cores");
  CHECK(clock.stages()[2].name == "read");
  const Scope nothing(nullptr, "trace");
}

TEST_CASE("A stage has the time that none of its inner stages has, so that all add up to the whole") {
  StageClock clock;
  const Time::time_point start = Time::now();
  {
    const Scope outer(&clock, "outer");
    work();
    for (int i = 0; i < 2; ++i) {
      const Scope inner(&clock, "inner");
      work();
      const Scope innermost(&clock, "innermost");
      work();
    }
  }
  const double whole = ms(Time::now() - start);
  CHECK(stage(clock, "outer").milliseconds >= 1);
  CHECK(stage(clock, "inner").milliseconds >= 2);
  CHECK(stage(clock, "innermost").milliseconds >= 2);
  double sum = 0;
  for (const base::StageTime& stage : clock.stages()) sum += stage.milliseconds;
  CHECK(sum >= 5);
  CHECK(sum <= whole);
}

TEST_CASE("A stage may be within itself") {
  StageClock clock;
  const Time::time_point start = Time::now();
  {
    const Scope outer(&clock, "stage");
    const Scope inner(&clock, "stage");
    work();
  }
  REQUIRE(clock.stages().size() == 1);
  CHECK(clock.stages()[0].milliseconds >= 1);
  CHECK(clock.stages()[0].milliseconds <= ms(Time::now() - start));
}

TEST_CASE("Time that was measured otherwise is taken off the stage it was part of") {
  StageClock clock;
  const Time::time_point start = Time::now();
  {
    const Scope outer(&clock, "outer");
    clock.add("cache", 1000);
  }
  clock.add("cache", 500);
  CHECK(stage(clock, "cache").milliseconds == 1500);
  const double outer = stage(clock, "outer").milliseconds + 1000;
  CHECK(outer >= 0);
  CHECK(outer <= ms(Time::now() - start) + 1e-6);
}

TEST_CASE("A stage that throws is counted, and its outer stage goes on") {
  StageClock clock;
  const Scope outer(&clock, "outer");
  try {
    const Scope inner(&clock, "inner");
    work();
    throw 1;
  } catch (int) {
  }
  CHECK(stage(clock, "inner").milliseconds >= 1);
  { const Scope next(&clock, "next"); }
  CHECK(stage(clock, "outer").milliseconds == 0);  // it is still running
}

TEST_CASE("Nothing beyond wall time is recorded unless it was asked for") {
  REQUIRE(!StageClock::recording());
  StageClock clock;
  {
    const Scope scope(&clock, "stage");
    work();
  }
  CHECK(clock.spans().empty());
  CHECK(stage(clock, "stage").cpu_milliseconds == 0);
  CHECK(stage(clock, "stage").allocated == 0);
  CHECK(stage(clock, "stage").peak == 0);
}

TEST_CASE("A clock that was made before the recording began stays as it is") {
  StageClock clock;
  const Recorded recorded;
  { const Scope scope(&clock, "stage"); }
  CHECK(clock.spans().empty());
}

TEST_CASE("Spans: inner ones follow theirs and lie within them") {
  const Recorded recorded;
  StageClock clock;
  {
    const Scope trace(&clock, "trace");
    { const Scope cores(&clock, "cores"); }
    { const Scope paints(&clock, "paints"); }
  }
  { const Scope encode(&clock, "encode", "avif"); }
  const auto& spans = clock.spans();
  REQUIRE(spans.size() == 4);
  CHECK(spans[0].name == "trace");
  CHECK(spans[1].name == "cores");
  CHECK(spans[2].name == "paints");
  CHECK(spans[3].name == "encode");
  CHECK(spans[3].detail == "avif");
  CHECK(spans[0].depth == 0);
  CHECK(spans[1].depth == 1);
  CHECK(spans[2].depth == 1);
  CHECK(spans[3].depth == 0);
  for (const int inner : {1, 2}) {
    CHECK(spans[inner].start >= spans[0].start);
    CHECK(spans[inner].start + spans[inner].wall <= spans[0].start + spans[0].wall);
  }
  CHECK(spans[2].start >= spans[1].start + spans[1].wall);
  CHECK(ms(spans[0].wall - spans[1].wall - spans[2].wall) == Approx(stage(clock, "trace").milliseconds));
}

TEST_CASE("Processor time is the thread's own, less that of inner stages") {
  const Recorded recorded;
  StageClock clock;
  {
    const Scope outer(&clock, "outer");
    {
      const Scope wait(&clock, "wait");
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    const Scope inner(&clock, "inner");
    work();
  }
  CHECK(stage(clock, "inner").cpu_milliseconds > 0);
  CHECK(stage(clock, "wait").cpu_milliseconds < stage(clock, "wait").milliseconds / 2);
  double cpu = 0;
  for (const base::StageTime& stage : clock.stages()) cpu += stage.cpu_milliseconds;
  CHECK(cpu == Approx(ms(clock.spans()[0].cpu)));
}

TEST_CASE("Bytes allocated are a stage's own, its peak includes inner stages and counts from where it began") {
  const Recorded recorded(test_heap);
  take(1000);  // before any stage
  StageClock clock;
  {
    const Scope outer(&clock, "outer");
    take(10);
    {
      const Scope inner(&clock, "inner");
      take(100);
      give(100);
    }
    {
      const Scope inner(&clock, "inner");
      take(50);
    }
    take(5);
  }
  CHECK(stage(clock, "outer").allocated == 15);
  CHECK(stage(clock, "inner").allocated == 150);
  CHECK(stage(clock, "outer").peak == 110);
  CHECK(stage(clock, "inner").peak == 100);  // the larger of its two runs
  REQUIRE(clock.spans().size() == 3);
  CHECK(clock.spans()[0].allocated == 165);  // a span's inner stages included
  CHECK(clock.spans()[2].peak == 50);
  CHECK(g_heap.peak == 1110);  // as if nobody had measured
}

TEST_CASE("A stage that only frees has no peak") {
  const Recorded recorded(test_heap);
  StageClock clock;
  {
    const Scope scope(&clock, "free");
    give(500);
    take(100);
  }
  CHECK(stage(clock, "free").peak == 0);
  CHECK(stage(clock, "free").allocated == 100);
}

TEST_CASE("Clocks of several threads are joined: sums, the largest peak, all spans with their lanes") {
  const Recorded recorded(test_heap);
  StageClock whole, other;
  {
    const Scope scope(&whole, "encode");
    take(10);
    give(10);
  }
  std::thread([&] {
    const Scope scope(&other, "encode");
    take(30);
    give(30);
    const Scope inner(&other, "probe");
  }).join();
  whole.join(other);
  CHECK(stage(whole, "encode").allocated == 40);
  CHECK(stage(whole, "encode").peak == 30);
  REQUIRE(whole.spans().size() == 3);
  CHECK(whole.spans()[1].depth == 0);
  CHECK(whole.spans()[2].depth == 1);
  CHECK(whole.spans()[0].lane == base::lane_of_thread());
  CHECK(whole.spans()[1].lane != whole.spans()[0].lane);
}

TEST_CASE("There is an end to the spans, not to what the stages count") {
  const Recorded recorded(test_heap);
  StageClock clock;
  for (std::size_t i = 0; i < StageClock::kMostSpans + 10; ++i) {
    const Scope scope(&clock, "stage");
    const Scope inner(&clock, "inner");
    take(1);
  }
  CHECK(clock.spans().size() == StageClock::kMostSpans);
  CHECK(stage(clock, "inner").allocated == StageClock::kMostSpans + 10);
  StageClock two;
  two.join(clock);
  two.join(clock);
  CHECK(two.spans().size() == StageClock::kMostSpans);
}
