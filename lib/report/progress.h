// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// How far a batch is: a bar that is redrawn on a terminal, a plain line now and then in a log.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdio>

namespace imgmill::report {

enum class ProgressMode {
  automatic,  // a bar on a terminal, else a line every ten seconds
  always,     // a bar on a terminal, else a line every second and one at the end
  never,
};

class Progress {
 public:
  Progress(std::FILE* stream, ProgressMode mode);

  void begin(std::size_t total);
  void expect(std::size_t total) { total_ = total; }  // there turned out to be more
  void advance();
  void make_way();  // call before another line is printed on the same stream
  void finish();

 private:
  using Clock = std::chrono::steady_clock;
  void show(Clock::time_point now);

  std::FILE* stream_;
  ProgressMode mode_;
  bool terminal_;
  bool on_screen_ = false;
  std::size_t done_ = 0, total_ = 0;
  Clock::time_point start_, last_;
};

}  // namespace imgmill::report
