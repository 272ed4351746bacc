// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pipeline/alarm.h"

namespace imgmill::pipeline {

void Alarm::set(Time time) {
  const std::lock_guard lock(mutex_);
  if (ended_) return;
  time_ = time;
  if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
  changed_.notify_one();
}

void Alarm::end() {
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    changed_.notify_one();
  }
  if (thread_.joinable()) thread_.join();
}

void Alarm::run() {
  std::unique_lock lock(mutex_);
  while (!ended_) {
    if (!time_) {
      changed_.wait(lock);
    } else if (const Time time = *time_; std::chrono::steady_clock::now() < time) {
      changed_.wait_until(lock, time);
    } else {
      time_.reset();
      lock.unlock();  // what rings may set the alarm again
      ring_();
      lock.lock();
    }
  }
}

}  // namespace imgmill::pipeline
