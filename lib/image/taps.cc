// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "image/taps.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace imgmill::image {

namespace {

constexpr double kLobes = 3;

// Of the sine's series from the eleventh term, which is beyond a double's precision for |t| ≤ π/2, down to the second.
constexpr std::array<double, 10> kSeries = [] {
  std::array<double, 10> factors{};
  double factor = 1;
  for (int i = 1; i <= 10; ++i) {
    factor /= -2.0 * i * (2 * i + 1);
    factors[10 - i] = factor;
  }
  return factors;
}();

// sin(πx) for 0 ≤ x ≤ kLobes by its series: additions and multiplications only, which all machines do alike, where
// the sines of their mathematical libraries differ in the last bit.
double sine_of_turns(double x) {
  const int whole = static_cast<int>(x + 0.5);
  const double t = std::numbers::pi * (x - whole), square = t * t;
  double sum = 0;
  for (const double factor : kSeries) sum = (sum + factor) * square;
  sum = t + t * sum;
  return whole % 2 == 0 ? sum : -sum;
}

double lanczos(double x) {
  x = std::abs(x);
  if (x == 0) return 1;
  if (x >= kLobes) return 0;
  const double t = std::numbers::pi * x;
  return kLobes * sine_of_turns(x) * sine_of_turns(x / kLobes) / (t * t);
}

}  // namespace

Taps::Taps(int from, int to) : start_{0} {
  const double ratio = static_cast<double>(from) / to;
  const double support = kLobes * ratio;
  std::vector<double> curve;
  for (int i = 0; i < to; ++i) {
    const double center = (i + 0.5) * ratio - 0.5;  // where sample j stands at j
    const int first = std::max(0, static_cast<int>(std::ceil(center - support)));
    const int last = std::min(from - 1, static_cast<int>(std::floor(center + support)));
    curve.clear();
    double sum = 0;
    for (int j = first; j <= last; ++j) {
      curve.push_back(lanczos((j - center) / ratio));
      sum += curve.back();
    }
    first_.push_back(first / 2);
    if (first % 2 != 0) weights_.push_back(0);
    // The running sum is what is rounded, so that the weights add up however small they are.
    double running = 0, rounded = 0;
    for (const double weight : curve) {
      running += weight / sum * kUnit;
      const double next = std::floor(running + 0.5);
      weights_.push_back(static_cast<std::int16_t>(next - rounded));
      rounded = next;
    }
    if (weights_.size() % 2 != 0) weights_.push_back(0);
    start_.push_back(static_cast<int>(weights_.size()));
  }
}

}  // namespace imgmill::image
