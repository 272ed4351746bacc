// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Keys and values for the cache's tests, and a clock that stands still until it is told.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <random>

#include "cache/store.h"

namespace imgmill::test {

inline cache::Key key_of(std::uint64_t number) {
  base::Bytes bytes(sizeof number);
  for (std::uint8_t& byte : bytes) {
    byte = static_cast<std::uint8_t>(number);
    number >>= 8;
  }
  return cache::Key(base::digest(bytes));
}

inline base::Bytes noise(std::size_t size, unsigned seed = 1) {
  std::minstd_rand random(seed);
  base::Bytes bytes(size);
  for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random() >> 11);
  return bytes;
}

inline cache::ValuePtr value_of(base::Bytes bytes, std::vector<std::string> tags = {}, double compute_ms = 0) {
  return std::make_shared<const cache::Value>(
      cache::Value{.bytes = std::move(bytes), .note = {}, .tags = std::move(tags), .compute_ms = compute_ms});
}

// Copies of `now()` read the same clock. It starts at the real time, so that files written now are new.
class TestClock {
 public:
  cache::Now now() const {
    return [time = time_] { return *time; };
  }
  void advance(std::chrono::seconds by) { *time_ += by; }

 private:
  std::shared_ptr<cache::TimePoint> time_ = std::make_shared<cache::TimePoint>(std::chrono::system_clock::now());
};

}  // namespace imgmill::test
