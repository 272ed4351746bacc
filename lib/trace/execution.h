// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// How a tracing is carried out. Nothing in it changes what comes out.
#pragma once

#include "base/for_each.h"
#include "base/stage_clock.h"
#include "base/stop.h"

namespace imgmill::trace {

struct Execution {
  base::Stop stop;                         // ends it early, by exception
  base::StageClock* clock = nullptr;       // has the stages added, where it is not null
  base::ForEach for_each = base::in_turn;  // goes through what can be done side by side
};

}  // namespace imgmill::trace
