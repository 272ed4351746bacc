// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What one thread has done to the heap. An executable that counts allocations hands in where its threads' counts are
// kept; in all others there are none, and nothing is paid for them.
#pragma once

#include <algorithm>
#include <cstdint>

namespace imgmill::base {

// Bytes as the heap hands them out, which is up to a few more than were asked for.
struct HeapCounts {
  std::uint64_t allocated = 0;  // in all
  std::int64_t live = 0;        // allocated less freed by this thread; under 0 where it frees what another allocated
  std::int64_t peak = 0;        // the most that `live` was since it was last set back to it
};

// The calling thread's counts, which live as long as it does.
using HeapOfThread = HeapCounts* (*)();

// What the calling thread takes between begin() and end(), of which pairs may nest. Without counts it is all 0.
class HeapWatch {
 public:
  struct Use {
    std::uint64_t allocated = 0;
    std::uint64_t peak = 0;  // the most bytes on top of what there was at the beginning
  };
  void begin(HeapOfThread heap) {
    if (heap == nullptr) return;
    counts_ = heap();
    before_ = *counts_;
    counts_->peak = counts_->live;
  }
  Use end() {
    if (counts_ == nullptr) return {};
    const std::int64_t peak = counts_->peak - before_.live;
    counts_->peak = std::max(counts_->peak, before_.peak);  // for the pair around this one
    return {counts_->allocated - before_.allocated, static_cast<std::uint64_t>(std::max<std::int64_t>(peak, 0))};
  }

 private:
  HeapCounts* counts_ = nullptr;
  HeapCounts before_;
};

}  // namespace imgmill::base
