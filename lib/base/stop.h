// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Cooperative cancellation: the long loops ask a Stop now and then, and leave by exception.
#pragma once

#include <atomic>
#include <chrono>
#include <optional>

#include "base/error.h"

namespace imgmill::base {

// Copyable; a default Stop never stops. `check()` costs a relaxed load, and a clock reading where there is a deadline:
// call it once per row or per thousand steps, not per pixel.
class Stop {
 public:
  using Clock = std::chrono::steady_clock;

  Stop() = default;
  // `flag` outlives every copy of this Stop; it is set by the signal handler or by --fail-fast.
  explicit Stop(const std::atomic<bool>* flag, std::optional<Clock::time_point> deadline = std::nullopt)
      : flag_(flag), deadline_(deadline) {}

  bool requested() const { return flag_ != nullptr && flag_->load(std::memory_order_relaxed); }

  // Whether check() would throw: for callbacks that C libraries call, which nothing may be thrown through.
  bool due() const { return requested() || (deadline_ && Clock::now() > *deadline_); }

  // Throws Error{cancelled} after the flag was set, Error{timeout} past the deadline.
  void check() const {
    if (requested()) throw Error(ErrorKind::cancelled, "stopped");
    if (deadline_ && Clock::now() > *deadline_) throw Error(ErrorKind::timeout, "took longer than --timeout allows");
  }

 private:
  const std::atomic<bool>* flag_ = nullptr;
  std::optional<Clock::time_point> deadline_;
};

}  // namespace imgmill::base
