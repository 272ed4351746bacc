// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What one thread has done to the heap so far. An executable that counts allocations hands in where its threads'
// counts are kept; in all others there are none, and nothing is paid for them.
#pragma once

#include <cstdint>

namespace imgmill::base {

// Bytes as the heap hands them out, which is up to a few more than were asked for.
struct HeapCounts {
  std::uint64_t allocated = 0;  // in all
  std::int64_t live = 0;        // allocated less freed by this thread; under 0 where it frees what another allocated
  std::int64_t peak = 0;        // the most that `live` was; whoever measures may set it back to `live`
};

// The calling thread's counts, which live as long as it does.
using HeapOfThread = HeapCounts* (*)();

}  // namespace imgmill::base
