// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The edge of a job: inside of it things throw, outside there are only outcomes. And what every job does there: take
// its input, put a result in its place.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/stage_clock.h"
#include "base/stop.h"
#include "image/image.h"
#include "pipeline/job.h"
#include "pipeline/outcome.h"
#include "pipeline/result_cache.h"
#include "pipeline/rules.h"

namespace imgmill::pipeline {

// What stands for an error in a record; call it inside of a catch block.
Failure current_failure();

// Runs `work` and never throws: whatever goes wrong stands in the outcome, and the times in it are those of the work.
// `stop` (may be null) outlives the call.
using JobWork = std::function<void(const base::Stop&, base::StageClock&, Outcome&)>;
Outcome at_edge(const Job& job, double timeout_seconds, const std::atomic<bool>* stop, const JobWork& work);

// The whole input, timed, and its size for the record. Throws Error{input}.
base::Bytes read_input(const Job& job, base::StageClock& clock, Outcome& outcome);

// The whole picture, timed; what the library had to say goes to `warnings`. Throws as codec::decode does.
image::Image decode_input(base::ByteView file, const Rules& rules, const base::Stop& stop, base::StageClock& clock,
                          std::vector<std::string>& warnings);

// Puts a result under its name, or compares it with what is there where `check` says so, or neither where `warm` does;
// then `gate` tells what is wrong. What is written says where it comes from: written, cached or kept. Throws
// Error{output}, naming the path.
struct Placed {
  Status status = Status::written;
  Gate gate = Gate::none;
};
Placed place(const std::filesystem::path& path, bool to_stdout, const Result& result, const Rules& rules);

}  // namespace imgmill::pipeline
