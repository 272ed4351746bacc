// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The one timing mechanism: named stages of one job, in the order they first began. Progress, -v, the records, profile
// and bench all read these; nothing else reads a clock to report time. Stages may nest: each has the time that none of
// its inner stages has, so they add up to the whole. A clock belongs to one thread at a time; what several threads do
// for one job is measured by a clock for each and joined. Beyond wall time things are recorded only where that was
// switched on for the process.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/heap_counts.h"

namespace imgmill::base {

struct StageTime {
  std::string_view name;  // a string literal
  double milliseconds = 0;
  // Only where they are recorded, and of the thread that ran the stage: threads that a library starts of its own don't
  // count. Time and bytes allocated are, like the wall time, without those of inner stages.
  double cpu_milliseconds = 0;
  std::uint64_t allocated = 0;
  std::uint64_t peak = 0;  // the most bytes that came on top of what there was when it began, inner stages included
};

// Adds what `stage` says to the one of its name, or behind all others. Peaks don't add up: the largest counts.
void add_stage(std::vector<StageTime>& stages, const StageTime& stage);

// One run of a stage, inner ones included in all its figures.
struct Span {
  std::string_view name;
  std::string_view detail;  // which of several kinds it was: "avif"; may be empty
  int depth = 0;            // 0: in no other stage of its clock
  int lane = 0;             // of the thread, see lane_of_thread
  std::chrono::steady_clock::time_point start{};
  std::chrono::nanoseconds wall{}, cpu{};
  std::uint64_t allocated = 0, peak = 0;
};

// A small number for the calling thread: 0 for the first that asks, 1 for the next, …
int lane_of_thread();

class StageClock {
 public:
  using Time = std::chrono::steady_clock;

  StageClock();

  // From now on clocks that are made record processor time and spans, and where `heap` isn't null allocations. Not
  // while a clock is in use.
  static void record(HeapOfThread heap);
  static void record_no_more();
  static bool recording();
  static HeapOfThread heap();  // as it was handed in; null where nothing is counted

  // A run of stage `name`, from here to the end of its scope. Inner scopes of the same clock end before it. A null
  // clock measures nothing.
  class Scope {
   public:
    Scope(StageClock* clock, std::string_view name, std::string_view detail = {}) : clock_(clock) {
      if (clock_ != nullptr) begin(name, detail);
    }
    ~Scope() {
      if (clock_ != nullptr) end();
    }
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    friend class StageClock;
    void begin(std::string_view name, std::string_view detail);
    void end();
    void begin_recording(std::string_view name, std::string_view detail);
    void end_recording(std::chrono::nanoseconds wall);

    StageClock* clock_;
    Scope* outer_ = nullptr;
    std::size_t stage_ = 0;
    Time::time_point start_;
    std::chrono::nanoseconds inner_{};
    // Where it is recorded:
    std::size_t span_ = 0;
    std::chrono::nanoseconds cpu_{}, inner_cpu_{};
    HeapWatch heap_;
    std::uint64_t inner_allocated_ = 0;
  };

  // Time of a stage that was measured otherwise; taken off the stage that is running, which it was part of.
  void add(std::string_view name, double milliseconds);

  // Adds the stages and spans of another clock, which nothing uses any more. No stage of this one is running.
  void join(const StageClock& other);

  const std::vector<StageTime>& stages() const { return stages_; }

  // In the order in which they began, so that inner ones follow theirs; joined clocks one after the other. At most
  // kMostSpans of them, the rest counts in the stages alone.
  const std::vector<Span>& spans() const { return spans_; }
  static constexpr std::size_t kMostSpans = 4096;

 private:
  std::size_t place_of(std::string_view name);

  bool recorded_;
  HeapOfThread heap_;
  int depth_ = 0;
  Scope* open_ = nullptr;
  std::vector<StageTime> stages_;
  std::vector<Span> spans_;
};

}  // namespace imgmill::base
