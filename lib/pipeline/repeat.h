// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// One job done several times, to see how far its times vary.
#pragma once

#include "pipeline/job.h"
#include "pipeline/outcome.h"
#include "pipeline/run_batch.h"

namespace imgmill::pipeline {

// Calls `work` `times` times, at least once, and gives what came last with the others as its `earlier`. Ends early with
// one that failed or was stopped.
Outcome repeat(const Job& job, int times, const Work& work);

}  // namespace imgmill::pipeline
