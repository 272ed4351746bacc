// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pipeline/repeat.h"

#include <catch2/catch.hpp>

using namespace imgmill;
using pipeline::Job;
using pipeline::Outcome;

TEST_CASE("A job is done as often as asked for, and what came last has the others with it") {
  int calls = 0;
  const auto work = [&](const Job&) {
    Outcome outcome;
    outcome.total_ms = ++calls;
    return outcome;
  };
  const Outcome outcome = pipeline::repeat({}, 3, work);
  CHECK(calls == 3);
  CHECK(outcome.total_ms == 3);
  REQUIRE(outcome.earlier.size() == 2);
  CHECK(outcome.earlier[0].total_ms == 1);
  CHECK(outcome.earlier[1].total_ms == 2);
  CHECK(pipeline::repeat({}, 0, work).earlier.empty());
  CHECK(calls == 4);
}

TEST_CASE("What failed is not done again") {
  int calls = 0;
  const auto work = [&](const Job&) {
    Outcome outcome;
    if (++calls == 2) outcome.error = pipeline::Failure{};
    return outcome;
  };
  const Outcome outcome = pipeline::repeat({}, 5, work);
  CHECK(calls == 2);
  CHECK(outcome.error);
  CHECK(outcome.earlier.size() == 1);
}
