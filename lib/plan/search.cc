// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/search.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

namespace imgmill::plan {
namespace {

// What has been measured, and the bracket that follows: the answer lies in (failing, reaching].
class Bracket {
 public:
  explicit Bracket(Range range) : failing_(range.low - 1), reaching_(range.high + 1) {}

  void add(int candidate, double miss) {
    measured_[candidate] = miss;
    if (miss <= 0) {
      found_.reached = true;
      reaching_ = found_.candidate = candidate;
    } else {
      failing_ = candidate;
      if (!found_.reached && miss < closest_) closest_ = miss, found_.candidate = candidate;
    }
    ++found_.tries;
  }
  // Nothing more is to be tried although something could be.
  bool ends_early(const GoOn& go_on) {
    found_.cut_short = found_.tries > 0 && !go_on();
    return found_.cut_short;
  }
  bool closed() const { return reaching_ - failing_ <= 1; }
  int failing() const { return failing_; }
  int reaching() const { return reaching_; }
  const Found& found() const { return found_; }
  const std::map<int, double>& measured() const { return measured_; }

 private:
  int failing_, reaching_;
  double closest_ = std::numeric_limits<double>::infinity();
  Found found_;
  std::map<int, double> measured_;
};

// The forecast, shifted by how far the measurements were off it: in proportion between two of them and, with some
// restraint, beyond them too.
double corrected(const Miss& forecast, const std::map<int, double>& measured, int candidate) {
  constexpr double kRestraint = 0.7;
  const double expected = forecast(candidate);
  if (measured.empty()) return expected;
  const auto shift = [&](auto it) { return it->second - forecast(it->first); };
  if (measured.size() == 1) return expected + shift(measured.begin());
  auto above = measured.lower_bound(candidate);
  const bool beyond = above == measured.begin() || above == measured.end();
  if (above == measured.begin()) ++above;
  if (above == measured.end()) --above;
  const auto below = std::prev(above);
  const auto nearest = candidate < below->first ? below : above;
  const double slope = (shift(above) - shift(below)) / (above->first - below->first);
  return expected + shift(nearest) + (beyond ? kRestraint : 1.0) * slope * (candidate - nearest->first);
}

}  // namespace

Found search(Range range, int first, const Miss& measure, const GoOn& go_on) {
  Bracket bracket(range);
  int at = std::clamp(first, range.low, range.high);
  while (!bracket.closed() && !bracket.ends_early(go_on)) {
    bracket.add(at, measure(at));
    at = bracket.failing() + (bracket.reaching() - bracket.failing()) / 2;
  }
  return bracket.found();
}

Found search(Range range, const Miss& forecast, const Miss& measure, double close_enough, const GoOn& go_on) {
  constexpr int kMostTries = 4;
  // How far beyond the target to aim while nothing has reached it: the more, the fewer tries are left.
  constexpr double kSafety[kMostTries + 2] = {0, 0.01, 0.01, 0.04, 0.2, 0};
  Bracket bracket(range);
  const auto expected = [&](int candidate) { return corrected(forecast, bracket.measured(), candidate); };
  while (!bracket.closed()) {
    const int tries = bracket.found().tries;
    if (tries >= kMostTries && (bracket.found().reached || bracket.failing() == range.high)) break;
    if (bracket.found().reached && bracket.measured().at(bracket.reaching()) > -close_enough) break;
    const double safety = bracket.found().reached ? 0 : kSafety[std::min(tries, kMostTries + 1)];
    int at = bracket.failing() + 1;
    while (at < bracket.reaching() && at <= range.high && expected(at) > -safety) ++at;
    if (at == bracket.reaching() && bracket.found().reached) break;  // nothing cheaper is expected to do
    if (bracket.ends_early(go_on)) break;
    at = tries > kMostTries ? range.high : std::min(at, range.high);
    bracket.add(at, measure(at));
  }
  return bracket.found();
}

double log_error(double ssim) {
  constexpr double kLeast = 1e-6;  // equal pictures have no logarithm
  return std::log(std::max(kLeast, 1 - ssim));
}

double ssim_miss(double ssim, double target) {
  return ssim >= target ? std::min(0.0, log_error(ssim) - log_error(target))
                        : std::max(1e-12, log_error(ssim) - log_error(target));
}

}  // namespace imgmill::plan
