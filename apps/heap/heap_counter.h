// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Counts what each thread allocates: the executable that this is linked into has the C library's allocator with a
// counter before it, for its libraries too. No other executable pays for it.
#pragma once

#include "base/heap_counts.h"

namespace imgmill::apps {

// For base::StageClock::record; null in builds with a sanitizer, whose allocator this must not get in the way of.
base::HeapOfThread heap_counter();

}  // namespace imgmill::apps
