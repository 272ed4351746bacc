// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Outcomes that were kept until the end: they come as they are done, and are shown in the order of the inputs.
#pragma once

#include <algorithm>
#include <vector>

#include "pipeline/outcome.h"

namespace imgmill::report {

inline void sort_by_job(std::vector<pipeline::Outcome>& rows) {
  std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.job < b.job; });
}

}  // namespace imgmill::report
