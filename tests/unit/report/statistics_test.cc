// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/statistics.h"

#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

using namespace imgmill;

TEST_CASE("Figures of samples are those of NumPy and SciPy") {
  std::ifstream golden(IMGMILL_TEST_DATA "/statistics_golden.tsv");
  int samples = 0;
  for (std::string line; std::getline(golden, line); ++samples) {
    std::istringstream fields(line);
    std::string values;
    std::getline(fields, values, '\t');
    std::vector<double> sample;
    std::istringstream numbers(values);
    for (std::string value; std::getline(numbers, value, ',');) sample.push_back(std::stod(value));
    std::vector<double> wanted;
    for (double figure; fields >> figure;) wanted.push_back(figure);
    REQUIRE(wanted.size() == 10);
    INFO(line);
    std::vector<double> found = {report::mean(sample), report::median(sample)};
    for (const double q : {0.0, 0.05, 0.25, 0.75, 0.95, 1.0}) found.push_back(report::quantile(sample, q));
    found.push_back(report::standard_deviation(sample));
    found.push_back(report::relative_spread(sample));
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      INFO(i);
      CHECK(found[i] == Approx(wanted[i]).epsilon(1e-12).margin(1e-12));
    }
  }
  CHECK(samples == 8);
}

TEST_CASE("A sample of one value has no spread") {
  const std::vector<double> one = {7};
  CHECK(report::standard_deviation(one) == 0);
  CHECK(report::relative_spread(one) == 0);
  const std::vector<double> none_in_the_middle = {-1, 0, 1};
  CHECK(report::relative_spread(none_in_the_middle) == 0);
}

// Numbers of SciPy 1.10: stats.bootstrap (percentile, 200,000 resamples), stats.kendalltau (asymptotic), and
// stats.theilslopes.
TEST_CASE("Intervals and trends are those of SciPy") {
  const std::vector<double> times = {41.3, 38.9, 44.7, 40.2, 39.8, 52.6, 41.1, 43.0, 40.5, 47.9};
  const std::vector<double> rising = {1.0, 1.2, 1.1, 1.4, 1.3, 1.3, 1.6, 1.5, 1.7};
  const std::vector<double> falling = {5, 4, 3, 2, 1};
  constexpr int kMany = 40000;
  const report::Interval of_mean = report::bootstrap(times, report::mean, kMany);
  CHECK(of_mean.low == Approx(40.75).margin(0.05));
  CHECK(of_mean.high == Approx(45.76).margin(0.05));
  const report::Interval of_median = report::bootstrap(times, report::median, kMany);
  CHECK(of_median.low == Approx(40.15).margin(0.05));
  CHECK(of_median.high == Approx(45.45).margin(0.05));
  const report::Interval usual = report::bootstrap(times, report::mean);
  CHECK(usual.low == Approx(of_mean.low).margin(0.3));
  CHECK(usual.high == Approx(of_mean.high).margin(0.3));

  CHECK(report::trend_probability(times) == Approx(0.325179480098328));
  CHECK(report::trend_probability(rising) == Approx(0.004649433819808542));
  CHECK(report::trend_probability(falling) == Approx(0.014305878435429648));
  CHECK(report::trend_slope(times) == Approx(0.3));
  CHECK(report::trend_slope(rising) == Approx(0.07321428571428572));
  CHECK(report::trend_slope(falling) == Approx(-1));
}

TEST_CASE("What doesn't change has no trend") {
  const std::vector<double> equal = {1, 1, 1, 1};
  CHECK(report::trend_probability(equal) == 1);
  CHECK(report::trend_slope(equal) == 0);
  CHECK(report::trend_probability(std::vector<double>{1, 2, 3}) == 1);
  CHECK(report::trend_slope(std::vector<double>{7}) == 0);
}

TEST_CASE("The dice fall the same way every time, and on every side") {
  report::Dice one(1), other(1), third(2);
  std::vector<int> seen(6);
  bool differs = false;
  for (int i = 0; i < 600; ++i) {
    const std::size_t side = one.below(6);
    REQUIRE(side < 6);
    CHECK(side == other.below(6));
    differs = differs || side != third.below(6);
    ++seen[side];
  }
  CHECK(differs);
  for (const int count : seen) CHECK((count > 60 && count < 140));
}
