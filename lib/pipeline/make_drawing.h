// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// One picture to one drawing: with the parameters that were asked for, that fit the picture, or that a search finds;
// or to what stands for it where no drawing comes up to what is asked.
#pragma once

#include <chrono>
#include <optional>

#include "base/stage_clock.h"
#include "base/stop.h"
#include "image/image.h"
#include "pipeline/result_cache.h"
#include "pipeline/run_convert.h"
#include "plan/choose.h"

namespace imgmill::pipeline {

struct Drawing {
  Fresh fresh;
  int tries = 0;    // tracings, where there was a search
  int encodes = 0;  // of the fallback
};

// The picture's size is that of the result. `subject` is there where the task is automatic; `start` is when work for
// the image began, from which task.target_seconds count. What is nearest to the goal is returned: of what reaches it
// the smallest (of what only has to fit, the closest), else the closest that fits, else the smallest. The caller
// compares. Throws as trace, rasterise and encode do.
Drawing make_drawing(const image::Image& picture, const ConvertTask& task, const std::optional<plan::Subject>& subject,
                     std::chrono::steady_clock::time_point start, const base::Stop& stop, base::StageClock& clock);

}  // namespace imgmill::pipeline
