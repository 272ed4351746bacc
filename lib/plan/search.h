// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The one search to a target: over candidates that come closer, and cost more, from the first to the last.
#pragma once

#include <cstddef>
#include <functional>

namespace imgmill::plan {

struct Found {
  std::size_t candidate = 0;  // the first that reaches the target; where none does, the one that came closest
  bool reached = false;
  int tries = 0;
};

// Bisects `count` (≥ 1) candidates, beginning with `first`; `score` makes and measures one, and is called at most once
// for each, about log2(count) + 1 times in all. Deterministic. Where scores are not quite monotone the candidate found
// still reaches the target, though a cheaper one may too.
Found search(std::size_t count, std::size_t first, double target, const std::function<double(std::size_t)>& score);

}  // namespace imgmill::plan
