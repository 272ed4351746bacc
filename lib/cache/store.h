// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// One tier of the cache. Whatever goes wrong in it (a damaged entry, a full disk, a server that is gone) is a miss, a
// count and at most one warning of a kind, never an exception and never a wrong value. Thread-safe.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "cache/key.h"
#include "cache/statistics.h"
#include "cache/value.h"

namespace imgmill::cache {

using TimePoint = std::chrono::system_clock::time_point;
using Now = std::function<TimePoint()>;  // what time it is; tests give their own

// In whole seconds, since `age` may be too long a time for the clock's ticks.
inline bool older_than(std::chrono::seconds age, TimePoint used, TimePoint now) {
  return std::chrono::duration_cast<std::chrono::seconds>(now - used) > age;
}

// The right to compute one key, given back when this is destroyed or the process dies.
class Lease {
 public:
  virtual ~Lease() = default;
};
using LeasePtr = std::unique_ptr<Lease>;

// An entry goes when it meets all that is given of `older_than` (since its last use) and `tag`; then, where
// `max_bytes` is given, those least recently used until that holds. With nothing given, only what has expired goes.
struct PruneRule {
  std::optional<std::chrono::seconds> older_than{};
  std::optional<std::uint64_t> max_bytes{};
  std::optional<std::string> tag{};
};

struct Amount {
  std::uint64_t entries = 0;
  std::uint64_t bytes = 0;  // as they are kept, compressed or not
  bool operator==(const Amount&) const = default;
};

class Store {
 public:
  Store() = default;
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;
  virtual ~Store() = default;

  // Null is a miss. A hit counts as a use of the entry.
  ValuePtr get(const Key& key);
  // The same soon after a miss (another may have stored it meanwhile): a second miss isn't counted.
  ValuePtr get_again(const Key& key);
  // Replaces what the key had. Returns whether the value was kept; a null value isn't.
  bool put(const Key& key, const ValuePtr& value);

  virtual void remove(const Key& key) = 0;
  virtual Amount prune(const PruneRule& rule) = 0;  // what went
  virtual Amount clear() = 0;                       // what went
  virtual Amount amount() = 0;                      // what is there

  // The lease of `key` among all that share this store, without waiting; null while another holds it. Where the store
  // can't tell (no permission, no server), it is granted: computing twice costs time and nothing else.
  virtual LeasePtr try_lease(const Key& key);

  TierCounts counts() const { return counts_.read(); }
  // What went wrong since the last call, as lines for the user; each kind of trouble is told once in a store's life.
  std::vector<std::string> take_warnings();

 protected:
  struct Fetched {
    ValuePtr value;  // null is a miss
    std::uint64_t stored_bytes = 0;
  };
  void count_error() { counts_.errors += 1; }
  // `kind` keeps a trouble from being told twice.
  void warn(const std::string& kind, const std::string& line);
  // Both.
  void trouble(const std::string& kind, const std::string& line);

 private:
  virtual Fetched fetch(const Key& key) = 0;
  // The bytes it takes, or nullopt if it wasn't kept.
  virtual std::optional<std::uint64_t> keep(const Key& key, const ValuePtr& value) = 0;

  ValuePtr counted(const Fetched& fetched);

  AtomicTierCounts counts_;
  std::mutex mutex_;
  std::vector<std::string> told_kinds_, warnings_;
};

}  // namespace imgmill::cache
