// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/statistics.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <vector>

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

}  // namespace imgmill::report
