// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The resident memory of this process over time, looked at now and then by a thread of its own.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace imgmill::report {

class MemoryTrack {
 public:
  using Clock = std::chrono::steady_clock;
  struct Sample {
    Clock::time_point when;
    std::uint64_t bytes = 0;
  };

  // Looks at once and then every `interval`, until it is stopped. However long that takes it keeps fewer than `most`
  // samples (at least 2): when these are there, every other one goes and the interval doubles.
  explicit MemoryTrack(std::chrono::milliseconds interval = std::chrono::milliseconds(20), std::size_t most = 4096,
                       std::function<std::uint64_t()> resident = nullptr);
  MemoryTrack(const MemoryTrack&) = delete;
  MemoryTrack& operator=(const MemoryTrack&) = delete;
  ~MemoryTrack() { stop(); }

  // Looks a last time and gives all that was seen.
  const std::vector<Sample>& stop();

 private:
  void look();
  void run();

  std::chrono::milliseconds interval_;
  std::size_t most_;
  std::function<std::uint64_t()> resident_;
  std::vector<Sample> samples_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopped_ = false;
  std::thread thread_;
};

}  // namespace imgmill::report
