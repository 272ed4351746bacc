// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Going through the pieces of a piece of work: in turn, or side by side on whatever threads the caller has. The library
// below the pipeline starts no threads; it is handed a ForEach. What comes out must not depend on which.
#pragma once

#include <cstddef>
#include <functional>

namespace imgmill::base {

// Calls piece(0), …, piece(count − 1), each once, in any order and on any thread; returns when all are done. What a
// piece throws is thrown on, and pieces that have not begun may then be left out.
using ForEach = std::function<void(std::size_t count, const std::function<void(std::size_t)>& piece)>;

// On the calling thread.
inline void in_turn(std::size_t count, const std::function<void(std::size_t)>& piece) {
  for (std::size_t i = 0; i < count; ++i) piece(i);
}

}  // namespace imgmill::base
