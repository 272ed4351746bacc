// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Tracing parameters as one scale from coarse to close, for the search to a target.
#pragma once

#include <vector>

#include "trace/params.h"

namespace imgmill::plan {

inline constexpr int kAsGiven = 3;  // where on the scale the given parameters stand

// Each step halves the area by which curves and bands may be off; everything else stays as given.
std::vector<trace::TraceParams> fidelity_scale(const trace::TraceParams& given);

}  // namespace imgmill::plan
