// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/search.h"

#include <catch2/catch.hpp>
#include <set>
#include <vector>

#include "plan/fidelity.h"

using namespace imgmill;
using plan::Found;
using plan::search;

TEST_CASE("The first candidate that reaches the target is found, each tried once at most") {
  const std::vector<double> scores = {.90, .93, .95, .96, .97, .98, .99};
  for (std::size_t first = 0; first < scores.size(); ++first) {
    for (std::size_t wanted = 0; wanted < scores.size(); ++wanted) {
      std::set<std::size_t> tried;
      const Found found = search(scores.size(), first, scores[wanted] - .001, [&](std::size_t k) {
        CHECK(tried.insert(k).second);
        return scores[k];
      });
      CHECK(found.reached);
      CHECK(found.candidate == wanted);
      CHECK(found.tries == int(tried.size()));
      CHECK(found.tries <= 4);
    }
  }
}

TEST_CASE("Where none reaches the target, the closest that was tried is named") {
  const std::vector<double> scores = {.90, .93, .95};
  const Found found = search(scores.size(), 1, .99, [&](std::size_t k) { return scores[k]; });
  CHECK_FALSE(found.reached);
  CHECK(found.candidate == 2);
}

TEST_CASE("The scale of fidelity goes from coarse to close around what is given") {
  trace::TraceParams given;
  const std::vector<trace::TraceParams> scale = plan::fidelity_scale(given);
  CHECK(scale[plan::kAsGiven].length_threshold == given.length_threshold);
  CHECK(scale[plan::kAsGiven].layer_difference == given.layer_difference);
  for (std::size_t k = 1; k < scale.size(); ++k) {
    CHECK(scale[k].length_threshold < scale[k - 1].length_threshold + 1e-9);
    CHECK(scale[k].layer_difference < scale[k - 1].layer_difference);
  }
}
