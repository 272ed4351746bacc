// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What a job will need, told from its file's header without decoding a pixel.
#pragma once

#include <cstdint>

#include "pipeline/job.h"
#include "pipeline/run_job.h"

namespace imgmill::pipeline {

struct Measure {
  std::uint64_t file_bytes = 0;
  int traced_width = 0, traced_height = 0;  // after --max-dimension
  std::uint64_t memory = 0;                 // bytes at the peak of run_job
};

// Reads standard input to its end where that is the job's input. Throws as read_file and read_header do.
Measure measure(const Job& job, const ConvertTask& task);

// The memory alone, for admission; never throws and leaves standard input alone. A file whose header can't be read
// counts with its own size, since its job fails early.
std::uint64_t footprint(const Job& job, const ConvertTask& task);

}  // namespace imgmill::pipeline
