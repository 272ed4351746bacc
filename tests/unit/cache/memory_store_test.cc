// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cache/memory_store.h"

#include <catch2/catch.hpp>
#include <thread>

#include "cache/sample_values.h"

namespace imgmill {
namespace {

using base::Bytes;
using cache::MemoryStore;
using test::key_of;
using test::noise;
using test::value_of;
using namespace std::chrono_literals;

// What a value of `size` bytes takes in memory.
std::uint64_t taken(std::size_t size) {
  MemoryStore store;
  store.put(key_of(1), value_of(Bytes(size)));
  return store.amount().bytes;
}

TEST_CASE("MemoryStore: keeps, shares, replaces, removes") {
  MemoryStore store;
  CHECK_FALSE(store.get(key_of(1)));
  const auto value = value_of(noise(100), {}, 2.5);
  CHECK(store.put(key_of(1), value));
  CHECK(store.get(key_of(1)) == value);
  CHECK_FALSE(store.get(key_of(2)));
  const auto other = value_of(noise(200));
  CHECK(store.put(key_of(1), other));
  CHECK(store.get(key_of(1)) == other);
  CHECK(store.amount() == cache::Amount{1, taken(200)});
  store.remove(key_of(1));
  CHECK_FALSE(store.get(key_of(1)));
  CHECK(store.amount() == cache::Amount{});
  CHECK_FALSE(store.put(key_of(3), nullptr));
}

TEST_CASE("MemoryStore: counts") {
  MemoryStore store;
  const auto value = value_of(noise(100), {}, 2.5);
  store.get(key_of(1));
  store.get_again(key_of(1));
  store.put(key_of(1), value);
  store.get(key_of(1));
  store.get_again(key_of(1));
  const cache::TierCounts counts = store.counts();
  CHECK(counts.misses == 1);
  CHECK(counts.hits == 2);
  CHECK(counts.stores == 1);
  CHECK(counts.errors == 0);
  CHECK(counts.bytes_written == taken(100));
  CHECK(counts.bytes_read == 2 * taken(100));
  CHECK(counts.saved_microseconds == 5000);
}

TEST_CASE("MemoryStore: the least recently used goes first, by bytes") {
  MemoryStore store({.max_bytes = 3 * taken(1000), .max_entries = 100, .ttl = 1h});
  for (const unsigned i : {1, 2, 3}) store.put(key_of(i), value_of(Bytes(1000)));
  store.get(key_of(1));
  store.put(key_of(4), value_of(Bytes(1000)));
  CHECK(store.amount().entries == 3);
  CHECK_FALSE(store.get(key_of(2)));
  for (const unsigned i : {1, 3, 4}) CHECK(store.get(key_of(i)));
  CHECK_FALSE(store.put(key_of(5), value_of(Bytes(10000))));
  CHECK(store.amount().entries == 3);
}

TEST_CASE("MemoryStore: the least recently used goes first, by count") {
  MemoryStore store({.max_bytes = 1 << 20, .max_entries = 2, .ttl = 1h});
  for (const unsigned i : {1, 2, 3}) store.put(key_of(i), value_of(Bytes(10)));
  CHECK(store.amount().entries == 2);
  CHECK_FALSE(store.get(key_of(1)));
  CHECK(store.get(key_of(2)));
  MemoryStore none({.max_bytes = 1 << 20, .max_entries = 0, .ttl = 1h});
  CHECK_FALSE(none.put(key_of(1), value_of(Bytes(10))));
}

TEST_CASE("MemoryStore: what can't be kept doesn't leave the old value behind") {
  MemoryStore store({.max_bytes = 1000, .max_entries = 2, .ttl = 1h});
  store.put(key_of(1), value_of(Bytes(10)));
  CHECK_FALSE(store.put(key_of(1), value_of(Bytes(2000))));
  CHECK_FALSE(store.get(key_of(1)));
}

TEST_CASE("MemoryStore: expires an hour after the last use") {
  test::TestClock clock;
  MemoryStore store(MemoryStore::Limits(), clock.now());
  store.put(key_of(1), value_of(Bytes(10)));
  store.put(key_of(2), value_of(Bytes(10)));
  clock.advance(50min);
  CHECK(store.get(key_of(1)));
  clock.advance(11min);
  CHECK(store.get(key_of(1)));
  CHECK_FALSE(store.get(key_of(2)));
  clock.advance(61min);
  CHECK_FALSE(store.get(key_of(1)));
  CHECK(store.amount() == cache::Amount{});
}

TEST_CASE("MemoryStore: prune by tag, by age, by both, by size") {
  test::TestClock clock;
  MemoryStore store(MemoryStore::Limits(), clock.now());
  store.put(key_of(1), value_of(Bytes(10), {"a", "b"}));
  store.put(key_of(2), value_of(Bytes(10), {"b"}));
  clock.advance(10min);
  store.put(key_of(3), value_of(Bytes(10), {"b"}));
  store.put(key_of(4), value_of(Bytes(10)));
  CHECK(store.prune({}).entries == 0);
  CHECK(store.prune({.older_than = std::chrono::seconds::max()}).entries == 0);
  CHECK(store.prune({.older_than = 5min, .tag = "a"}).entries == 1);
  CHECK_FALSE(store.get(key_of(1)));
  CHECK(store.prune({.tag = "b"}).entries == 2);
  CHECK(store.get(key_of(4)));
  store.put(key_of(5), value_of(Bytes(10)));
  clock.advance(1s);
  const std::uint64_t one = taken(10);
  CHECK(store.prune({.max_bytes = one}) == cache::Amount{1, one});
  CHECK(store.get(key_of(5)));
  CHECK(store.clear() == cache::Amount{1, one});
  CHECK(store.amount() == cache::Amount{});
}

TEST_CASE("MemoryStore: many threads") {
  MemoryStore store({.max_bytes = 20000, .max_entries = 20, .ttl = 1h});
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (unsigned t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (unsigned i = 0; i < 2000; ++i) {
        const unsigned number = (i * 7 + t) % 50;
        if (const auto found = store.get(key_of(number)); found && found->bytes != Bytes(number + 1, 1)) ++wrong;
        store.put(key_of(number), value_of(Bytes(number + 1, 1)));
        if (i % 100 == 0) store.remove(key_of(number));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong == 0);
  CHECK(store.amount().entries <= 20);
}

}  // namespace
}  // namespace imgmill
