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
