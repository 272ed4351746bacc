// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Who hears of the outcomes. The calls come one at a time, the items in the order in which they are done.
#pragma once

#include <cstddef>

#include "pipeline/outcome.h"

namespace imgmill::pipeline {

class Sink {
 public:
  Sink() = default;
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;
  virtual ~Sink() = default;

  virtual void begin(std::size_t jobs) { static_cast<void>(jobs); }
  virtual void item(const Outcome& outcome) = 0;
  virtual void end(const Summary& summary) { static_cast<void>(summary); }
};

}  // namespace imgmill::pipeline
