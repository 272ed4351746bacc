// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What was recorded of a batch in Chrome's trace event format, for ui.perfetto.dev and chrome://tracing: a lane for
// each worker with its items and their stages, and counters: resident memory, items in flight, items waiting.
#pragma once

#include <chrono>
#include <cstddef>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "pipeline/outcome.h"
#include "report/memory_track.h"

namespace imgmill::report {

class TraceEvents {
 public:
  // An item and its stages; once it has kMostEvents, only their number is counted.
  void add(const pipeline::Outcome& outcome);

  // One JSON object. Times count from the earliest that is in it.
  std::string text(const std::string& process, std::span<const MemoryTrack::Sample> memory) const;

  static constexpr std::size_t kMostEvents = 1'000'000;

 private:
  using Time = std::chrono::steady_clock::time_point;
  struct Event {
    std::string name, arguments;  // JSON
    const char* category;
    int lane;
    Time start;
    std::chrono::nanoseconds wall;
  };
  struct Change {  // of the counters
    Time when;
    int in_flight, waiting;
  };
  void add_run(const pipeline::Outcome& outcome);
  void add_event(Event event);

  std::vector<Event> events_;
  std::vector<Change> changes_;
  std::set<int> lanes_;
  std::size_t left_out_ = 0;
};

}  // namespace imgmill::report
