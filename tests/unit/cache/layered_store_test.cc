// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cache/layered_store.h"

#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <latch>
#include <random>
#include <thread>

#include "base/temporary_folder.h"
#include "cache/child_process.h"
#include "cache/disk_layout.h"
#include "cache/redis_server.h"
#include "cache/sample_values.h"

namespace imgmill {
namespace {

using cache::LayeredStore;
using cache::Tier;
using cache::ValuePtr;
using test::key_of;
using test::noise;
using test::value_of;
using namespace std::chrono_literals;

const base::Stop kNever;

LayeredStore::Options options_for(const std::filesystem::path& folder, const test::RedisServer* server = nullptr) {
  LayeredStore::Options options;
  options.folder = folder;
  if (server != nullptr) options.server = server->url();
  options.redis.timeout = 10s;
  return options;
}

ValuePtr not_called() { throw std::logic_error("computed for nothing"); }

TEST_CASE("LayeredStore: each tier answers, and the faster ones keep what it said") {
  const test::TemporaryFolder here, there;
  const test::RedisServer server;
  const auto value = value_of(noise(5000), {"tag"}, 7);
  {
    LayeredStore store(options_for(here.path(), &server));
    CHECK_FALSE(store.get(key_of(1)).value);
    const auto made = store.get_or_compute(
        key_of(1), [&] { return value; }, kNever);
    CHECK(made.value == value);
    CHECK_FALSE(made.tier);
    CHECK(store.get(key_of(1)).tier == Tier::memory);
  }
  {
    LayeredStore store(options_for(here.path()));
    CHECK(store.get_or_compute(key_of(1), not_called, kNever).tier == Tier::disk);
    CHECK(store.get_or_compute(key_of(1), not_called, kNever).tier == Tier::memory);
  }
  {
    LayeredStore store(options_for(there.path(), &server));
    const auto found = store.get(key_of(1));
    CHECK(found.tier == Tier::redis);
    CHECK(found.value->bytes == value->bytes);
    CHECK(store.get(key_of(1)).tier == Tier::memory);
  }
  LayeredStore store(options_for(there.path()));
  const auto found = store.get(key_of(1));
  CHECK(found.tier == Tier::disk);
  CHECK(found.value->bytes == value->bytes);
  CHECK(found.value->tags == value->tags);
}

TEST_CASE("LayeredStore: memory alone will do") {
  LayeredStore store({});
  CHECK(store
            .get_or_compute(
                key_of(1), [] { return value_of(noise(5)); }, kNever)
            .value);
  CHECK(store.get_or_compute(key_of(1), not_called, kNever).tier == Tier::memory);
  CHECK(store.tier(Tier::disk) == nullptr);
  CHECK(store.tier(Tier::redis) == nullptr);
  CHECK(store.take_warnings().empty());
}

TEST_CASE("LayeredStore: statistics outlive the run") {
  const test::TemporaryFolder folder;
  for (int run = 0; run < 2; ++run) {
    LayeredStore store(options_for(folder.path()));
    for (const unsigned i : {1, 2}) {
      store.get_or_compute(
          key_of(i), [&] { return value_of(noise(100, i), {}, 10); }, kNever);
    }
  }
  {
    LayeredStore::Options silent = options_for(folder.path());
    silent.record = false;
    LayeredStore store(silent);
    CHECK(store.get(key_of(1)).value);
  }
  LayeredStore store(options_for(folder.path()));
  const cache::Statistics all = store.disk()->statistics();
  CHECK(all.hits == 2);
  CHECK(all.misses == 2);
  CHECK(all.saved_ms() == 20);
  CHECK(all.of(Tier::disk).hits == 2);
  CHECK(all.of(Tier::disk).misses == 2);
  CHECK(all.of(Tier::disk).stores == 2);
  CHECK(all.of(Tier::memory).stores == 4);
}

TEST_CASE("LayeredStore: threads share one computation") {
  const test::TemporaryFolder folder;
  LayeredStore store(options_for(folder.path()));
  constexpr int kThreads = 8;
  std::atomic<int> computed = 0, shared = 0;
  std::latch start(kThreads);
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([&] {
        start.arrive_and_wait();
        const auto found = store.get_or_compute(
            key_of(1),
            [&] {
              computed += 1;
              std::this_thread::sleep_for(100ms);
              return value_of(noise(100));
            },
            kNever);
        if (found.value->bytes == noise(100) && found.tier) shared += 1;
      });
    }
  }
  CHECK(computed == 1);
  CHECK(shared == kThreads - 1);
  CHECK(store.statistics().hits == kThreads - 1);
  CHECK(store.statistics().misses == 1);
}

TEST_CASE("LayeredStore: a failure is its caller's own, and a waiter computes") {
  const test::TemporaryFolder folder;
  LayeredStore store(options_for(folder.path()));
  std::latch computing(1), waiting(1);
  bool threw = false;
  std::jthread first([&] {
    const auto fail = [&]() -> ValuePtr {
      computing.count_down();
      waiting.wait();
      std::this_thread::sleep_for(50ms);
      throw std::runtime_error("broken");
    };
    try {
      store.get_or_compute(key_of(1), fail, kNever);
    } catch (const std::runtime_error&) {
      threw = true;
    }
  });
  computing.wait();
  waiting.count_down();
  const auto found = store.get_or_compute(
      key_of(1), [] { return value_of(noise(5)); }, kNever);
  first.join();
  CHECK(threw);
  CHECK_FALSE(found.tier);
  CHECK(found.value->bytes == noise(5));
  CHECK(store.get(key_of(1)).value);
}

TEST_CASE("LayeredStore: who waits can be stopped, and waits no longer than its patience") {
  const test::TemporaryFolder folder;
  LayeredStore::Options options = options_for(folder.path());
  options.patience = 50ms;
  LayeredStore store(options_for(folder.path())), impatient(options);
  std::latch computing(1), enough(1);
  std::jthread first([&] {
    store.get_or_compute(
        key_of(1),
        [&] {
          computing.count_down();
          enough.wait();
          return value_of(noise(5));
        },
        kNever);
  });
  computing.wait();
  const std::atomic<bool> stopped = true;
  for (LayeredStore* waiter : {&store, &impatient}) {  // beside a thread; beside another object, as in another process
    CHECK_THROWS_AS(waiter->get_or_compute(key_of(1), not_called, base::Stop(&stopped)), base::Error);
    const base::Stop late(nullptr, base::Stop::Clock::now());
    CHECK_THROWS_AS(waiter->get_or_compute(key_of(1), not_called, late), base::Error);
  }
  const auto found = impatient.get_or_compute(
      key_of(1), [] { return value_of(noise(6)); }, kNever);
  CHECK(found.value->bytes == noise(6));
  enough.count_down();
}

// Runs `count` processes at once that all want the same keys, and returns how often a key was computed.
int computations(int count, const std::function<LayeredStore::Options(int)>& options) {
  constexpr unsigned kKeys = 20;
  const test::TemporaryFolder folder;
  std::filesystem::create_directory(folder / "computed");
  std::vector<std::unique_ptr<test::ChildProcess>> processes;
  for (int p = 0; p < count; ++p) {
    processes.push_back(std::make_unique<test::ChildProcess>([&, p] {
      LayeredStore store(options(p));
      for (unsigned i = 0; i < kKeys; ++i) {
        const auto compute = [&] {
          folder.write("computed/" + std::to_string(i) + "-" + std::to_string(p), "");
          std::this_thread::sleep_for(5ms);
          return value_of(noise(1000, i));
        };
        if (store.get_or_compute(key_of(i), compute, kNever).value->bytes != noise(1000, i)) return false;
      }
      return store.take_warnings().empty();
    }));
  }
  for (const auto& process : processes) CHECK(process->wait() == 0);
  const std::filesystem::directory_iterator files(folder / "computed");
  return static_cast<int>(std::distance(begin(files), end(files))) - static_cast<int>(kKeys);
}

TEST_CASE("LayeredStore: processes compute nothing twice") {
  const test::TemporaryFolder folder;
  CHECK(computations(4, [&](int) { return options_for(folder.path()); }) == 0);
}

TEST_CASE("LayeredStore: hosts that share a server compute nothing twice") {
  const test::TemporaryFolder folder;
  const test::RedisServer server;
  CHECK(computations(3, [&](int p) { return options_for(folder / std::to_string(p), &server); }) == 0);
}

TEST_CASE("LayeredStore: nobody waits for a process that died") {
  const test::TemporaryFolder folder;
  const test::RedisServer server;
  LayeredStore::Options options = options_for(folder.path(), &server);
  options.redis.lease = 500ms;
  const test::Signal computing;
  test::ChildProcess holder([&] {
    LayeredStore store(options);
    store.get_or_compute(
        key_of(1),
        [&] {
          computing.give();
          ::pause();
          return value_of(noise(6));
        },
        kNever);
    return true;
  });
  computing.await();
  holder.kill();
  LayeredStore store(options);
  const auto start = std::chrono::steady_clock::now();
  CHECK(store
            .get_or_compute(
                key_of(1), [] { return value_of(noise(5)); }, kNever)
            .value->bytes == noise(5));
  CHECK(std::chrono::steady_clock::now() - start < options.patience / 2);
}

TEST_CASE("LayeredStore: neither a damaged entry nor a lost server is an error") {
  const test::TemporaryFolder folder;
  test::RedisServer server;
  const auto compute = [] { return value_of(noise(500)); };
  LayeredStore(options_for(folder.path(), &server)).put(key_of(1), compute());
  std::filesystem::resize_file(cache::entry_path(folder.path(), key_of(1)), 300);
  server.stop();
  LayeredStore store(options_for(folder.path(), &server));
  const auto found = store.get_or_compute(key_of(1), compute, kNever);
  CHECK_FALSE(found.tier);
  CHECK(found.value->bytes == noise(500));
  CHECK(store.take_warnings().size() == 2);
  CHECK(LayeredStore(options_for(folder.path())).get(key_of(1)).value);
}

// One process of a storm: gets, makes and puts values of which everybody knows what they must be, and spoils one entry
// in a hundred.
bool survive(const std::filesystem::path& folder, int process, int operations) {
  constexpr unsigned kKeys = 300;
  LayeredStore::Options options = options_for(folder);
  options.memory.max_entries = 20;
  options.disk.max_bytes = 200 * 2000;  // so that there is eviction too
  LayeredStore store(options);
  std::minstd_rand random(static_cast<unsigned>(process) + 1);
  for (int i = 0; i < operations; ++i) {
    const unsigned number = static_cast<unsigned>(random() >> 8) % kKeys;
    if (random() % 100 == 0) {
      std::fstream file(cache::entry_path(folder, key_of(number)), std::ios::in | std::ios::out | std::ios::binary);
      file.seekp(static_cast<std::streamoff>(random() % 1500));
      file << "spoilt";
    }
    const auto compute = [&] { return value_of(noise(1000 + number, number + 1), {"storm"}); };
    const auto found = store.get_or_compute(key_of(number), compute, kNever);
    if (found.value->bytes != noise(1000 + number, number + 1)) return false;
  }
  return true;
}

TEST_CASE("LayeredStore: a storm of processes over spoilt entries gives no wrong value") {
  const char* given = std::getenv("IMGMILL_TEST_OPERATIONS");  // of each process; scripts/bench-cache asks for more
  const int operations = given != nullptr ? std::atoi(given) : 300;
  constexpr int kProcesses = 8;
  const test::TemporaryFolder folder;
  std::vector<std::unique_ptr<test::ChildProcess>> processes;
  for (int p = 0; p < kProcesses; ++p) {
    processes.push_back(std::make_unique<test::ChildProcess>([&, p] { return survive(folder.path(), p, operations); }));
  }
  for (const auto& process : processes) CHECK(process->wait() == 0);
  const cache::Statistics all = cache::DiskStore(folder.path()).statistics();
  CHECK(all.hits + all.misses == static_cast<std::uint64_t>(kProcesses * operations));
  CHECK(all.of(Tier::disk).errors > 0);
}

// Hidden: figures for docs/benchmarks.md, by scripts/bench-cache.
TEST_CASE("LayeredStore: how long look-ups take", "[.figures]") {
  constexpr unsigned kKeys = 1000, kRounds = 10;
  const test::TemporaryFolder folder;
  const test::RedisServer server;
  LayeredStore store(options_for(folder.path(), &server));
  for (unsigned i = 0; i < kKeys; ++i) store.put(key_of(i), value_of(noise(20000, i + 1)));
  for (const Tier tier : cache::kTiers) {
    std::vector<double> times;
    for (unsigned i = 0; i < kKeys * kRounds; ++i) {
      const auto start = std::chrono::steady_clock::now();
      const ValuePtr value = store.tier(tier)->get(key_of(i * 7 % kKeys));
      times.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
      REQUIRE(value);
    }
    std::sort(times.begin(), times.end());
    std::printf("%-6s median %.4f ms, p99 %.4f ms\n", std::string(to_string(tier)).c_str(), times[times.size() / 2],
                times[times.size() * 99 / 100]);
  }
}

}  // namespace
}  // namespace imgmill
