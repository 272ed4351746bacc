// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Which job is started next, and when: first come, first served, as soon as the head of the queue has a worker, its
// memory, and the machine's and the user's leave. A job that needs more than the whole budget runs alone. Not
// synchronised; who asks says what time it is.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>

#include "pipeline/job.h"
#include "pipeline/outcome.h"
#include "pipeline/rate.h"
#include "pipeline/throttle.h"

namespace imgmill::pipeline {

// A job on its way through the batch.
struct Turn {
  const Job* job = nullptr;
  std::uint64_t bytes = 0;  // that it is expected to need
  int retry = 0;            // the n-th time that it is done again: alone
  std::chrono::steady_clock::time_point since{};
};

// How much of what jobs are expected to need they really take: the resident memory that came on top since the start,
// over what was expected of the jobs in work. Memory that the heap keeps counts as taken, so it errs to the safe side.
class Learned {
 public:
  explicit Learned(std::function<std::uint64_t()> resident) : resident_(std::move(resident)), start_(resident_()) {}
  void look(std::uint64_t expected_in_work);
  double share() const { return share_; }
  std::uint64_t corrected(std::uint64_t expected) const {
    return static_cast<std::uint64_t>(static_cast<double>(expected) * share_);
  }

 private:
  std::function<std::uint64_t()> resident_;
  std::uint64_t start_;
  double share_ = 1;
  bool known_ = false;
};

class Admission {
 public:
  using Time = std::chrono::steady_clock::time_point;
  struct Options {
    std::uint64_t memory = 0;  // bytes for all jobs in work
    std::size_t most = 1;      // jobs in work at once
    double rate = 0;           // starts a second; 0: no bound
  };

  Admission(const Options& options, Throttle throttle, std::function<std::uint64_t()> resident, Time now)
      : options_(options), throttle_(std::move(throttle)), rate_(options.rate, now), learned_(std::move(resident)) {}

  void arrive(const Turn& turn, Time now);
  void leave(const Turn& turn);

  // The job to start now, if there is one. Ask again until there is none.
  std::optional<Turn> next(Time now);

  // When to ask again although no job has arrived or left; nullopt where that would change nothing.
  std::optional<Time> ask_again() const { return ask_again_; }

  bool waiting() const { return !queue_.empty(); }
  void forget_the_waiting() { queue_.clear(); }

  Flight flight() const { return {peak_jobs_, peak_planned_, learned_.share()}; }
  const std::array<double, kHoldCount>& throttled_seconds() const { return throttled_seconds_; }

 private:
  std::optional<Hold> held(const Turn& head, Time now);
  bool has_room(const Turn& head) const;
  void note(std::optional<Hold> why, Time now);

  Options options_;
  Throttle throttle_;
  Rate rate_;
  Learned learned_;
  std::deque<Turn> queue_;
  std::size_t in_work_ = 0;
  std::uint64_t bytes_in_work_ = 0;  // as expected
  bool alone_ = false;               // the one in work is a retry
  std::optional<Hold> held_by_;
  Time held_since_{};
  std::optional<Time> ask_again_;
  std::array<double, kHoldCount> throttled_seconds_{};
  std::size_t peak_jobs_ = 0;
  std::uint64_t peak_planned_ = 0;
};

}  // namespace imgmill::pipeline
