// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What is connected to a pixel, side by side, as runs of its rows: for the few patches that somebody wants to know
// about. All patches of a picture come from one scan (label_runs.h).
#pragma once

#include <cstdint>
#include <cstring>
#include <vector>

#include "trace/runs.h"

namespace imgmill::trace {

// Pixels of a row, the last one beyond it.
struct Run {
  int y, begin, end;
};

// A byte for each pixel, row by row: 1 where a flood may go, 0 elsewhere and where one has been.
struct Open {
  int width = 0, height = 0;
  std::vector<std::uint8_t> at;
};

// Calls visit(run) for each run, once it is closed.
template <class Visit>
void flood(Open& open, std::int32_t from, Visit visit) {
  const std::int32_t w = open.width;
  std::uint8_t* const at = open.at.data();
  std::vector<std::int32_t> starts{from};
  while (!starts.empty()) {
    std::int32_t begin = starts.back();
    starts.pop_back();
    if (at[begin] == 0) continue;
    const std::int32_t y = begin / w, row = y * w;
    const std::int32_t end = begin + first_zero(at + begin, row + w - begin);
    while (begin > row && at[begin - 1] != 0) --begin;
    std::memset(at + begin, 0, static_cast<std::size_t>(end - begin));
    for (const std::int32_t next : {y - 1, y + 1}) {
      if (next < 0 || next == open.height) continue;
      const std::int32_t last = end + (next - y) * w;
      for (std::int32_t k = begin + (next - y) * w; (k += find_byte(at + k, 1, last - k)) < last;) {
        starts.push_back(k);
        k += first_zero(at + k, last - k);
      }
    }
    visit(Run{y, begin - row, end - row});
  }
}

// Calls visit(index) for the first pixel of each patch; it floods that.
template <class Visit>
void each_patch(Open& open, Visit visit) {
  const auto count = static_cast<std::int32_t>(open.at.size());
  for (std::int32_t i = 0; (i += find_byte(open.at.data() + i, 1, count - i)) < count;) visit(i);
}

}  // namespace imgmill::trace
