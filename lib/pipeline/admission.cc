// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pipeline/admission.h"

#include <algorithm>

namespace imgmill::pipeline {

void Learned::look(std::uint64_t expected_in_work) {
  constexpr std::uint64_t kTooLittle = 32 << 20;  // the program's own needs would outweigh the jobs'
  if (expected_in_work < kTooLittle) return;
  const std::uint64_t now = resident_();
  const double used = now > start_ ? static_cast<double>(now - start_) : 0;
  const double share = std::clamp(used / static_cast<double>(expected_in_work), 0.5, 4.0);
  share_ = known_ ? std::max(share, 0.8 * share_ + 0.2 * share) : share;
  known_ = true;
}

void Admission::arrive(const Turn& turn, Time now) {
  Turn waiting = turn;
  waiting.since = now;
  if (turn.retry > 0) {
    queue_.push_front(waiting);
  } else {
    queue_.push_back(waiting);
  }
}

void Admission::leave(const Turn& turn) {
  learned_.look(bytes_in_work_);
  bytes_in_work_ -= turn.bytes;
  --in_work_;
  alone_ = false;
}

std::optional<Turn> Admission::next(Time now) {
  ask_again_.reset();
  if (queue_.empty() || in_work_ >= options_.most) {
    note(std::nullopt, now);
    return std::nullopt;
  }
  const Turn head = queue_.front();
  const std::optional<Hold> why = held(head, now);
  note(why, now);
  if (why) return std::nullopt;
  queue_.pop_front();
  rate_.take();
  alone_ = head.retry > 0;
  bytes_in_work_ += head.bytes;
  ++in_work_;
  peak_jobs_ = std::max(peak_jobs_, in_work_);
  peak_planned_ = std::max(peak_planned_, bytes_in_work_);
  return head;
}

std::optional<Hold> Admission::held(const Turn& head, Time now) {
  if (!has_room(head)) return Hold::memory;  // until a job leaves
  if (const auto why = throttle_.hold(in_work_, now)) {
    ask_again_ = now + Throttle::kBetweenReadings;
    return why;
  }
  if (const Time start = rate_.next(now); start > now) {
    ask_again_ = start;
    return Hold::rate;
  }
  return std::nullopt;
}

bool Admission::has_room(const Turn& head) const {
  if (in_work_ == 0) return true;
  if (alone_ || head.retry > 0) return false;
  return learned_.corrected(bytes_in_work_ + head.bytes) <= options_.memory;
}

// Adds up the time since the last call for what held the head then.
void Admission::note(std::optional<Hold> why, Time now) {
  if (held_by_) {
    throttled_seconds_[static_cast<std::size_t>(*held_by_)] += std::chrono::duration<double>(now - held_since_).count();
  }
  held_by_ = why;
  held_since_ = now;
}

}  // namespace imgmill::pipeline
