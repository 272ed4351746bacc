// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Many jobs at once, on as many threads as asked for and within a budget of memory. A flow graph only schedules: what
// is done to one job stands elsewhere and is handed in.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <span>

#include "pipeline/job.h"
#include "pipeline/outcome.h"
#include "pipeline/sink.h"

namespace imgmill::pipeline {

struct BatchOptions {
  int jobs = 1;              // in work at once, ≥ 1
  std::uint64_t memory = 0;  // bytes for all jobs in flight; a job that needs more runs alone
  bool fail_fast = false;    // the first failed job sets `stop`
  int chunk = 0;             // most jobs in flight; 0: as many as fit
  Run run = {};              // for the summary
};

// Neither may throw.
using Work = std::function<Outcome(const Job&)>;
using Footprint = std::function<std::uint64_t(const Job&)>;

// What jobs were expected to need is compared with what the process really grew to, and later expectations are
// corrected by it.
//
// Every job gives exactly one outcome to every sink. Once `stop` is set (by a signal handler, a sink, or a failure) no
// further job is started; those in work end by themselves, and the rest are reported as skipped.
Summary run_batch(std::span<const Job> jobs, const BatchOptions& options, std::atomic<bool>& stop, const Work& work,
                  const Footprint& footprint, std::span<Sink* const> sinks);

}  // namespace imgmill::pipeline
