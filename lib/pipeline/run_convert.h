// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// One raster to one SVG, as straight-line code: read, decode, fit, trace, write as SVG, score, put in place. It can be
// called without any graph; the graph only schedules it.
#pragma once

#include <atomic>
#include <optional>

#include "pipeline/automatic.h"
#include "pipeline/job.h"
#include "pipeline/outcome.h"
#include "pipeline/rules.h"
#include "trace/params.h"

namespace imgmill::pipeline {

struct ConvertTask : Rules {
  trace::TraceParams trace;
  bool group_by_color = false;
  std::optional<Automatic> automatic;  // then `trace` counts for what is no number alone
};

// Never throws: whatever goes wrong stands in the outcome. `stop` (may be null) outlives the call.
Outcome run_convert(const Job& job, const ConvertTask& task, const std::atomic<bool>* stop);

// What run_convert would do, from the file's header alone: status skipped, with the planned memory and output size, or
// failed.
Outcome plan_convert(const Job& job, const ConvertTask& task);

}  // namespace imgmill::pipeline
