// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The cache of several machines, on a Redis server. Without the server everything is a miss, and a run goes on as
// quickly as without the cache. On the server, all names begin with "imgmill:1:":
//   e:KEY    an entry, as entry.h packs it; expires by itself
//   t:TAG    the set of the KEYs stored with that tag; expires when none of them can be left
//   l:KEY    who computes that key now: a random token; expires unless its holder renews it
#pragma once

#include <condition_variable>
#include <map>
#include <thread>

#include "cache/redis_pool.h"
#include "cache/store.h"

namespace imgmill::cache {

class RedisStore : public Store {
 public:
  struct Options {
    std::chrono::seconds ttl = std::chrono::hours(24 * 7);  // since it was stored
    std::chrono::milliseconds timeout{50};                  // to connect, and for an answer
    std::chrono::milliseconds lease{10000};    // a holder that is gone keeps others waiting for so long at most
    std::uint64_t max_value_bytes = 16 << 20;  // packed; larger ones aren't sent
  };

  explicit RedisStore(RedisUrl url) : RedisStore(std::move(url), Options()) {}
  RedisStore(RedisUrl url, const Options& options, Now now = std::chrono::system_clock::now);
  ~RedisStore() override;  // after the last of its leases

  void remove(const Key& key) override;
  // An entry's age counts from when it was stored. `max_bytes` is the server's own affair (maxmemory).
  Amount prune(const PruneRule& rule) override;
  Amount clear() override;
  Amount amount() override;
  LeasePtr try_lease(const Key& key) override;

 private:
  class Held;
  using Replies = std::optional<std::vector<RedisReply>>;

  Fetched fetch(const Key& key) override;
  std::optional<std::uint64_t> keep(const Key& key, const ValuePtr& value) override;
  Replies run(std::span<const RedisCommand> commands);
  std::optional<RedisReply> run(RedisCommand command);
  void each_batch(RedisCommand scan, const std::function<void(const std::vector<std::string>&)>& visit);
  Amount drop(const std::vector<std::string>& names, std::optional<std::chrono::seconds> older_than);
  void renew_leases(const std::stop_token& stop);

  const RedisUrl url_;
  const Options options_;
  RedisPool pool_;
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::map<std::string, std::string> leases_;  // of this object: name on the server → token
  std::jthread keeper_;                        // renews them, from the first one on
};

}  // namespace imgmill::cache
