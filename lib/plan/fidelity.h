// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Tracing parameters as one scale from coarse to close, for the search to a target or a bound.
#pragma once

#include <vector>

#include "trace/params.h"

namespace imgmill::plan {

inline constexpr int kAsGiven = 7;          // where on the scale the given parameters stand
inline constexpr int kFidelityVersion = 2;  // raised when the scale changes

// Each step halves the area by which curves and bands may be off; well below what is given, colours and coordinates get
// coarser too. Everything else stays as given.
std::vector<trace::TraceParams> fidelity_scale(const trace::TraceParams& given);

}  // namespace imgmill::plan
