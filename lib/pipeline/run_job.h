// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// One raster to one SVG, as straight-line code: read, decode, fit, trace, write as SVG, score, put in place. It can be
// called without any graph; the graph only schedules it.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>

#include "image/limits.h"
#include "pipeline/job.h"
#include "pipeline/outcome.h"
#include "trace/params.h"

namespace imgmill::pipeline {

// What is asked of every job of a batch.
struct ConvertTask {
  trace::TraceParams trace;
  bool group_by_color = false;
  image::Limits limits;
  int max_dimension = 0;        // px; 0: no bound
  double timeout_seconds = 0;   // per job; 0: none
  std::uint64_t max_bytes = 0;  // of a result; 0: no bound
  double target_ssim = 0;       // search for the smallest result that reaches this; 0: no search
  bool score = false;
  bool check = false;       // compare with what is there, write nothing
  bool no_clobber = false;  // leave what exists
};

// Never throws: whatever goes wrong stands in the outcome. `stop` (may be null) outlives the call.
Outcome run_job(const Job& job, const ConvertTask& task, const std::atomic<bool>* stop);

// What run_job would do, from the file's header alone: status skipped, with the planned memory and output size, or
// failed.
Outcome plan_job(const Job& job, const ConvertTask& task);

}  // namespace imgmill::pipeline
