// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/time_files.h"

#include <fmt/core.h>

#include <utility>

#include "report/flame_graph.h"
#include "report/target_file.h"

namespace imgmill::report {

TimeFilesSink::TimeFilesSink(TimeFiles files, std::string subcommand)
    : files_(std::move(files)), subcommand_(std::move(subcommand)) {
  if (files_.folded) check_target("--folded", *files_.folded);
  if (files_.flame_graph) check_target("--flamegraph", *files_.flame_graph);
  if (files_.trace) check_target("--trace", *files_.trace);
}

void TimeFilesSink::begin(std::size_t) {
  if (files_.trace) memory_ = std::make_unique<MemoryTrack>();
}

void TimeFilesSink::item(const pipeline::Outcome& outcome) {
  ++items_;
  if (files_.folded || files_.flame_graph) add_stacks(stacks_, subcommand_, outcome);
  if (files_.trace) events_.add(outcome);
}

void TimeFilesSink::end(const pipeline::Summary&) {
  if (files_.folded) write_target("--folded", *files_.folded, folded_text(stacks_));
  if (files_.flame_graph) {
    const std::string title = fmt::format("imgmill {}, {} item{}", subcommand_, items_, items_ == 1 ? "" : "s");
    write_target("--flamegraph", *files_.flame_graph, flame_graph(stacks_, title));
  }
  if (files_.trace) write_target("--trace", *files_.trace, events_.text("imgmill " + subcommand_, memory_->stop()));
}

}  // namespace imgmill::report
