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
#include "pipeline/throttle.h"

namespace imgmill::pipeline {

// None of these may throw.
using Work = std::function<Outcome(const Job&)>;
using Footprint = std::function<std::uint64_t(const Job&)>;
using Retry = std::function<Outcome(const Job&, int retry)>;  // with less of what takes memory; from 1

struct BatchOptions {
  int jobs = 1;              // in work at once, ≥ 1
  std::uint64_t memory = 0;  // bytes for all jobs in work; a job that needs more runs alone
  bool fail_fast = false;    // the first failed job sets `stop`
  int chunk = 0;             // most jobs in work; 0: as many as fit
  double rate = 0;           // starts a second; 0: no bound
  ThrottleOptions throttle = {};
  Meter meter = read_machine;  // asked where `throttle` bounds anything
  int retries = 0;             // of a job that failed for memory: alone, by `retry`
  Retry retry = nullptr;
  Run run = {};                            // for the summary
  std::function<void()> let_go = nullptr;  // gives up what can be had again, when memory is short
};

// The jobs get their turn in the order in which they stand (order.h). What they were expected to need is compared with
// what the process really grew to, and later expectations are corrected by it.
//
// Every job gives exactly one outcome to every sink. Once `stop` is set (by a signal handler, a sink, or a failure) no
// further job is started; those in work end by themselves, and the rest are reported as skipped.
Summary run_batch(std::span<const Job> jobs, const BatchOptions& options, std::atomic<bool>& stop, const Work& work,
                  const Footprint& footprint, std::span<Sink* const> sinks);

}  // namespace imgmill::pipeline
