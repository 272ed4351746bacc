// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/search.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <set>
#include <vector>

#include "plan/fidelity.h"

using namespace imgmill;
using plan::Found;
using plan::search;

TEST_CASE("The first candidate that reaches the target is found, each tried once at most") {
  const std::vector<double> scores = {.90, .93, .95, .96, .97, .98, .99};
  for (int first = 0; first < int(scores.size()); ++first) {
    for (std::size_t wanted = 0; wanted < scores.size(); ++wanted) {
      std::set<int> tried;
      const Found found = search({0, 6}, first, [&](int k) {
        CHECK(tried.insert(k).second);
        return plan::ssim_miss(scores[std::size_t(k)], scores[wanted] - .001);
      });
      CHECK(found.reached);
      CHECK(found.candidate == int(wanted));
      CHECK(found.tries == int(tried.size()));
      CHECK(found.tries <= 4);
    }
  }
}

TEST_CASE("Where none reaches the target, the closest that was tried is named") {
  const std::vector<double> scores = {.90, .93, .95};
  const auto miss = [&](int k) { return plan::ssim_miss(scores[std::size_t(k)], .99); };
  for (const Found& found : {search({0, 2}, 1, miss), search(
                                                          {0, 2}, [](int k) { return 2.0 - k; }, miss)}) {
    CHECK_FALSE(found.reached);
    CHECK(found.candidate == 2);
  }
}

namespace {

// Quality scales as encoders have them: falling, steeper towards the end, with a little noise that is always the same.
double encoder_miss(int quality, double height, double noise) {
  const double q = quality;
  return height - 0.02 * q - 0.0001 * q * q + noise * std::sin(q * 12.9898);
}

}  // namespace

TEST_CASE("With a forecast two tries are usual, and what is found was measured to reach the target") {
  int searches = 0, tries = 0;
  for (double height = 0.1; height < 2.9; height += 0.05) {
    for (const double shift : {-0.3, -0.1, 0.0, 0.1, 0.3}) {
      std::set<int> tried;
      const auto forecast = [&](int k) { return encoder_miss(k, height + shift, 0) * 0.95; };
      const Found found = search({0, 100}, forecast, [&](int k) {
        CHECK(tried.insert(k).second);
        return encoder_miss(k, height, 0.01);
      });
      REQUIRE(found.reached);
      CHECK(encoder_miss(found.candidate, height, 0.01) <= 0);
      CHECK(found.tries == int(tried.size()));
      CHECK(found.tries <= 4);
      // No more than two steps above the cheapest that would have done.
      int cheapest = 0;
      while (encoder_miss(cheapest, height, 0.01) > 0) ++cheapest;
      CHECK(found.candidate <= cheapest + 2);
      ++searches;
      tries += found.tries;
    }
  }
  CHECK(tries <= 2.5 * searches);
}

TEST_CASE("A forecast that is all wrong costs tries, never the target") {
  const auto miss = [](int k) { return k >= 99 ? -0.5 : 1.0; };
  const Found found = search(
      {0, 100}, [](int k) { return 0.5 - k; }, miss);
  CHECK(found.reached);
  CHECK(found.candidate >= 99);
  CHECK(found.tries <= 6);
}

TEST_CASE("What cannot be reached is known after one try of the last candidate") {
  const Found found = search(
      {0, 100}, [](int k) { return 2 - 0.01 * k; }, [](int k) { return 2 - 0.01 * k; });
  CHECK_FALSE(found.reached);
  CHECK(found.candidate == 100);
  CHECK(found.tries == 1);
}

TEST_CASE("A single candidate is tried once") {
  CHECK(search(
            {7, 7}, [](int) { return 0.0; }, [](int) { return -1.0; })
            .candidate == 7);
  CHECK(search({7, 7}, 7, [](int) { return 1.0; }).tries == 1);
}

TEST_CASE("The scale of fidelity goes from coarse to close around what is given") {
  trace::TraceParams given;
  const std::vector<trace::TraceParams> scale = plan::fidelity_scale(given);
  CHECK(scale[plan::kAsGiven].length_threshold == given.length_threshold);
  CHECK(scale[plan::kAsGiven].layer_difference == given.layer_difference);
  CHECK(scale[plan::kAsGiven].color_precision == given.color_precision);
  CHECK(scale[plan::kAsGiven].path_precision == given.path_precision);
  for (std::size_t k = 1; k < scale.size(); ++k) {
    CHECK(scale[k].length_threshold < scale[k - 1].length_threshold + 1e-9);
    CHECK(scale[k].layer_difference <= scale[k - 1].layer_difference);
    CHECK((scale[k].layer_difference < scale[k - 1].layer_difference ||
           scale[k].color_precision > scale[k - 1].color_precision));
    CHECK(scale[k].color_precision >= scale[k - 1].color_precision);
    CHECK(scale[k].path_precision >= scale[k - 1].path_precision);
  }
  CHECK(scale.front().color_precision < given.color_precision);
  CHECK(scale.back().color_precision == given.color_precision);
}

TEST_CASE("A search that may not go on ends with the best so far, after one try at least") {
  const auto miss = [](int k) { return 5.5 - k; };
  int asked = 0;
  const auto twice = [&] { return ++asked <= 1; };
  const auto never = [] { return false; };
  const Found found = search({0, 10}, 2, miss, twice);
  CHECK(found.tries == 2);
  CHECK(found.cut_short);
  CHECK(found.candidate == 6);  // 2 failed, then the middle of what is left was reached
  CHECK(found.reached);
  const Found first = search({0, 10}, 2, miss, never);
  CHECK(first.candidate == 2);
  CHECK(first.cut_short);
  CHECK_FALSE(first.reached);
  const auto forecast = [](int k) { return 3.5 - k; };
  const Found guided = search({0, 10}, forecast, miss, plan::kCloseEnough, never);
  CHECK(guided.tries == 1);
  CHECK(guided.cut_short);
  CHECK_FALSE(guided.reached);
  // What has come to its end is not cut short.
  CHECK_FALSE(search({0, 10}, 2, miss).cut_short);
  CHECK_FALSE(search({7, 7}, 7, miss, never).cut_short);
}
