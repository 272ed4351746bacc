// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/runs.h"

#include <catch2/catch.hpp>
#include <cstdint>
#include <random>
#include <vector>

using namespace imgmill;

TEST_CASE("What is alike is counted up to the first difference, wherever that is") {
  for (const int size : {1, 2, 7, 8, 9, 17, 63, 64, 65, 80, 81, 300}) {
    const std::vector<std::int32_t> plain(static_cast<std::size_t>(size), -7);
    CHECK(trace::alike(plain.data(), plain.data(), size) == size);
    for (int at = 0; at < size; ++at) {
      std::vector<std::int32_t> other = plain;
      other[static_cast<std::size_t>(at)] ^= 1 << (at % 31);
      INFO("the difference at " << at << " of " << size);
      REQUIRE(trace::alike(plain.data(), other.data(), size) == at);
      REQUIRE(trace::alike(plain.data(), other.data(), at) == at);
    }
  }
  CHECK(trace::alike<std::int32_t>(nullptr, nullptr, 0) == 0);
}

TEST_CASE("What goes on along a row is told by the row and itself, one to the left") {
  std::mt19937 random(5);
  std::vector<std::int32_t> row;
  std::vector<int> runs;
  for (int k = 0; k < 200; ++k) {
    runs.push_back(1 + static_cast<int>(random() % (k % 10 == 0 ? 200 : 12)));
    row.insert(row.end(), static_cast<std::size_t>(runs.back()), k);
  }
  int x = 0;
  for (const int run : runs) {
    const int left = static_cast<int>(row.size()) - x;
    REQUIRE(1 + trace::alike(&row[x] + 1, &row[x], left - 1) == run);
    x += run;
  }
}

TEST_CASE("Each byte from 1 to some value is visited once, from the left") {
  std::mt19937 random(4);
  for (int size = 0; size < 100; ++size) {
    for (const unsigned one_in : {1U, 3U, 40U}) {
      std::vector<std::uint8_t> bytes;
      std::vector<int> ones, visited;
      for (int k = 0; k < size; ++k) {
        bytes.push_back(random() % one_in == 0 ? static_cast<std::uint8_t>(random() % 6) : random() % 2 * 255);
        if (bytes.back() >= 1 && bytes.back() <= 3) ones.push_back(k);
      }
      trace::each_from_1_to(3, bytes.data(), size, [&](int k) { visited.push_back(k); });
      REQUIRE(visited == ones);
    }
  }
}

TEST_CASE("Each byte that is zero is visited once, from the left") {
  std::mt19937 random(3);
  for (int size = 0; size < 40; ++size) {
    for (const unsigned one_in : {1U, 2U, 9U}) {
      std::vector<std::uint8_t> bytes;
      std::vector<int> zeros, visited;
      for (int k = 0; k < size; ++k) {
        bytes.push_back(random() % one_in == 0 ? 0 : 1);
        if (bytes.back() == 0) zeros.push_back(k);
      }
      trace::each_zero(bytes.data(), size, [&](int k) { visited.push_back(k); });
      REQUIRE(visited == zeros);
    }
  }
}
