// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/stage_clock.h"

#include <algorithm>
#include <atomic>
#include <ctime>

namespace imgmill::base {
namespace {

using std::chrono::nanoseconds;

struct Recording {
  std::atomic<bool> on{false};
  std::atomic<HeapOfThread> heap{nullptr};
};
Recording g_recording;

double to_milliseconds(nanoseconds time) { return std::chrono::duration<double, std::milli>(time).count(); }

nanoseconds thread_cpu() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return std::chrono::seconds(time.tv_sec) + nanoseconds(time.tv_nsec);
}

std::size_t place_in(std::vector<StageTime>& stages, std::string_view name) {
  const auto known = std::find_if(stages.begin(), stages.end(), [&](const StageTime& s) { return s.name == name; });
  const auto place = static_cast<std::size_t>(known - stages.begin());
  if (known == stages.end()) stages.push_back({name});
  return place;
}

}  // namespace

void add_stage(std::vector<StageTime>& stages, const StageTime& stage) {
  StageTime& sum = stages[place_in(stages, stage.name)];
  sum.milliseconds += stage.milliseconds;
  sum.cpu_milliseconds += stage.cpu_milliseconds;
  sum.allocated += stage.allocated;
  sum.peak = std::max(sum.peak, stage.peak);
}

int lane_of_thread() {
  static std::atomic<int> next{0};
  thread_local const int lane = next++;
  return lane;
}

StageClock::StageClock() : recorded_(g_recording.on), heap_(g_recording.heap) {
  constexpr std::size_t kUsualSpans = 64;
  if (recorded_) spans_.reserve(kUsualSpans);
}

void StageClock::record(HeapOfThread heap) {
  g_recording.heap = heap;
  g_recording.on = true;
}

void StageClock::record_no_more() {
  g_recording.on = false;
  g_recording.heap = nullptr;
}

bool StageClock::recording() { return g_recording.on; }

HeapOfThread StageClock::heap() { return g_recording.heap; }

std::size_t StageClock::place_of(std::string_view name) { return place_in(stages_, name); }

void StageClock::add(std::string_view name, double milliseconds) {
  stages_[place_of(name)].milliseconds += milliseconds;
  if (open_ == nullptr) return;
  open_->inner_ += std::chrono::duration_cast<nanoseconds>(std::chrono::duration<double, std::milli>(milliseconds));
}

void StageClock::join(const StageClock& other) {
  for (const StageTime& stage : other.stages_) add_stage(stages_, stage);
  const std::size_t room = kMostSpans - std::min(kMostSpans, spans_.size());
  const auto taken = static_cast<std::ptrdiff_t>(std::min(room, other.spans_.size()));
  spans_.insert(spans_.end(), other.spans_.begin(), other.spans_.begin() + taken);
}

void StageClock::Scope::begin(std::string_view name, std::string_view detail) {
  outer_ = clock_->open_;
  clock_->open_ = this;
  stage_ = clock_->place_of(name);
  if (clock_->recorded_) begin_recording(name, detail);
  start_ = Time::now();
}

void StageClock::Scope::end() {
  const nanoseconds wall = Time::now() - start_;
  clock_->stages_[stage_].milliseconds += to_milliseconds(wall - inner_);
  clock_->open_ = outer_;
  if (outer_ != nullptr) outer_->inner_ += wall;
  if (clock_->recorded_) end_recording(wall);
}

void StageClock::Scope::begin_recording(std::string_view name, std::string_view detail) {
  span_ = clock_->spans_.size();
  if (span_ < kMostSpans) {
    clock_->spans_.push_back({name, detail, clock_->depth_, lane_of_thread(), Time::now()});
  }
  ++clock_->depth_;
  heap_.begin(clock_->heap_);
  cpu_ = thread_cpu();
}

void StageClock::Scope::end_recording(nanoseconds wall) {
  const nanoseconds cpu = thread_cpu() - cpu_;
  const auto [allocated, peak] = heap_.end();
  --clock_->depth_;
  StageTime& stage = clock_->stages_[stage_];
  stage.cpu_milliseconds += to_milliseconds(cpu - inner_cpu_);
  stage.allocated += allocated - inner_allocated_;
  stage.peak = std::max(stage.peak, peak);
  if (outer_ != nullptr) {
    outer_->inner_cpu_ += cpu;
    outer_->inner_allocated_ += allocated;
  }
  if (span_ >= kMostSpans) return;
  Span& span = clock_->spans_[span_];
  span.start = start_;
  span.wall = wall;
  span.cpu = cpu;
  span.allocated = allocated;
  span.peak = peak;
}

}  // namespace imgmill::base
