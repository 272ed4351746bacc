// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cache/redis_store.h"

#include <catch2/catch.hpp>
#include <thread>

#include "cache/child_process.h"
#include "cache/redis_server.h"
#include "cache/sample_values.h"

namespace imgmill {
namespace {

using cache::Amount;
using cache::RedisCommand;
using cache::RedisConnection;
using cache::RedisReply;
using cache::RedisStore;
using test::key_of;
using test::noise;
using test::RedisServer;
using test::value_of;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

// Patient, since the machine that runs the tests may be busy.
RedisStore::Options patient() {
  RedisStore::Options options;
  options.timeout = 10s;
  return options;
}

RedisReply ask(const RedisServer& server, RedisCommand command) {
  return RedisConnection(server.url(), 10s).run(std::span(&command, 1)).front();
}

std::string entry_name(unsigned number) { return "imgmill:1:e:" + key_of(number).hex(); }
std::string lease_name(unsigned number) { return "imgmill:1:l:" + key_of(number).hex(); }

void await(const std::function<bool()>& condition) {
  const auto end = Clock::now() + 30s;
  while (!condition() && Clock::now() < end) std::this_thread::sleep_for(5ms);
  CHECK(condition());
}

TEST_CASE("RedisStore: keeps what another one reads, replaces, removes") {
  const RedisServer server;
  RedisStore store(server.url(), patient()), other(server.url(), patient());
  const auto value = std::make_shared<const cache::Value>(
      cache::Value{.bytes = noise(500000), .note = {{"ssim", "0.9"}}, .tags = {"a", "b"}, .compute_ms = 3.5});
  CHECK_FALSE(other.get(key_of(1)));
  CHECK(store.put(key_of(1), value));
  const auto found = other.get(key_of(1));
  REQUIRE(found);
  CHECK(found->bytes == value->bytes);
  CHECK(found->note == value->note);
  CHECK(found->tags == value->tags);
  CHECK(found->compute_ms == 3.5);
  CHECK(store.put(key_of(1), value_of(noise(10))));
  CHECK(other.get(key_of(1))->bytes == noise(10));
  CHECK(store.put(key_of(2), value_of({})));
  REQUIRE(other.get(key_of(2)));
  CHECK(other.get(key_of(2))->bytes.empty());
  CHECK(other.amount().entries == 2);
  other.remove(key_of(1));
  CHECK_FALSE(store.get(key_of(1)));
  const cache::TierCounts counts = other.counts();
  CHECK(counts.hits == 4);
  CHECK(counts.misses == 1);
  CHECK(counts.errors == 0);
  CHECK(other.take_warnings().empty());
}

TEST_CASE("RedisStore: databases of one server are apart") {
  const RedisServer server;
  cache::RedisUrl third = server.url();
  third.database = 3;
  RedisStore store(server.url(), patient()), other(third, patient());
  store.put(key_of(1), value_of(noise(10)));
  CHECK_FALSE(other.get(key_of(1)));
  CHECK(other.clear() == Amount{});
  CHECK(store.get(key_of(1)));
}

TEST_CASE("RedisStore: entries expire by themselves") {
  const RedisServer server;
  RedisStore usual(server.url(), patient());
  usual.put(key_of(1), value_of(noise(10), {"tag"}));
  constexpr std::int64_t kWeek = 7 * 24 * 3600, kMinute = 60;
  for (const std::string& name : {entry_name(1), std::string("imgmill:1:t:tag")}) {
    const std::int64_t left = ask(server, {"TTL", name}).number;
    CHECK(left <= kWeek);
    CHECK(left > kWeek - kMinute);
  }
  RedisStore::Options brief = patient();
  brief.ttl = 1s;
  RedisStore store(server.url(), brief);
  store.put(key_of(2), value_of(noise(10)));
  await([&] { return !store.get(key_of(2)); });
  CHECK(store.counts().errors == 0);
  CHECK(usual.get(key_of(1)));
}

TEST_CASE("RedisStore: a value too large for it isn't sent") {
  const RedisServer server;
  RedisStore::Options options = patient();
  options.max_value_bytes = 1000;
  RedisStore store(server.url(), options);
  CHECK_FALSE(store.put(key_of(1), value_of(noise(1001))));
  CHECK(store.put(key_of(1), value_of(noise(500))));
  CHECK(store.counts().errors == 0);
}

TEST_CASE("RedisStore: a damaged entry is a miss, one warning, and whole after the next put") {
  const RedisServer server;
  RedisStore store(server.url(), patient());
  for (const unsigned i : {1, 2}) store.put(key_of(i), value_of(noise(500, i)));
  ask(server, {"SETRANGE", entry_name(1), "300", "damage"});
  ask(server, {"SET", entry_name(2), ""});
  CHECK_FALSE(store.get(key_of(1)));
  CHECK_FALSE(store.get(key_of(2)));
  const auto warnings = store.take_warnings();
  REQUIRE(warnings.size() == 1);
  CHECK(warnings[0].find("damaged") != std::string::npos);
  CHECK(store.counts().errors == 2);
  CHECK(store.put(key_of(1), value_of(noise(500))));
  CHECK(store.get(key_of(1)));
}

TEST_CASE("RedisStore: something else under an entry's name is a miss") {
  const RedisServer server;
  RedisStore store(server.url(), patient());
  ask(server, {"LPUSH", entry_name(1), "x"});
  CHECK_FALSE(store.get(key_of(1)));
  CHECK(store.take_warnings().size() == 1);
  CHECK(store.put(key_of(1), value_of(noise(5))));
  CHECK(store.get(key_of(1)));
}

TEST_CASE("RedisStore: a refusing server is misses and one warning") {
  const RedisServer server;
  ask(server, {"CONFIG", "SET", "requirepass", "secret"});
  RedisStore store(server.url(), patient());
  for (unsigned i = 0; i < 5; ++i) {
    CHECK_FALSE(store.get(key_of(i)));
    CHECK_FALSE(store.put(key_of(i), value_of(noise(5))));
    CHECK(store.try_lease(key_of(i)));
  }
  CHECK(store.take_warnings().size() == 1);
  cache::RedisUrl right = server.url(), wrong = server.url();
  right.password = "secret";
  wrong.password = "guess";
  RedisStore known(right, patient()), unknown(wrong, patient());
  CHECK(known.put(key_of(1), value_of(noise(5))));
  for (unsigned i = 0; i < 5; ++i) CHECK_FALSE(unknown.put(key_of(i), value_of(noise(5))));
  const auto warnings = unknown.take_warnings();
  REQUIRE(warnings.size() == 1);
  CHECK(warnings[0].find("guess") == std::string::npos);
}

TEST_CASE("RedisStore: no server is a pause after three failures, and one warning") {
  cache::RedisUrl nowhere{.host = "127.0.0.1", .port = test::free_port()};
  const test::TestClock clock;
  RedisStore store(nowhere, patient(), clock.now());
  for (unsigned i = 0; i < 10; ++i) CHECK_FALSE(store.get(key_of(i)));
  CHECK(store.counts().errors == 3);
  CHECK(store.counts().misses == 10);
  const auto warnings = store.take_warnings();
  REQUIRE(warnings.size() == 1);
  CHECK(warnings[0] == "Redis at " + nowhere.place() + ": connection refused; going on without it");
}

TEST_CASE("RedisStore: after the pause it tries again, and pauses twice as long where that fails") {
  RedisServer server;
  test::TestClock clock;
  RedisStore store(server.url(), patient(), clock.now());
  CHECK(store.put(key_of(1), value_of(noise(5))));
  server.stop();
  for (unsigned i = 0; i < 5; ++i) CHECK_FALSE(store.get(key_of(1)));
  CHECK(store.counts().errors == 3);
  clock.advance(31s);
  for (unsigned i = 0; i < 5; ++i) CHECK_FALSE(store.get(key_of(1)));
  CHECK(store.counts().errors == 4);
  clock.advance(31s);
  for (unsigned i = 0; i < 5; ++i) CHECK_FALSE(store.get(key_of(1)));
  CHECK(store.counts().errors == 4);
  server.start();
  clock.advance(30s);
  CHECK(store.put(key_of(1), value_of(noise(5))));
  CHECK(store.get(key_of(1)));
  CHECK(store.counts().errors == 4);
  CHECK(store.take_warnings().size() == 1);
}

TEST_CASE("RedisStore: a restart between two commands goes unnoticed") {
  RedisServer server;
  RedisStore store(server.url(), patient());
  CHECK(store.put(key_of(1), value_of(noise(5))));
  server.stop();
  server.start();
  CHECK_FALSE(store.get(key_of(1)));
  CHECK(store.put(key_of(1), value_of(noise(5))));
  CHECK(store.get(key_of(1)));
  CHECK(store.counts().errors == 0);
  CHECK(store.take_warnings().empty());
}

TEST_CASE("RedisStore: a server that hangs costs three times the timeout, then nothing") {
  const RedisServer server;
  server.freeze();
  RedisStore store(server.url());
  const auto start = Clock::now();
  for (unsigned i = 0; i < 1000; ++i) CHECK_FALSE(store.get(key_of(i)));
  CHECK(Clock::now() - start < 20s);  // 1000 timeouts of 50 ms would take 50
  CHECK(store.counts().errors == 3);
  const auto warnings = store.take_warnings();
  REQUIRE(warnings.size() == 1);
  CHECK(warnings[0].find("no answer in time") != std::string::npos);
}

TEST_CASE("RedisStore: one holder of a lease at a time") {
  const RedisServer server;
  RedisStore store(server.url(), patient()), other(server.url(), patient());
  auto lease = store.try_lease(key_of(1));
  REQUIRE(lease);
  CHECK_FALSE(other.try_lease(key_of(1)));
  CHECK_FALSE(store.try_lease(key_of(1)));
  CHECK(other.try_lease(key_of(2)));
  lease.reset();
  CHECK(other.try_lease(key_of(1)));
  CHECK(ask(server, {"EXISTS", lease_name(1)}).number == 0);
}

TEST_CASE("RedisStore: a lease is renewed as long as it is held") {
  const RedisServer server;
  RedisStore::Options brief = patient();
  brief.lease = 1500ms;
  RedisStore store(server.url(), brief), other(server.url(), brief);
  const auto lease = store.try_lease(key_of(1));
  for (int i = 0; i < 8; ++i) {
    std::this_thread::sleep_for(400ms);
    CHECK_FALSE(other.try_lease(key_of(1)));
  }
}

TEST_CASE("RedisStore: the lease of a process that died expires") {
  const RedisServer server;
  RedisStore::Options brief = patient();
  brief.lease = 500ms;
  const test::Signal held;
  test::ChildProcess holder([&] {
    RedisStore store(server.url(), brief);
    const auto lease = store.try_lease(key_of(1));
    held.give();
    ::pause();
    return lease != nullptr;
  });
  held.await();
  RedisStore store(server.url(), brief);
  CHECK_FALSE(store.try_lease(key_of(1)));
  holder.kill();
  await([&] { return store.try_lease(key_of(1)) != nullptr; });
}

TEST_CASE("RedisStore: only its holder gives a lease back") {
  const RedisServer server;
  RedisStore store(server.url(), patient());
  {
    const auto lease = store.try_lease(key_of(1));
    ask(server, {"SET", lease_name(1), "another's"});  // ours expired while we stood still
  }
  CHECK(ask(server, {"GET", lease_name(1)}).text() == "another's");
}

TEST_CASE("RedisStore: without a server every lease is granted") {
  RedisStore store({.host = "127.0.0.1", .port = test::free_port()}, patient());
  const auto lease = store.try_lease(key_of(1));
  CHECK(lease);
  CHECK(store.try_lease(key_of(1)));
}

TEST_CASE("RedisStore: pruning by tag, by age, and clearing") {
  const RedisServer server;
  RedisStore store(server.url(), patient());
  ask(server, {"SET", "foreign", "x"});
  store.put(key_of(1), value_of(noise(100), {"red"}));
  store.put(key_of(2), value_of(noise(200), {"red", "blue"}));
  store.put(key_of(3), value_of(noise(300), {"blue"}));
  for (unsigned i = 4; i < 2000; ++i) store.put(key_of(i), value_of(noise(10)));
  CHECK(store.amount().entries == 1999);
  CHECK(store.prune({.older_than = 1h, .tag = "red"}) == Amount{});
  CHECK(store.prune({.tag = "none"}) == Amount{});
  const Amount red = store.prune({.tag = "red"});
  CHECK(red.entries == 2);
  CHECK(red.bytes > 300);
  CHECK_FALSE(store.get(key_of(1)));
  CHECK(store.get(key_of(3)));
  CHECK(store.prune({.tag = "red"}) == Amount{});
  CHECK(store.prune({.older_than = 1h}) == Amount{});
  CHECK(store.clear().entries == 1997);
  CHECK(store.amount() == Amount{});
  CHECK(ask(server, {"GET", "foreign"}).text() == "x");
  CHECK(store.counts().errors == 0);
}

TEST_CASE("RedisStore: an entry's age counts from when it was stored") {
  const RedisServer server;
  RedisStore store(server.url(), patient());
  for (const unsigned i : {1, 2}) store.put(key_of(i), value_of(noise(10)));
  constexpr std::int64_t kHour = 3600 * 1000;
  const std::int64_t left = ask(server, {"PTTL", entry_name(1)}).number;
  ask(server, {"PEXPIRE", entry_name(1), std::to_string(left - 2 * kHour)});
  CHECK(store.prune({.older_than = 1h}).entries == 1);
  CHECK_FALSE(store.get(key_of(1)));
  CHECK(store.get(key_of(2)));
}

TEST_CASE("RedisStore: many threads at once") {
  const RedisServer server;
  RedisStore store(server.url(), patient());
  std::atomic<int> wrong = 0;
  {
    std::vector<std::jthread> threads;
    for (unsigned t = 0; t < 8; ++t) {
      threads.emplace_back([&, t] {
        for (unsigned i = 0; i < 200; ++i) {
          const unsigned number = (i * 7 + t) % 50;
          if (const auto value = store.get(key_of(number))) {
            if (value->bytes != noise(1000, number + 1)) wrong += 1;
          } else {
            store.put(key_of(number), value_of(noise(1000, number + 1)));
          }
        }
      });
    }
  }
  CHECK(wrong == 0);
  CHECK(store.counts().errors == 0);
}

}  // namespace
}  // namespace imgmill
