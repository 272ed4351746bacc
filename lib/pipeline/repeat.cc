// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pipeline/repeat.h"

#include <utility>
#include <vector>

namespace imgmill::pipeline {

Outcome repeat(const Job& job, int times, const Work& work) {
  std::vector<Outcome> earlier;
  Outcome outcome = work(job);
  for (int i = 1; i < times && !outcome.error; ++i) {
    earlier.push_back(std::move(outcome));
    outcome = work(job);
  }
  outcome.earlier = std::move(earlier);
  return outcome;
}

}  // namespace imgmill::pipeline
