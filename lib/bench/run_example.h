// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// One image with all that there is to learn from it: its features, and what each preset makes of it. Nothing is
// written.
#pragma once

#include <atomic>
#include <vector>

#include "pipeline/job.h"
#include "pipeline/outcome.h"
#include "pipeline/rules.h"
#include "plan/choose.h"

namespace imgmill::bench {

struct ExampleTask : pipeline::Rules {
  std::vector<plan::Preset> presets;
};

// An output for each preset, which is its variant, scored; and a stage of that name with the milliseconds that convert
// takes without scoring. Never throws; `stop` (may be null) outlives the call, as `task` does the outcome.
pipeline::Outcome run_example(const pipeline::Job& job, const ExampleTask& task, const std::atomic<bool>* stop);

}  // namespace imgmill::bench
