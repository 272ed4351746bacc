// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The one timing mechanism: named stages of one job, in the order they first ran. Progress, -v, the records,
// profile and bench all read these; nothing else reads a clock to report time.
#pragma once

#include <chrono>
#include <string_view>
#include <vector>

namespace imgmill::base {

struct StageTime {
  std::string_view name;  // a string literal
  double milliseconds = 0;
};

class StageClock {
 public:
  // Adds the life of this object to stage `name`. Not nested within the same clock: stages add up to the whole.
  class Scope {
   public:
    Scope(StageClock* clock, std::string_view name) : clock_(clock), name_(name) {
      if (clock_ != nullptr) start_ = std::chrono::steady_clock::now();
    }
    ~Scope() {
      if (clock_ == nullptr) return;
      clock_->add(name_, std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start_).count());
    }
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    StageClock* clock_;
    std::string_view name_;
    std::chrono::steady_clock::time_point start_;
  };

  void add(std::string_view name, double milliseconds) {
    for (StageTime& stage : stages_) {
      if (stage.name == name) {
        stage.milliseconds += milliseconds;
        return;
      }
    }
    stages_.push_back({name, milliseconds});
  }
  const std::vector<StageTime>& stages() const { return stages_; }

 private:
  std::vector<StageTime> stages_;
};

}  // namespace imgmill::base
