// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench/tune.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

namespace imgmill::bench {
namespace {

constexpr double kFirstStep = 0.25, kLastStep = 1.0 / 64;  // parts of a knob's range
// Of what is missing to 1: a mean over other images may well be lower by that.
constexpr double kSpareSsim = 0.05;
constexpr double kSlower = 1.1;  // processor time trembles by about that

double wanted(const Cost& cost, const Goal& goal) {
  constexpr double kSsim = 50;  // a hundredth of it is worth about half of the bytes
  const bool fewest_bytes = goal.kind == Goal::Kind::dominate || goal.kind == Goal::Kind::ssim;
  return fewest_bytes ? std::log(std::max(cost.bytes, 1.0)) : -kSsim * cost.ssim;
}

double with_spare(double ssim) { return ssim + kSpareSsim * (1 - ssim); }

class Search {
 public:
  Search(std::span<const Knob> knobs, const Goal& goal, int most_trials,
         const std::function<Cost(std::span<const double>)>& evaluate, const std::function<bool(const Trial&)>& tell)
      : knobs_(knobs), goal_(goal), left_(most_trials), evaluate_(evaluate), tell_(tell), cost_(goal.start) {
    for (const Knob& knob : knobs) {
      values_.push_back(knob.value);
      steps_.push_back(rounded(knob, (knob.most - knob.least) * kFirstStep));
    }
    first_steps_ = steps_;
  }

  std::vector<double> run() {
    cost_ = known_[values_] = evaluate_(values_);
    for (const double stiffness : {1.0, 4.0, kStiff}) {
      stiffness_ = stiffness;
      steps_ = first_steps_;
      start_from_best();
      descend();
    }
    stiffness_ = kStiff;
    start_from_best();
    return missed(cost_, goal_) > 0 ? start_values() : values_;
  }

 private:
  static constexpr double kStiff = 1e6;

  std::vector<double> start_values() const {
    std::vector<double> values;
    for (const Knob& knob : knobs_) values.push_back(knob.value);
    return values;
  }

  double price(const Cost& cost) const { return wanted(cost, goal_) + stiffness_ * missed(cost, goal_); }

  bool better(const Cost& a, const Cost& b) const { return !a.failed && (b.failed || price(a) < price(b)); }

  // Among equals what turned fewer knobs.
  std::size_t turned(const std::vector<double>& values) const {
    std::size_t count = 0;
    for (std::size_t i = 0; i < values.size(); ++i) count += values[i] != knobs_[i].value ? 1 : 0;
    return count;
  }

  void start_from_best() {
    for (const auto& [values, cost] : known_) {
      const bool as_good = !cost.failed && !cost_.failed && price(cost) == price(cost_);
      if (!better(cost, cost_) && !(as_good && turned(values) < turned(values_))) continue;
      values_ = values;
      cost_ = cost;
    }
  }

  void descend() {
    bool any_step = true;
    while (any_step && go_on_) {
      any_step = false;
      for (std::size_t i = 0; i < knobs_.size() && go_on_; ++i) any_step = turn(i) || any_step;
    }
  }

  static double rounded(const Knob& knob, double step) { return knob.whole ? std::max(1.0, std::round(step)) : step; }

  double last_step(const Knob& knob) const { return knob.whole ? 1 : (knob.most - knob.least) * kLastStep; }

  // Whether there is more to try of this knob.
  bool turn(std::size_t i) {
    const bool found = walk(i, steps_[i]) || walk(i, -steps_[i]);
    if (found) return true;
    if (steps_[i] <= last_step(knobs_[i])) return false;
    steps_[i] = std::max(rounded(knobs_[i], steps_[i] / 2), last_step(knobs_[i]));
    return true;
  }

  // On in one direction for as long as it gets better. Whether it did at all.
  bool walk(std::size_t i, double step) {
    bool found = false;
    while (go_on_) {
      std::vector<double> values = values_;
      values[i] = std::clamp(values[i] + step, knobs_[i].least, knobs_[i].most);
      if (values[i] == values_[i] || !is_better(values, i)) return found;
      found = true;
    }
    return found;
  }

  bool is_better(const std::vector<double>& values, std::size_t turned) {
    auto known = known_.find(values);
    const bool is_new = known == known_.end();
    if (is_new) {
      if (left_-- <= 0) {
        go_on_ = false;
        return false;
      }
      known = known_.emplace(values, evaluate_(values)).first;
    }
    const bool taken = better(known->second, cost_);
    if (taken) {
      values_ = values;
      cost_ = known->second;
    }
    if (is_new) go_on_ = tell_({values, known->second, turned, taken});
    return taken;
  }

  std::span<const Knob> knobs_;
  const Goal& goal_;
  int left_;
  const std::function<Cost(std::span<const double>)>& evaluate_;
  const std::function<bool(const Trial&)>& tell_;
  std::vector<double> values_, steps_, first_steps_;
  Cost cost_;
  double stiffness_ = 1;
  std::map<std::vector<double>, Cost> known_;
  bool go_on_ = true;
};

}  // namespace

double missed(const Cost& cost, const Goal& goal) {
  constexpr double kSsim = 100;  // about what it costs in bytes
  switch (goal.kind) {
    case Goal::Kind::dominate:
      return kSsim * std::max(0.0, with_spare(goal.start.ssim) - cost.ssim) +
             std::max(0.0, cost.ms / std::max(goal.start.ms, 1e-9) - kSlower);
    case Goal::Kind::ssim:
      return kSsim * std::max(0.0, with_spare(goal.bound) - cost.ssim);
    case Goal::Kind::bytes:
      return std::max(0.0, cost.bytes / goal.bound - 1);
    case Goal::Kind::time:
      return std::max(0.0, cost.ms / goal.bound - 1);
  }
  return 0;
}

std::vector<double> tune(std::span<const Knob> knobs, const Goal& goal, int most_trials,
                         const std::function<Cost(std::span<const double>)>& evaluate,
                         const std::function<bool(const Trial&)>& tell) {
  return Search(knobs, goal, most_trials, evaluate, tell).run();
}

std::string why_not(const Gain& gain, const Goal& goal) {
  constexpr double kWorthWhile = -0.05;
  if (gain.lost > 0) return "it fails at some of the images held back";
  if (gain.images == 0) return "none of the images held back could be compared";
  const bool fewer_bytes = gain.bytes_interval.high<0, closer = gain.ssim_interval.low> 0;
  switch (goal.kind) {
    case Goal::Kind::dominate: {
      if (gain.ssim < 0) return "SSIM is lower on the images held back";
      const bool faster = gain.time_interval.high < 0;
      const bool by_bytes = fewer_bytes && gain.bytes <= kWorthWhile && gain.time_interval.low <= -kWorthWhile;
      const bool by_time = faster && gain.time <= kWorthWhile && gain.bytes <= 0;
      return by_bytes || by_time ? "" : "neither bytes nor time are surely less by 5 % on the images held back";
    }
    case Goal::Kind::ssim:
      if (gain.mean_ssim < goal.bound) return "the SSIM is not reached on the images held back";
      // Where the start does not reach it, whatever does is better.
      return gain.mean_ssim - gain.ssim < goal.bound || fewer_bytes
                 ? ""
                 : "bytes are not surely fewer on the images held back";
    case Goal::Kind::bytes:
      if (gain.mean_bytes > goal.bound) return "the images held back need more bytes";
      return gain.mean_bytes / (1 + gain.bytes) > goal.bound || closer
                 ? ""
                 : "SSIM is not surely higher on the images held back";
    case Goal::Kind::time:
      if (gain.mean_ms > goal.bound) return "the images held back need more time";
      return gain.mean_ms / (1 + gain.time) > goal.bound || closer
                 ? ""
                 : "SSIM is not surely higher on the images held back";
  }
  return "";
}

}  // namespace imgmill::bench
