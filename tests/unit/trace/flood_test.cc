// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/flood.h"

#include <catch2/catch.hpp>
#include <random>
#include <vector>

using namespace imgmill;

namespace {

// The pixels that are connected to one, one at a time.
std::vector<std::uint8_t> reached(const trace::Open& open, std::int32_t from) {
  std::vector<std::uint8_t> seen(open.at.size());
  std::vector<std::int32_t> next{from};
  while (!next.empty()) {
    const std::int32_t i = next.back(), x = i % open.width, y = i / open.width;
    next.pop_back();
    if (!open.at[i] || seen[i]) continue;
    seen[i] = 1;
    if (x > 0) next.push_back(i - 1);
    if (x + 1 < open.width) next.push_back(i + 1);
    if (y > 0) next.push_back(i - open.width);
    if (y + 1 < open.height) next.push_back(i + open.width);
  }
  return seen;
}

}  // namespace

TEST_CASE("A flood reaches what is connected, each pixel once, and closes it") {
  std::mt19937 random(11);
  for (int round = 0; round < 60; ++round) {
    const int width = 1 + static_cast<int>(random() % 40), height = 1 + static_cast<int>(random() % 30);
    trace::Open open{width, height, {}};
    for (int k = 0; k < width * height; ++k) open.at.push_back(random() % 10 < 6 ? 1 : 0);
    const auto from = static_cast<std::int32_t>(random() % open.at.size());
    const std::vector<std::uint8_t> expected = reached(open, from), before = open.at;
    std::vector<std::uint8_t> visited(open.at.size());
    trace::flood(open, from, [&](const trace::Run& run) {
      for (int x = run.begin; x < run.end; ++x) ++visited[run.y * width + x];
    });
    REQUIRE(visited == expected);
    for (std::size_t k = 0; k < before.size(); ++k) REQUIRE(open.at[k] == (expected[k] ? 0 : before[k]));
  }
}

TEST_CASE("A byte is found where it is first, or not at all") {
  const std::vector<std::uint8_t> bytes{0, 3, 1, 0, 1};
  CHECK(trace::find_byte(bytes.data(), 1, 5) == 2);
  CHECK(trace::find_byte(bytes.data(), 1, 2) == 2);
  CHECK(trace::find_byte(bytes.data(), 7, 5) == 5);
  CHECK(trace::find_byte(bytes.data(), 0, 0) == 0);
}
