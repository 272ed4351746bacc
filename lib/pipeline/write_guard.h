// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Leaving at once (a second Ctrl-C) without leaving a temporary file behind: while a WriteGuard lives, the process does
// not end; its destructor ends it when that was asked for meanwhile.
#pragma once

namespace imgmill::pipeline {

class WriteGuard {
 public:
  WriteGuard();
  WriteGuard(const WriteGuard&) = delete;
  WriteGuard& operator=(const WriteGuard&) = delete;
  ~WriteGuard();
};

// Ends the process with `code`, now or as soon as the last WriteGuard is gone. Async-signal-safe.
void exit_between_writes(int code);

}  // namespace imgmill::pipeline
