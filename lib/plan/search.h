// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The one search to a target, for tracing and compression alike: over candidates that come closer, and cost more, from
// the first to the last. Each measurement is costly (a whole encode or tracing), so a forecast may say beforehand what
// to expect; what is measured corrects it.
#pragma once

#include <functional>

namespace imgmill::plan {

// How far a candidate is from the target: ≤ 0 where it is reached, falling from candidate to candidate but for noise.
using Miss = std::function<double(int)>;

struct Range {
  int low = 0, high = 0;  // inclusive
};

struct Found {
  int candidate = 0;     // the first that reaches the target, as far as is known; where none does, the closest
  bool reached = false;  // measured, not expected
  int tries = 0;
  bool cut_short = false;  // there was more to try
};

// Asked before each try but the first: false ends the search with what it has.
using GoOn = std::function<bool()>;
inline bool always() { return true; }

// Bisects from `first` on: about log2(high - low + 1) + 1 tries. Each candidate is measured once at most.
// Deterministic. Where misses are noisy, the candidate found still reaches the target, though a cheaper one may too.
Found search(Range range, int first, const Miss& measure, const GoOn& go_on = always);

// With a forecast, which needs to be right about the slope more than about the height: each measurement shifts it, and
// the search ends when the target is reached closely, or the next cheaper candidate is expected to fail. Two tries are
// usual, four the most where the forecast is any good (else the last candidate of all is the sixth). `close_enough` is
// the miss, as a positive number, that ends it.
inline constexpr double kCloseEnough = 0.03;  // about a step of most quality scales, a hundredth of the bytes
Found search(Range range, const Miss& forecast, const Miss& measure, double close_enough = kCloseEnough,
             const GoOn& go_on = always);

// log(1 - SSIM), of which no less than that of .999999 is told apart.
double log_error(double ssim);

// The miss of an SSIM, in which quality scales are nearly straight lines: the logarithm of 1 - SSIM over 1 - target.
double ssim_miss(double ssim, double target);

}  // namespace imgmill::plan
