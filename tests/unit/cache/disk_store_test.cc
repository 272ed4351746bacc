// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cache/disk_store.h"

#include <sys/resource.h>
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <deque>

#include "base/temporary_folder.h"
#include "cache/child_process.h"
#include "cache/disk_layout.h"
#include "cache/sample_values.h"

namespace imgmill {
namespace {

namespace fs = std::filesystem;
using base::Bytes;
using cache::Amount;
using cache::DiskStore;
using test::key_of;
using test::noise;
using test::value_of;
using namespace std::chrono_literals;

fs::path file_of(const test::TemporaryFolder& folder, unsigned number) {
  return cache::entry_path(folder.path(), key_of(number));
}

TEST_CASE("DiskStore: keeps what another object reads, replaces, removes") {
  const test::TemporaryFolder folder;
  const auto value = std::make_shared<const cache::Value>(
      cache::Value{.bytes = noise(5000), .note = {{"ssim", "0.9"}}, .tags = {"a", "b"}, .compute_ms = 3.5});
  {
    DiskStore store(folder / "new/cache");
    CHECK_FALSE(store.get(key_of(1)));
    CHECK(store.amount() == Amount{});
    CHECK(store.put(key_of(1), value));
  }
  DiskStore store(folder / "new/cache");
  const auto found = store.get(key_of(1));
  REQUIRE(found);
  CHECK(found->bytes == value->bytes);
  CHECK(found->note == value->note);
  CHECK(found->tags == value->tags);
  CHECK(found->compute_ms == 3.5);
  CHECK_FALSE(store.get(key_of(2)));
  CHECK(store.amount().entries == 1);
  CHECK(store.put(key_of(1), value_of(noise(10))));
  CHECK(store.get(key_of(1))->bytes == noise(10));
  store.remove(key_of(1));
  store.remove(key_of(1));
  CHECK_FALSE(store.get(key_of(1)));
  const cache::TierCounts counts = store.counts();
  CHECK(counts.hits == 2);
  CHECK(counts.misses == 2);
  CHECK(counts.stores == 1);
  CHECK(counts.errors == 0);
  CHECK(store.take_warnings().empty());
}

TEST_CASE("DiskStore: compresses what shrinks") {
  const test::TemporaryFolder folder;
  DiskStore store(folder.path());
  store.put(key_of(1), value_of(Bytes(100000, 'a')));
  CHECK(store.amount().bytes < 1000);
  CHECK(store.get(key_of(1))->bytes == Bytes(100000, 'a'));
}

// What a damaged file is: a miss, one warning in all, and whole again after the next put.
void check_damage(const std::function<void(const fs::path&)>& damage) {
  const test::TemporaryFolder folder;
  DiskStore store(folder.path());
  for (const unsigned i : {1, 2}) store.put(key_of(i), value_of(noise(500, i)));
  for (const unsigned i : {1, 2}) damage(file_of(folder, i));
  for (const unsigned i : {1, 2}) CHECK_FALSE(store.get(key_of(i)));
  CHECK(store.take_warnings().size() == 1);
  CHECK_FALSE(store.get(key_of(1)));
  CHECK(store.take_warnings().empty());
  CHECK(store.counts().errors == 3);
  CHECK(store.put(key_of(1), value_of(noise(500))));
  CHECK(store.get(key_of(1)));
}

TEST_CASE("DiskStore: a flipped bit is a miss") {
  check_damage([](const fs::path& path) {
    Bytes bytes = base::read_file(path);
    bytes[bytes.size() / 2] ^= 4;
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  });
}

TEST_CASE("DiskStore: a truncated, an empty, a foreign file is a miss") {
  check_damage([](const fs::path& path) { fs::resize_file(path, 300); });
  check_damage([](const fs::path& path) { fs::resize_file(path, 20); });
  check_damage([](const fs::path& path) { fs::resize_file(path, 0); });
  check_damage([](const fs::path& path) { std::ofstream(path) << std::string(1000, '?'); });
  check_damage([](const fs::path& path) { fs::resize_file(path, 1ULL << 40); });  // no terabyte of memory for it
}

TEST_CASE("DiskStore: an entry under another's name is a miss") {
  const test::TemporaryFolder folder;
  DiskStore store(folder.path());
  for (const unsigned i : {1, 2}) store.put(key_of(i), value_of(noise(500, i)));
  fs::copy_file(file_of(folder, 1), file_of(folder, 2), fs::copy_options::overwrite_existing);
  CHECK_FALSE(store.get(key_of(2)));
}

TEST_CASE("DiskStore: a folder or a pipe in an entry's place is a miss and a warning") {
  const test::TemporaryFolder folder;
  DiskStore store(folder.path());
  fs::create_directories(file_of(folder, 1) / "inside");
  CHECK_FALSE(store.get(key_of(1)));
  CHECK_FALSE(store.put(key_of(1), value_of(noise(5))));
  fs::create_directories(file_of(folder, 2).parent_path());
  REQUIRE(::mkfifo(file_of(folder, 2).c_str(), 0600) == 0);
  CHECK_FALSE(store.get(key_of(2)));
  CHECK(store.put(key_of(2), value_of(noise(5))));
  CHECK(store.get(key_of(2)));
  CHECK(store.clear().entries == 1);
  CHECK(fs::exists(file_of(folder, 1) / "inside"));
}

TEST_CASE("DiskStore: no folder to be had is a warning") {
  const test::TemporaryFolder folder;
  folder.write("file", "");
  DiskStore store(folder / "file/cache");
  for (const unsigned i : {1, 2}) {
    CHECK_FALSE(store.get(key_of(i)));
    CHECK_FALSE(store.put(key_of(i), value_of(noise(5))));
    CHECK(store.try_lease(key_of(i)));
    CHECK(store.try_lease(key_of(i)));
  }
  CHECK(store.take_warnings() == std::vector<std::string>{"the cache in " + (folder / "file/cache").string() +
                                                          " can't be written: not a directory"});
  CHECK_FALSE(store.add([] {
    cache::Statistics statistics;
    statistics.hits = 1;
    return statistics;
  }()));
  store.prune({});
  store.clear();
  store.flush();
}

TEST_CASE("DiskStore: a read-only folder is read") {
  const test::TemporaryFolder folder;
  const std::uint64_t entries = [&] {
    DiskStore store(folder.path());
    store.put(key_of(1), value_of(noise(5)));
    return store.amount().entries;
  }();
  REQUIRE(entries == 1);
  std::vector<fs::path> folders{folder.path()};
  for (const auto& file : fs::recursive_directory_iterator(folder.path())) {
    if (file.is_directory()) folders.push_back(file.path());
    if (file.is_regular_file()) fs::permissions(file, fs::perms(0444));
  }
  for (const fs::path& path : folders) fs::permissions(path, fs::perms(0555));
  test::ChildProcess child([&] {
    if (::geteuid() == 0 && ::setuid(65534) != 0) return false;  // root may write everywhere
    test::TestClock clock;
    clock.advance(2h);  // a touch is due
    DiskStore store(folder.path(), {}, clock.now());
    const bool read = store.get(key_of(1)) && !store.get(key_of(2));
    const bool refused = !store.put(key_of(2), value_of(noise(5))) && !store.put(key_of(3), value_of(noise(5)));
    const bool lease = store.try_lease(key_of(2)) != nullptr;
    store.prune({.older_than = 0s});
    return read && refused && lease && store.take_warnings().size() == 1 && store.get(key_of(1));
  });
  CHECK(child.wait() == 0);
  for (const fs::path& path : folders) fs::permissions(path, fs::perms(0755));
}

TEST_CASE("DiskStore: a full disk is a warning, and leaves nothing behind") {
  const test::TemporaryFolder folder;
  test::ChildProcess child([&] {
    std::signal(SIGXFSZ, SIG_IGN);
    const struct rlimit small { 4096, 4096 };
    if (::setrlimit(RLIMIT_FSIZE, &small) != 0) return false;
    DiskStore store(folder.path());
    const bool refused = !store.put(key_of(1), value_of(noise(100000))) && !store.put(key_of(2), value_of(noise(9000)));
    const bool kept = store.put(key_of(3), value_of(noise(100))) && store.get(key_of(3));
    return refused && kept && !store.get(key_of(1)) && store.take_warnings().size() == 1;
  });
  CHECK(child.wait() == 0);
  std::size_t files = 0;
  for (const auto& file : fs::recursive_directory_iterator(folder / "entries")) files += file.is_regular_file() ? 1 : 0;
  CHECK(files == 1);
}

TEST_CASE("DiskStore: expires thirty days after the last use, exact to an hour") {
  const test::TemporaryFolder folder;
  test::TestClock clock;
  DiskStore store(folder.path(), {}, clock.now());
  store.put(key_of(1), value_of(noise(5)));
  store.put(key_of(2), value_of(noise(5)));
  const auto written = fs::last_write_time(file_of(folder, 1));
  clock.advance(50min);
  CHECK(store.get(key_of(1)));
  CHECK(fs::last_write_time(file_of(folder, 1)) == written);
  clock.advance(20min);
  CHECK(store.get(key_of(1)));
  CHECK(fs::last_write_time(file_of(folder, 1)) - written == 70min);
  clock.advance(30 * 24h - 1h);
  CHECK_FALSE(store.get(key_of(2)));
  CHECK(store.get(key_of(1)));
  CHECK(store.prune({}).entries == 1);
  CHECK_FALSE(fs::exists(file_of(folder, 2)));
  clock.advance(30 * 24h + 1s);
  CHECK_FALSE(store.get(key_of(1)));
  CHECK(store.counts().errors == 0);
}

TEST_CASE("DiskStore: stays under its limit, the least recently used go first") {
  const test::TemporaryFolder folder;
  test::TestClock clock;
  DiskStore store(folder.path(), {.max_bytes = 50000}, clock.now());
  for (unsigned i = 0; i < 200; ++i) {
    CHECK(store.put(key_of(i), value_of(noise(1000, i + 1))));
    clock.advance(2h);
    CHECK(store.get(key_of(0)));
    CHECK(store.amount().bytes <= 50000 + 50000 / 16);
  }
  CHECK(store.amount().entries >= 40);
  CHECK_FALSE(store.get(key_of(1)));
  CHECK_FALSE(store.get(key_of(150)));
  for (unsigned i = 170; i < 200; ++i) CHECK(store.get(key_of(i)));
  CHECK_FALSE(store.put(key_of(1000), value_of(noise(60000))));
  CHECK(store.counts().errors == 0);
}

TEST_CASE("DiskStore: what other processes wrote counts, also when nobody knows how much") {
  const test::TemporaryFolder folder;
  for (unsigned i = 0; i < 100; ++i) {
    DiskStore store(folder.path(), {.max_bytes = 50000});
    store.put(key_of(i), value_of(noise(1000, i + 1)));
    if (i == 60) folder.write("counts", "damaged");
  }
  CHECK(DiskStore(folder.path()).amount().bytes <= 50000 + 50000 / 16);
}

TEST_CASE("DiskStore: a sweep removes what a killed writer left, and nothing that isn't its own") {
  const test::TemporaryFolder folder;
  test::TestClock clock;
  DiskStore store(folder.path(), {}, clock.now());
  store.put(key_of(1), value_of(noise(5)));
  const fs::path shard = file_of(folder, 1).parent_path();
  const fs::path leftover = shard / ".imgmill-1-1.tmp", mine = shard / "photo.png";
  const fs::path displaced = shard / key_of(2).hex(), outside = folder / "photo.png";
  for (const fs::path& path : {leftover, mine, displaced, outside}) std::ofstream(path) << "x";
  store.prune({});
  CHECK(fs::exists(leftover));  // perhaps just being written
  clock.advance(2h);
  store.prune({});
  CHECK_FALSE(fs::exists(leftover));
  CHECK(store.clear().entries == 1);
  for (const fs::path& path : {mine, displaced, outside}) CHECK(fs::exists(path));
}

TEST_CASE("DiskStore: prune by tag, by age, by both, by size") {
  const test::TemporaryFolder folder;
  test::TestClock clock;
  DiskStore store(folder.path(), {}, clock.now());
  store.put(key_of(1), value_of(noise(10), {"a", "b"}));
  store.put(key_of(2), value_of(noise(10), {"b"}));
  clock.advance(10min);
  store.put(key_of(3), value_of(noise(10), {"b"}));
  store.put(key_of(4), value_of(noise(10)));
  CHECK(store.prune({}).entries == 0);
  CHECK(store.prune({.tag = "c"}).entries == 0);
  CHECK(store.prune({.older_than = 5min, .tag = "a"}).entries == 1);
  CHECK_FALSE(store.get(key_of(1)));
  CHECK(store.prune({.tag = "b"}).entries == 2);
  CHECK(store.get(key_of(4)));
  clock.advance(1s);
  store.put(key_of(5), value_of(noise(10)));
  const std::uint64_t both = store.amount().bytes;
  CHECK(store.prune({.max_bytes = both - 1}).entries == 1);
  CHECK(store.get(key_of(5)));
  CHECK(store.clear().entries == 1);
  CHECK(store.amount() == Amount{});
  CHECK(store.put(key_of(5), value_of(noise(10))));
  CHECK(store.get(key_of(5)));
}

TEST_CASE("DiskStore: statistics are summed over runs") {
  const test::TemporaryFolder folder;
  cache::Statistics run;
  run.hits = 3;
  run.of(cache::Tier::redis).errors = 2;
  for (int i = 0; i < 2; ++i) {
    DiskStore store(folder.path());
    store.put(key_of(1), value_of(noise(5)));
    CHECK(store.add(run));
  }
  DiskStore store(folder.path());
  CHECK(store.statistics().hits == 6);
  CHECK(store.statistics().of(cache::Tier::redis).errors == 4);
  CHECK(store.statistics() - run == run);
}

TEST_CASE("DiskStore: one lease a key among objects and processes, and none left by the dead") {
  const test::TemporaryFolder folder;
  DiskStore store(folder.path()), other(folder.path());
  {
    const auto lease = store.try_lease(key_of(1));
    CHECK(lease);
    CHECK_FALSE(store.try_lease(key_of(1)));
    CHECK_FALSE(other.try_lease(key_of(1)));
    CHECK(other.try_lease(key_of(2)));
  }
  const test::Signal leased;
  test::ChildProcess child([&] {
    DiskStore own(folder.path());
    const auto lease = own.try_lease(key_of(1));
    leased.give();
    ::pause();
    return lease != nullptr;
  });
  leased.await();
  CHECK_FALSE(store.try_lease(key_of(1)));
  child.kill();
  CHECK(store.try_lease(key_of(1)));
}

// One of eight processes on the same folder: gets, puts, damages, prunes.
bool work_on(const fs::path& folder, unsigned seed) {
  DiskStore store(folder, {.max_bytes = 400000});
  std::minstd_rand random(seed);
  for (int i = 0; i < 1250; ++i) {
    const unsigned number = random() % 300;
    const Bytes right = number % 2 != 0 ? noise(number * 7, number + 1) : Bytes(number * 50, 'a');
    if (const auto found = store.get(key_of(number)); found && found->bytes != right) return false;
    if (!store.put(key_of(number), value_of(right))) return false;
    if (i % 100 == 7) {
      const fs::path path = cache::entry_path(folder, key_of(random() % 300));
      std::error_code gone;
      const auto size = fs::file_size(path, gone);
      if (gone || size == 0) continue;
      std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
      file.seekp(static_cast<std::streamoff>(random() % size));
      file.put(static_cast<char>(random()));
    }
    if (i % 500 == 300) store.clear();
  }
  return true;
}

TEST_CASE("DiskStore: eight processes, ten thousand operations, damage: never a wrong value, never a failed put") {
  const test::TemporaryFolder folder;
  std::deque<test::ChildProcess> children;
  for (unsigned i = 0; i < 8; ++i) {
    children.emplace_back([&] { return work_on(folder.path(), i + 1); });
  }
  for (test::ChildProcess& child : children) CHECK(child.wait() == 0);
}

TEST_CASE("DiskStore: writers killed at any moment leave no half entry") {
  const test::TemporaryFolder folder;
  for (unsigned round = 0; round < 20; ++round) {
    const test::Signal begun;
    test::ChildProcess child([&] {
      DiskStore store(folder.path());
      begun.give();
      for (unsigned i = 0;; ++i) store.put(key_of(i % 20), value_of(noise(20000, i % 20 + 1)));
      return true;
    });
    begun.await();
    ::usleep(round * 300);
    child.kill();
    DiskStore store(folder.path());
    for (unsigned i = 0; i < 20; ++i) {
      const auto found = store.get(key_of(i));
      if (found) CHECK(found->bytes == noise(20000, i + 1));
    }
    CHECK(store.counts().errors == 0);
  }
}

}  // namespace
}  // namespace imgmill
