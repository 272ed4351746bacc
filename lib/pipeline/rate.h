// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// How many jobs may start in a time: a bucket of tokens that fills at a steady rate, one token a start. It holds what
// one second brings, and at least one, so that is the most that can start at once. Who asks says what time it is.
#pragma once

#include <algorithm>
#include <chrono>

namespace imgmill::pipeline {

class Rate {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // Starts a second; 0: as many as there are.
  Rate(double per_second, Time now) : per_second_(per_second), tokens_(most()), filled_(now) {}

  // When the next job may start; not later than `now`: at once.
  Time next(Time now) {
    if (per_second_ <= 0) return now;
    fill(now);
    if (tokens_ >= 1) return now;
    // Rounded up: a token that is not quite whole when its time has come would be waited for again.
    return now + std::chrono::ceil<Time::duration>(std::chrono::duration<double>((1 - tokens_) / per_second_));
  }
  void take() { tokens_ -= per_second_ > 0 ? 1 : 0; }

 private:
  double most() const { return std::max(1.0, per_second_); }
  void fill(Time now) {
    const double seconds = std::chrono::duration<double>(now - filled_).count();
    tokens_ = std::min(most(), tokens_ + seconds * per_second_);
    filled_ = now;
    if (tokens_ > 1 - 1e-9) tokens_ = std::max(tokens_, 1.0);  // what rounding took away
  }

  double per_second_;
  double tokens_;
  Time filled_;
};

}  // namespace imgmill::pipeline
