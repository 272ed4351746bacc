// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// One image to what is known of it, as straight-line code: read, decode, measure its features, tell its class. It can
// be called without any graph.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>

#include "pipeline/automatic.h"
#include "pipeline/footprint.h"
#include "pipeline/job.h"
#include "pipeline/outcome.h"
#include "pipeline/rules.h"

namespace imgmill::pipeline {

struct ProfileTask : Rules {
  std::optional<Automatic> automatic;  // none: no models, so classes go by rules and nothing is predicted
};

// Never throws: whatever goes wrong stands in the outcome. `stop` (may be null) outlives the call.
Outcome run_profile(const Job& job, const ProfileTask& task, const std::atomic<bool>* stop);

// What run_profile would do, from the file's header alone.
Outcome plan_profile(const Job& job, const ProfileTask& task);

// Bytes at the peak of run_profile.
std::uint64_t profile_memory(const Source& source);

}  // namespace imgmill::pipeline
