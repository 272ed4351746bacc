// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The candidates of a search to a target where the presets are free: all of them, steps between, and some closer still.
#pragma once

#include <vector>

#include "plan/choose.h"
#include "plan/search.h"
#include "trace/params.h"

namespace imgmill::plan {

struct Ladder {
  std::vector<trace::TraceParams> rungs;  // from coarse to close
  Miss forecast;                          // of each rung, from what the presets are expected to give
};

// `choice` says what to expect of the presets. What the user has set is the same on every rung. The forecast is by
// `margin` (in logarithms of 1 − SSIM) worse than what is expected, so that the first try is likely to reach the
// target.
Ladder ladder(const Presets& presets, const Choice& choice, double target_ssim, double margin);

}  // namespace imgmill::plan
