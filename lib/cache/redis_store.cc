// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cache/redis_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <random>
#include <utility>

#include "cache/entry.h"

namespace imgmill::cache {

namespace {

using Type = RedisReply::Type;

const std::string kEntry = "imgmill:1:e:", kTag = "imgmill:1:t:", kLease = "imgmill:1:l:";
constexpr const char* kBatch = "500";  // names a SCAN looks at in one go

// Only the holder's own lease: it may have expired and be another's by now.
constexpr const char* kRelease =
    "if redis.call('get',KEYS[1])==ARGV[1] then return redis.call('del',KEYS[1]) end return 0";
constexpr const char* kRenew =
    "if redis.call('get',KEYS[1])==ARGV[1] then return redis.call('pexpire',KEYS[1],ARGV[2]) end return 0";

std::string entry_name(const Key& key) { return kEntry + key.hex(); }

std::string milliseconds(std::chrono::milliseconds time) { return std::to_string(time.count()); }

std::string random_token() {
  std::random_device random;
  return fmt::format("{:08x}{:08x}{:08x}{:08x}", random(), random(), random(), random());
}

}  // namespace

class RedisStore::Held : public Lease {
 public:
  Held(RedisStore& store, std::string name, std::string token)
      : store_(store), name_(std::move(name)), token_(std::move(token)) {}
  ~Held() override {
    {
      const std::lock_guard lock(store_.mutex_);
      const auto own = store_.leases_.find(name_);
      if (own != store_.leases_.end() && own->second == token_) store_.leases_.erase(own);
    }
    try {
      store_.run({"EVAL", kRelease, "1", name_, token_});
    } catch (...) {  // it will expire
    }
  }

 private:
  RedisStore& store_;
  const std::string name_, token_;
};

RedisStore::RedisStore(RedisUrl url, const Options& options, Now now)
    : url_(std::move(url)),
      options_(options),
      pool_(url_, options.timeout, std::move(now), [this](const std::string& reason, bool pause_begins) {
        count_error();
        if (pause_begins) {
          warn("server", fmt::format("Redis at {}: {}; going on without it", url_.place(), reason));
        }
      }) {}

RedisStore::~RedisStore() = default;

RedisStore::Replies RedisStore::run(std::span<const RedisCommand> commands) {
  Replies replies = pool_.run(commands);
  if (!replies) return replies;
  for (const RedisReply& reply : *replies) {
    if (reply.type != Type::error) continue;
    trouble("refusal", fmt::format("Redis at {} refuses: {}", url_.place(), reply.text()));
    break;
  }
  return replies;
}

std::optional<RedisReply> RedisStore::run(RedisCommand command) {
  Replies replies = run(std::span<const RedisCommand>(&command, 1));
  if (!replies) return std::nullopt;
  return std::move(replies->front());
}

Store::Fetched RedisStore::fetch(const Key& key) {
  std::optional<RedisReply> reply = run({"GET", entry_name(key)});
  if (!reply || reply->type != Type::text) return {};
  const std::uint64_t size = reply->bytes.size();
  ValuePtr value = unpack(key, std::move(reply->bytes));
  if (!value) trouble("damage", fmt::format("Redis at {} holds a damaged entry: it is made anew", url_.place()));
  return {std::move(value), size};
}

std::optional<std::uint64_t> RedisStore::keep(const Key& key, const ValuePtr& value) {
  const base::Bytes packed = pack(key, *value);
  if (packed.empty() || packed.size() > options_.max_value_bytes) return std::nullopt;
  const std::string ttl = milliseconds(options_.ttl);
  std::vector<RedisCommand> commands{{"SET", entry_name(key), std::string(packed.begin(), packed.end()), "PX", ttl}};
  for (const std::string& tag : value->tags) {
    commands.push_back({"SADD", kTag + tag, key.hex()});
    commands.push_back({"PEXPIRE", kTag + tag, ttl});
  }
  const Replies replies = run(commands);
  if (!replies || replies->front().type == Type::error) return std::nullopt;
  return packed.size();
}

void RedisStore::remove(const Key& key) { run({"UNLINK", entry_name(key)}); }

// `scan` is SCAN or SSCAN with its cursor last, which is "0" at first. A name may come twice.
void RedisStore::each_batch(RedisCommand scan, const std::function<void(const std::vector<std::string>&)>& visit) {
  const std::size_t cursor = scan.size() - 1;
  do {
    RedisCommand command = scan;
    command.insert(command.end(), {"COUNT", kBatch});
    if (scan[0] == "SCAN") command.insert(command.end(), {"MATCH", kEntry + "*"});
    const std::optional<RedisReply> reply = run(std::move(command));
    if (!reply || reply->list.size() != 2) return;
    scan[cursor] = reply->list[0].text();
    std::vector<std::string> names;
    for (const RedisReply& name : reply->list[1].list) names.emplace_back(name.text());
    if (!names.empty()) visit(names);
  } while (scan[cursor] != "0");
}

Amount RedisStore::drop(const std::vector<std::string>& names, std::optional<std::chrono::seconds> older_than) {
  std::vector<RedisCommand> questions, removals;
  for (const std::string& name : names) {
    questions.push_back({"STRLEN", name});
    questions.push_back({"PTTL", name});
  }
  const Replies answers = run(questions);
  if (!answers) return {};
  std::vector<std::int64_t> sizes;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto left = std::chrono::milliseconds((*answers)[2 * i + 1].number);
    if (older_than && options_.ttl - left <= *older_than) continue;
    removals.push_back({"UNLINK", names[i]});
    sizes.push_back((*answers)[2 * i].number);
  }
  Amount gone;
  const Replies removed = run(removals);
  for (std::size_t i = 0; removed && i < removals.size(); ++i) {
    if ((*removed)[i].number != 1) continue;
    gone.entries += 1;
    gone.bytes += static_cast<std::uint64_t>(sizes[i]);
  }
  return gone;
}

Amount RedisStore::prune(const PruneRule& rule) {
  Amount gone;
  if (!rule.tag && !rule.older_than) return gone;
  const auto drop_batch = [&](const std::vector<std::string>& names) {
    const Amount more = drop(names, rule.older_than);
    gone.entries += more.entries;
    gone.bytes += more.bytes;
  };
  if (!rule.tag) {
    each_batch({"SCAN", "0"}, drop_batch);
    return gone;
  }
  each_batch({"SSCAN", kTag + *rule.tag, "0"}, [&](std::vector<std::string> keys) {
    for (std::string& key : keys) key = kEntry + key;
    drop_batch(keys);
  });
  if (!rule.older_than) run({"UNLINK", kTag + *rule.tag});
  return gone;
}

Amount RedisStore::clear() {
  Amount gone;
  each_batch({"SCAN", "0"}, [&](const std::vector<std::string>& names) {
    const Amount more = drop(names, std::nullopt);
    gone.entries += more.entries;
    gone.bytes += more.bytes;
  });
  return gone;
}

Amount RedisStore::amount() {
  Amount amount;
  each_batch({"SCAN", "0"}, [&](const std::vector<std::string>& names) {
    std::vector<RedisCommand> questions;
    for (const std::string& name : names) questions.push_back({"STRLEN", name});
    const Replies answers = run(questions);
    if (!answers) return;
    for (const RedisReply& size : *answers) {
      if (size.number == 0) continue;  // expired meanwhile
      amount.entries += 1;
      amount.bytes += static_cast<std::uint64_t>(size.number);
    }
  });
  return amount;
}

LeasePtr RedisStore::try_lease(const Key& key) {
  const std::string name = kLease + key.hex(), token = random_token();
  const std::optional<RedisReply> reply = run({"SET", name, token, "NX", "PX", milliseconds(options_.lease)});
  if (!reply || reply->type == Type::error) return Store::try_lease(key);
  if (reply->type == Type::nothing) return nullptr;
  const std::lock_guard lock(mutex_);
  leases_[name] = token;
  if (!keeper_.joinable()) keeper_ = std::jthread([this](const std::stop_token& stop) { renew_leases(stop); });
  return std::make_unique<Held>(*this, name, token);
}

// Three times in a lease's life, so that a slow answer or two don't cost it.
void RedisStore::renew_leases(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    wake_.wait_for(lock, stop, options_.lease / 3, [] { return false; });
    std::vector<RedisCommand> commands;
    for (const auto& [name, token] : leases_) {
      commands.push_back({"EVAL", kRenew, "1", name, token, milliseconds(options_.lease)});
    }
    lock.unlock();
    if (!commands.empty() && !stop.stop_requested()) run(commands);
    lock.lock();
  }
}

}  // namespace imgmill::cache
