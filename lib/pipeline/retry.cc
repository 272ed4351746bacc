// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pipeline/retry.h"

#include <fmt/core.h>

#include <algorithm>
#include <string>

namespace imgmill::pipeline {
namespace {

// Never the other way: who asked for less already keeps it.
int lowered(int value, int by, int least) { return std::min(value, std::max(value - by, least)); }

Outcome noted(Outcome outcome, const std::string& how) {
  outcome.warnings.insert(outcome.warnings.begin(), "memory ran out; done again alone with " + how);
  return outcome;
}

}  // namespace

Outcome retry_convert(const Job& job, const ConvertTask& task, int retry, const std::atomic<bool>* stop) {
  ConvertTask less = task;
  less.trace.color_precision = lowered(task.trace.color_precision, 2 * retry, 2);
  less.trace.max_iterations = lowered(task.trace.max_iterations, 3 * retry, 3);
  return noted(run_convert(job, less, stop), fmt::format("color_precision {} and max_iterations {}",
                                                         less.trace.color_precision, less.trace.max_iterations));
}

Outcome retry_compress(const Job& job, const CompressTask& task, int retry, const std::atomic<bool>* stop) {
  CompressTask less = task;
  less.one_by_one = true;
  less.params.avif_threads = 1;
  less.params.avif_speed = std::max(task.params.avif_speed, std::min(task.params.avif_speed + 2 * retry, 10));
  less.params.webp_method = lowered(task.params.webp_method, 2 * retry, 0);
  return noted(run_compress(job, less, stop),
               fmt::format("one output at a time, avif_threads 1, avif_speed {} and webp_method {}",
                           less.params.avif_speed, less.params.webp_method));
}

}  // namespace imgmill::pipeline
