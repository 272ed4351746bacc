// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Calls a function when a time has come, from a thread of its own that is started when it is first needed.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

namespace imgmill::pipeline {

class Alarm {
 public:
  using Time = std::chrono::steady_clock::time_point;

  Alarm() = default;
  Alarm(const Alarm&) = delete;
  Alarm& operator=(const Alarm&) = delete;
  ~Alarm() { end(); }

  // What to call; before the first set().
  void start(std::function<void()> ring) { ring_ = std::move(ring); }

  // Rings once at `time`, which takes the place of any time set before.
  void set(Time time);

  // Rings no more once this has returned.
  void end();

 private:
  void run();

  std::function<void()> ring_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<Time> time_;
  bool ended_ = false;
  std::thread thread_;
};

}  // namespace imgmill::pipeline
