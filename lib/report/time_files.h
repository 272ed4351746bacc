// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The files that show where the time of a recorded batch went: folded stacks, flame graph, events. Each is written
// whole when the batch ends.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "pipeline/sink.h"
#include "report/memory_track.h"
#include "report/stacks.h"
#include "report/trace_events.h"

namespace imgmill::report {

struct TimeFiles {
  std::optional<std::filesystem::path> folded, flame_graph, trace;
};

class TimeFilesSink : public pipeline::Sink {
 public:
  // `subcommand` is the outermost frame. Throws Error{usage} where a file can't be made.
  TimeFilesSink(TimeFiles files, std::string subcommand);

  void begin(std::size_t jobs) override;
  void item(const pipeline::Outcome& outcome) override;
  void end(const pipeline::Summary& summary) override;  // throws Error{output}

 private:
  TimeFiles files_;
  std::string subcommand_;
  Stacks stacks_;
  TraceEvents events_;
  std::size_t items_ = 0;
  std::unique_ptr<MemoryTrack> memory_;
};

}  // namespace imgmill::report
