// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The usual figures of a sample. Pure functions; a sample has at least one value (two for what measures how it varies,
// which is 0 for one), all of them finite.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace imgmill::report {

double mean(std::span<const double> sample);

// The value below which the part `q` of 0–1 lies: between the two nearest of the sorted values at (n − 1)·q in
// proportion, as numpy.quantile and R's type 7 do.
double quantile(std::span<const double> sample, double q);
double median(std::span<const double> sample);

// Of the population that the sample stands for: over n − 1.
double standard_deviation(std::span<const double> sample);

// How far apart the middle half lies, as a part of the median: what a few odd values do not move. 0 where the median
// is.
double relative_spread(std::span<const double> sample);

struct Interval {
  double low = 0, high = 0;
};

// Numbers as if thrown by dice, the same ones every time. Any seed will do; the generator is SplitMix64 (Steele, Lea,
// Flood 2014).
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}
  std::size_t below(std::size_t bound);  // 0 … bound − 1, bound > 0

 private:
  std::uint64_t state_;
};

// Where 95 of 100 values of `draw` lie, which gives a statistic of a resample (with replacement, as Efron's bootstrap
// has it) each time: the percentile interval.
Interval bootstrap(const std::function<double(Dice&)>& draw, int resamples = 2000);

// The same for a statistic of one sample whose values are all alike.
using Statistic = double (*)(std::span<const double>);
Interval bootstrap(std::span<const double> sample, Statistic statistic, int resamples = 2000);

// Whether values rise or fall in the order in which they came (Mann 1945, Kendall): the two-sided probability that
// chance alone gives as much, by the normal approximation with the variance for ties, as scipy.stats.kendalltau has it
// with method="asymptotic". 1 for fewer than four values.
double trend_probability(std::span<const double> sample);

// The median of the slopes between all pairs (Theil 1950, Sen 1968): what a few odd values do not move; a step is from
// one value to the next. 0 for one value.
double trend_slope(std::span<const double> sample);

}  // namespace imgmill::report
