// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Where the time of recorded items went, folded: how long the work was in exactly this stack of stages, over all items
// and repetitions. Stacks read from the outside: subcommand, stage, stage within it, and the file as the last frame.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "pipeline/outcome.h"

namespace imgmill::report {

using Stacks = std::map<std::vector<std::string>, std::chrono::nanoseconds>;

// The frame of what belongs to no stage.
inline constexpr const char* kNoStage = "(no stage)";

// "encode avif": a stage, and which of several kinds it was.
std::string frame_name(const base::Span& span);

// Adds what `outcome` has recorded; frames are printable. Its item's time that is in no stage has a stack too.
void add_stacks(Stacks& stacks, const std::string& subcommand, const pipeline::Outcome& outcome);

// A line a stack, "frame;frame;frame microseconds", in the order of the frames' names; stacks under half a microsecond
// are left out. What separates frames is shown as \x3b in their names.
std::string folded_text(const Stacks& stacks);

}  // namespace imgmill::report
