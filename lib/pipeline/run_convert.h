// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// One raster to one SVG, as straight-line code: read, decode, fit, make the drawing, put in place. It can be called
// without any graph; the graph only schedules it.
#pragma once

#include <atomic>
#include <optional>
#include <vector>

#include "pipeline/automatic.h"
#include "pipeline/job.h"
#include "pipeline/outcome.h"
#include "pipeline/rules.h"
#include "trace/params.h"

namespace imgmill::pipeline {

struct ConvertTask : Rules {
  trace::TraceParams trace;
  bool group_by_color = false;
  std::optional<Automatic> automatic;     // then `trace` counts for what is no number alone
  double target_seconds = 0;              // for an image: no try of a search that would end later is begun; 0: no bound
  std::optional<codec::Format> fallback;  // what to write where no drawing comes up to target_ssim and max_bytes

  bool searches() const { return target_ssim > 0 || max_bytes > 0; }
};

// What is made of every input: a drawing, or the fallback.
std::vector<Product> products_of(const ConvertTask& task);

// Never throws: whatever goes wrong stands in the outcome. `stop` (may be null) outlives the call.
Outcome run_convert(const Job& job, const ConvertTask& task, const std::atomic<bool>* stop);

// What run_convert would do, from the file's header alone: status skipped, with the planned memory and output size, or
// failed.
Outcome plan_convert(const Job& job, const ConvertTask& task);

}  // namespace imgmill::pipeline
