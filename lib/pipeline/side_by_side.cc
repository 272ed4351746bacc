// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pipeline/side_by_side.h"

#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

namespace imgmill::pipeline {

void side_by_side(std::size_t count, const std::function<void(std::size_t)>& piece) {
  tbb::this_task_arena::isolate([&] { tbb::parallel_for(std::size_t{0}, count, piece); });
}

}  // namespace imgmill::pipeline
