// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The pieces of one job side by side, on the threads of the batch that have nothing else to do.
#pragma once

#include <cstddef>
#include <functional>

namespace imgmill::pipeline {

// A base::ForEach. A thread that waits here for the others takes up no other job meanwhile.
void side_by_side(std::size_t count, const std::function<void(std::size_t)>& piece);

}  // namespace imgmill::pipeline
