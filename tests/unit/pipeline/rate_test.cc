// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pipeline/rate.h"

#include <catch2/catch.hpp>
#include <chrono>

using namespace imgmill;
using namespace std::chrono_literals;
using pipeline::Rate;

namespace {

// How many start within `span` when whoever may start does.
int starts_in(double per_second, std::chrono::milliseconds span) {
  Rate::Time now{};
  const Rate::Time end = now + span;
  Rate rate(per_second, now);
  int starts = 0;
  while (now < end) {
    const Rate::Time next = rate.next(now);
    if (next <= now) {
      rate.take();
      ++starts;
    } else {
      now = next;
    }
  }
  return starts;
}

}  // namespace

TEST_CASE("a rate bounds the starts of any span to a second's and what the span brings") {
  CHECK(starts_in(5, 1ms) == 5);
  CHECK(starts_in(5, 10s) == 5 + 50 - 1);  // the end itself is not in the span
  CHECK(starts_in(0.5, 20s) == 1 + 10 - 1);
  CHECK(starts_in(1000, 1s) == 1000 + 1000 - 1);
}

TEST_CASE("tokens that nobody takes are not saved up for longer than a second") {
  Rate::Time now{};
  Rate rate(3, now);
  now += 1h;
  for (int i = 0; i < 3; ++i) {
    CHECK(rate.next(now) <= now);
    rate.take();
  }
  CHECK(rate.next(now) > now);
  CHECK(rate.next(now) <= now + 334ms);
}

TEST_CASE("no rate, no bound") {
  Rate rate(0, {});
  for (int i = 0; i < 1000; ++i) {
    CHECK(rate.next({}) <= Rate::Time{});
    rate.take();
  }
}
