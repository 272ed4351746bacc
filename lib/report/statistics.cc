// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/statistics.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <numeric>

namespace imgmill::report {

double mean(std::span<const double> sample) {
  return std::accumulate(sample.begin(), sample.end(), 0.0) / static_cast<double>(sample.size());
}

double quantile(std::span<const double> sample, double q) {
  std::vector<double> sorted(sample.begin(), sample.end());
  std::sort(sorted.begin(), sorted.end());
  const double place = static_cast<double>(sorted.size() - 1) * std::clamp(q, 0.0, 1.0);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return std::lerp(sorted[below], sorted[above], place - static_cast<double>(below));
}

double median(std::span<const double> sample) { return quantile(sample, 0.5); }

double standard_deviation(std::span<const double> sample) {
  if (sample.size() < 2) return 0;
  const double middle = mean(sample);
  double squares = 0;
  for (const double value : sample) squares += (value - middle) * (value - middle);
  return std::sqrt(squares / static_cast<double>(sample.size() - 1));
}

double relative_spread(std::span<const double> sample) {
  const double middle = median(sample);
  return middle == 0 ? 0 : (quantile(sample, 0.75) - quantile(sample, 0.25)) / middle;
}

std::size_t Dice::below(std::size_t bound) {
  state_ += 0x9E3779B97F4A7C15U;
  std::uint64_t z = state_;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
  z ^= z >> 31;
  return static_cast<std::size_t>(((z >> 32) * bound) >> 32);
}

Interval bootstrap(const std::function<double(Dice&)>& draw, int resamples) {
  constexpr double kTail = 0.025;
  Dice dice(1);
  std::vector<double> values(static_cast<std::size_t>(resamples));
  for (double& value : values) value = draw(dice);
  return {quantile(values, kTail), quantile(values, 1 - kTail)};
}

Interval bootstrap(std::span<const double> sample, Statistic statistic, int resamples) {
  std::vector<double> resample(sample.size());
  return bootstrap(
      [&](Dice& dice) {
        for (double& value : resample) value = sample[dice.below(sample.size())];
        return statistic(resample);
      },
      resamples);
}

double trend_probability(std::span<const double> sample) {
  constexpr std::size_t kLeast = 4;
  if (sample.size() < kLeast) return 1;
  double s = 0;
  std::map<double, double> ties;
  for (std::size_t i = 0; i < sample.size(); ++i) {
    ++ties[sample[i]];
    for (std::size_t j = i + 1; j < sample.size(); ++j) s += (sample[j] > sample[i]) - (sample[j] < sample[i]);
  }
  const auto spread = [](double n) { return n * (n - 1) * (2 * n + 5) / 18; };
  double variance = spread(static_cast<double>(sample.size()));
  for (const auto& [value, count] : ties) variance -= spread(count);
  if (variance <= 0 || s == 0) return 1;
  return std::erfc(std::abs(s) / std::sqrt(2 * variance));
}

double trend_slope(std::span<const double> sample) {
  std::vector<double> slopes;
  for (std::size_t i = 0; i < sample.size(); ++i) {
    for (std::size_t j = i + 1; j < sample.size(); ++j) {
      slopes.push_back((sample[j] - sample[i]) / static_cast<double>(j - i));
    }
  }
  return slopes.empty() ? 0 : median(slopes);
}

}  // namespace imgmill::report
