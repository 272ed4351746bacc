// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/memory_track.h"

#include <utility>

#include "base/memory.h"

namespace imgmill::report {

MemoryTrack::MemoryTrack(std::chrono::milliseconds interval, std::size_t most, std::function<std::uint64_t()> resident)
    : interval_(interval), most_(most), resident_(std::move(resident)) {
  if (!resident_) resident_ = [] { return base::resident_memory(); };
  look();
  thread_ = std::thread([this] { run(); });
}

const std::vector<MemoryTrack::Sample>& MemoryTrack::stop() {
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(stopped_, true)) return samples_;
  }
  changed_.notify_all();
  thread_.join();
  look();
  return samples_;
}

void MemoryTrack::look() {
  samples_.push_back({Clock::now(), resident_()});
  if (samples_.size() < most_) return;
  std::size_t kept = 0;
  for (std::size_t i = 0; i < samples_.size(); i += 2) samples_[kept++] = samples_[i];
  samples_.resize(kept);
  interval_ *= 2;
}

void MemoryTrack::run() {
  std::unique_lock lock(mutex_);
  while (!changed_.wait_for(lock, interval_, [this] { return stopped_; })) look();
}

}  // namespace imgmill::report
