// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A job that failed for memory, done once more with less of what takes it; what was changed stands in its warnings.
#pragma once

#include <atomic>

#include "pipeline/run_compress.h"
#include "pipeline/run_convert.h"

namespace imgmill::pipeline {

// The n-th retry, from 1. Tracing: color_precision 2 lower (to 2 at least) and max_iterations 3 (to 3) each time.
Outcome retry_convert(const Job& job, const ConvertTask& task, int retry, const std::atomic<bool>* stop);

// Its outputs one after the other, AVIF on one thread and 2 faster (to 10 at most), WebP's method 2 lower (to 0).
Outcome retry_compress(const Job& job, const CompressTask& task, int retry, const std::atomic<bool>* stop);

}  // namespace imgmill::pipeline
