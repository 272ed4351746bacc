// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The whole cache: memory, disk and Redis, asked in that order and all written to. What a slower tier has is kept by
// the faster ones from then on. One caller at a time computes a key: among the threads of this process, among the
// processes that share the disk tier, among the hosts that share the server. Leaving that to another never takes longer
// than `patience`, and nobody waits for a process that is gone. Thread-safe.
#pragma once

#include <atomic>
#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/stop.h"
#include "cache/disk_store.h"
#include "cache/memory_store.h"
#include "cache/redis_store.h"

namespace imgmill::cache {

class LayeredStore {
 public:
  struct Options {
    MemoryStore::Limits memory{};
    std::optional<std::filesystem::path> folder{};  // of the disk tier; none: there is none
    DiskStore::Limits disk{};
    std::optional<RedisUrl> server{};  // of the Redis tier; none: there is none
    RedisStore::Options redis{};
    std::chrono::milliseconds patience{120000};
    bool record = true;  // add what this run did to the statistics on disk, when it ends
  };
  struct Found {
    ValuePtr value{};            // null: a miss
    std::optional<Tier> tier{};  // none: computed just now, or a miss
  };
  using Compute = std::function<ValuePtr()>;

  explicit LayeredStore(const Options& options);
  ~LayeredStore();
  LayeredStore(const LayeredStore&) = delete;
  LayeredStore& operator=(const LayeredStore&) = delete;

  Found get(const Key& key);
  void put(const Key& key, const ValuePtr& value);

  // For after a miss: the value from `compute`, which is kept, or from another who was just computing it. What
  // `compute` throws goes to this caller alone; who waited for it then computes. It may ask the cache for keys of an
  // earlier stage, so that no two callers wait for each other. A null value isn't kept. Throws as `stop` does while it
  // waits.
  Found compute(const Key& key, const Compute& compute, const base::Stop& stop);

  // The two together.
  Found get_or_compute(const Key& key, const Compute& compute, const base::Stop& stop);

  // Null where that tier isn't used.
  Store* tier(Tier tier);
  DiskStore* disk() { return disk_.get(); }

  Statistics statistics() const;             // of this object
  std::vector<std::string> take_warnings();  // of all tiers

 private:
  struct Flight;
  class Landing;
  using FlightPtr = std::shared_ptr<Flight>;
  using Deadline = std::chrono::steady_clock::time_point;

  Found find(const Key& key, ValuePtr (Store::*get)(const Key&));
  Found lead(const Key& key, const Compute& compute, const base::Stop& stop, Deadline deadline);
  Found count_late_hit(Found found);
  void count_hit(const Value& value);

  const Options options_;
  MemoryStore memory_;
  std::unique_ptr<DiskStore> disk_;
  std::unique_ptr<RedisStore> redis_;
  std::mutex mutex_;
  std::map<Key, FlightPtr> flights_;
  std::atomic<std::uint64_t> hits_{0}, misses_{0}, saved_microseconds_{0};
};

}  // namespace imgmill::cache
