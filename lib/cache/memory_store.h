// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The cache of one process: values shared with whoever asks, the least recently used going first. Neither limit is
// ever passed, also not for a moment.
#pragma once

#include <list>
#include <map>

#include "cache/store.h"

namespace imgmill::cache {

class MemoryStore : public Store {
 public:
  struct Limits {
    std::uint64_t max_bytes = 512ULL << 20;  // a value beyond it isn't kept
    std::uint64_t max_entries = 1000;
    std::chrono::seconds ttl = std::chrono::hours(1);  // since the last use
  };

  MemoryStore() : MemoryStore(Limits()) {}
  explicit MemoryStore(const Limits& limits, Now now = std::chrono::system_clock::now);

  void remove(const Key& key) override;
  Amount prune(const PruneRule& rule) override;
  Amount clear() override;
  Amount amount() override;

 private:
  struct Entry {
    Key key;
    ValuePtr value;
    std::uint64_t bytes;
    TimePoint used;
  };
  using Entries = std::list<Entry>;

  Fetched fetch(const Key& key) override;
  std::optional<std::uint64_t> keep(const Key& key, const ValuePtr& value) override;
  void drop(Entries::iterator entry);
  void drop_key(const Key& key);
  bool expired(const Entry& entry, TimePoint now) const { return older_than(limits_.ttl, entry.used, now); }

  const Limits limits_;
  const Now now_;
  std::mutex mutex_;
  Entries entries_;  // the most recently used first
  std::map<Key, Entries::iterator> places_;
  std::uint64_t bytes_ = 0;
};

}  // namespace imgmill::cache
