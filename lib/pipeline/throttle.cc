// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pipeline/throttle.h"

#include <cmath>

#include "base/load.h"
#include "base/memory.h"

namespace imgmill::pipeline {

Readings read_machine() {
  return {base::load_average(), base::pressure("cpu"), base::pressure("memory"), base::cpu_seconds(),
          base::quota_wait_seconds()};
}

std::optional<Hold> Throttle::hold(std::size_t in_work, Time now) {
  if (!active() || in_work == 0) return std::nullopt;
  if (samples_.empty() || now - samples_.back().time >= kBetweenReadings) look(now);
  return judge(in_work);
}

void Throttle::look(Time now) {
  samples_.push_back({now, meter_()});
  while (samples_.size() > 2 && now - samples_[1].time >= kWindow) samples_.pop_front();
}

std::optional<Hold> Throttle::judge(std::size_t in_work) const {
  // Tasks that wait this often (per cent of the time) mean that one more would only make them wait longer.
  constexpr double kCpuPressure = 50, kMemoryPressure = 10, kQuotaWait = 10;
  const Readings& now = samples_.back().readings;
  const Readings& before = samples_.front().readings;
  const double seconds = std::chrono::duration<double>(samples_.back().time - samples_.front().time).count();
  const auto per_second = [&](double growth) { return seconds > 0 ? growth / seconds : 0; };

  if (now.memory_pressure.value_or(0) > kMemoryPressure) return Hold::memory_pressure;
  if (options_.max_load > 0 && now.load.value_or(0) >= options_.max_load) return Hold::load;
  if (options_.cpu_limit > 0) {
    // A job keeps about one core busy; what it really used is known only later.
    const double cores = options_.cpu_limit * options_.cores;
    if (static_cast<double>(in_work) >= std::ceil(cores)) return Hold::cpu;
    if (per_second(now.cpu_seconds - before.cpu_seconds) > cores) return Hold::cpu;
  }
  if (100 * per_second(now.quota_wait_seconds - before.quota_wait_seconds) > kQuotaWait) return Hold::cpu_quota;
  if (now.cpu_pressure.value_or(0) > kCpuPressure) return Hold::cpu_pressure;
  return std::nullopt;
}

}  // namespace imgmill::pipeline
