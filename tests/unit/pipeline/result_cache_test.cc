// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pipeline/result_cache.h"

#include <catch2/catch.hpp>
#include <limits>

namespace imgmill::pipeline {
namespace {

cache::Key some_key() { return cache::Key(base::Digest{1, 2}); }

TEST_CASE("Facts: a note gives them back exactly") {
  Facts facts;
  CHECK(from_note(to_note(facts)) == facts);
  facts = {.width = 40,
           .height = 30,
           .quality = 77,
           .ssim = 0.1 + 0.2,
           .worst_block = 1.0 / 3,
           .psnr = std::numeric_limits<double>::infinity(),
           .reached = false,
           .is_original = true,
           .is_fallback = true,
           .engine = "photo",
           .warnings = {"first", "", "third = \n"}};
  CHECK(from_note(to_note(facts)) == facts);
  for (int i = 0; i < 20; ++i) facts.warnings.push_back(std::to_string(i));
  CHECK(from_note(to_note(facts)).warnings == facts.warnings);
}

TEST_CASE("Facts: what is no number stays at its default") {
  const Facts facts = from_note({{"width", "4x"}, {"ssim", ""}, {"quality", "1e3"}, {"unknown", "5"}});
  CHECK(facts == Facts());
}

TEST_CASE("ResultCache: makes once, then finds, with the same facts") {
  cache::LayeredStore store({});
  const ResultCache cache(store, {"tag"});
  base::StageClock clock;
  CHECK_FALSE(cache.find(some_key(), clock));
  const auto make = [] { return Fresh{{1, 2, 3}, {.width = 7, .ssim = 0.5}}; };
  const Result made = cache.make(some_key(), make, {}, clock);
  CHECK(made.tier.empty());
  const auto found = cache.find(some_key(), clock);
  REQUIRE(found);
  CHECK(found->tier == "memory");
  CHECK(found->value->bytes == base::Bytes{1, 2, 3});
  CHECK(found->value->tags == std::vector<std::string>{"tag"});
  CHECK(found->facts == made.facts);
  Output output{"a", "svg"};
  found->describe(output);
  CHECK(output.bytes == 3);
  CHECK(output.width == 7);
  CHECK(output.ssim == 0.5);
  CHECK(output.cache == "memory");
}

TEST_CASE("ResultCache: without a store or a key everything is made") {
  base::StageClock clock;
  int made = 0;
  const auto make = [&] {
    ++made;
    return Fresh{{9}, {.width = 1}};
  };
  const ResultCache none;
  CHECK_FALSE(none);
  CHECK(none.make(some_key(), make, {}, clock).facts.width == 1);
  cache::LayeredStore store({});
  CHECK(ResultCache(store, {}).make(std::nullopt, make, {}, clock).value->bytes == base::Bytes{9});
  CHECK(made == 2);
  CHECK(store.statistics().misses == 0);
}

}  // namespace
}  // namespace imgmill::pipeline
