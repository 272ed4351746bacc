// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cache/statistics.h"

#include <catch2/catch.hpp>
#include <cmath>

namespace imgmill {
namespace {

using cache::Statistics;
using cache::Tier;

Statistics sample(std::uint64_t factor) {
  Statistics statistics;
  statistics.hits = 3 * factor;
  statistics.misses = 1 * factor;
  statistics.saved_microseconds = 1500 * factor;
  std::uint64_t count = 0;
  for (const Tier tier : cache::kTiers) {
    for (const auto& name : cache::kCountNames) statistics.of(tier).*name.member = ++count * factor;
  }
  return statistics;
}

TEST_CASE("Statistics: to names and back, every count of its own") {
  const auto names = to_names(sample(1));
  CHECK(names.size() == 3 * 7 + 3);
  CHECK(names.at("memory.hits") == 1);
  CHECK(names.at("redis.saved_microseconds") == 21);
  CHECK(names.at("cache.hits") == 3);
  CHECK(cache::from_names(names) == sample(1));
  CHECK(to_names(Statistics()).empty());
  CHECK(cache::from_names({{"disk.hits", 4}, {"disk.unheard", 5}}).of(Tier::disk).hits == 4);
}

TEST_CASE("Statistics: differences, rates, times") {
  CHECK(sample(5) - sample(3) == sample(2));
  CHECK(sample(1).hit_rate() == 0.75);
  CHECK(Statistics().hit_rate() == 0);
  CHECK(sample(1).saved_ms() == 1.5);
  CHECK(cache::to_microseconds(1.5) == 1500);
  CHECK(cache::to_microseconds(-1) == 0);
  CHECK(cache::to_microseconds(std::nan("")) == 0);
}

}  // namespace
}  // namespace imgmill
