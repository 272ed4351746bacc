// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Whether the machine leaves room for one more job, told from what the kernel measures. Only decides: who asks gives
// the time, and the readings come from a function, so that nothing here depends on the machine it runs on.
#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <optional>

#include "pipeline/outcome.h"

namespace imgmill::pipeline {

struct Readings {
  std::optional<double> load;             // base::load_average
  std::optional<double> cpu_pressure;     // per cent, base::pressure
  std::optional<double> memory_pressure;  // per cent
  double cpu_seconds = 0;                 // used by this process so far
  double quota_wait_seconds = 0;          // so far
};
using Meter = std::function<Readings()>;

// This machine's.
Readings read_machine();

struct ThrottleOptions {
  double max_load = 0;   // no job is started while the load average is at least this; 0: no bound
  double cpu_limit = 0;  // nor while this process uses more than this part (0–1) of `cores`; 0: no bound
  double cores = 1;      // cores' worth of time that it may use
};

class Throttle {
 public:
  using Time = std::chrono::steady_clock::time_point;
  static constexpr std::chrono::milliseconds kBetweenReadings{100};
  static constexpr std::chrono::seconds kWindow{1};  // over which use is averaged

  Throttle(const ThrottleOptions& options, Meter meter) : options_(options), meter_(std::move(meter)) {}

  bool active() const { return options_.max_load > 0 || options_.cpu_limit > 0; }

  // Why no job may be started beside the `in_work` ones; nullopt: it may. The first always may.
  std::optional<Hold> hold(std::size_t in_work, Time now);

 private:
  struct Sample {
    Time time;
    Readings readings;
  };
  void look(Time now);
  std::optional<Hold> judge(std::size_t in_work) const;

  ThrottleOptions options_;
  Meter meter_;
  std::deque<Sample> samples_;  // the oldest is the last that is at least kWindow old, where there is one
};

}  // namespace imgmill::pipeline
