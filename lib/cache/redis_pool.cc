// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cache/redis_pool.h"

#include <algorithm>
#include <utility>

#include "base/error.h"

namespace imgmill::cache {

namespace {

using namespace std::chrono_literals;

constexpr int kPatience = 3;  // failures in a row
constexpr std::chrono::seconds kFirstPause = 30s, kLongestPause = 10min;

}  // namespace

RedisPool::RedisPool(RedisUrl url, std::chrono::milliseconds timeout, Now now, Failed failed)
    : url_(std::move(url)),
      timeout_(timeout),
      now_(std::move(now)),
      failed_(std::move(failed)),
      next_pause_(kFirstPause) {}

std::optional<std::vector<RedisReply>> RedisPool::run(std::span<const RedisCommand> commands) {
  if (paused()) return std::nullopt;
  if (auto replies = run_on_idle(commands)) return replies;
  try {
    auto connection = std::make_unique<RedisConnection>(url_, timeout_);
    auto replies = connection->run(commands);
    give_back(std::move(connection));
    return replies;
  } catch (const base::Error& error) {
    note_failure(error.what());
    return std::nullopt;
  }
}

// A server that was restarted has closed what we kept open. That is no failure of its own: a new connection tells.
std::optional<std::vector<RedisReply>> RedisPool::run_on_idle(std::span<const RedisCommand> commands) {
  ConnectionPtr connection = take_idle();
  if (!connection) return std::nullopt;
  try {
    auto replies = connection->run(commands);
    give_back(std::move(connection));
    return replies;
  } catch (const base::Error&) {
    const std::lock_guard lock(mutex_);
    idle_.clear();
    return std::nullopt;
  }
}

bool RedisPool::paused() {
  const TimePoint now = now_();
  const std::lock_guard lock(mutex_);
  return now < paused_until_;
}

RedisPool::ConnectionPtr RedisPool::take_idle() {
  const std::lock_guard lock(mutex_);
  if (idle_.empty()) return nullptr;
  ConnectionPtr connection = std::move(idle_.back());
  idle_.pop_back();
  return connection;
}

void RedisPool::give_back(ConnectionPtr connection) {
  const std::lock_guard lock(mutex_);
  failures_ = 0;
  next_pause_ = kFirstPause;
  idle_.push_back(std::move(connection));
}

void RedisPool::note_failure(const std::string& reason) {
  const TimePoint now = now_();
  bool pause_begins = false;
  {
    const std::lock_guard lock(mutex_);
    failures_ += 1;
    if (failures_ >= kPatience && now >= paused_until_) {
      pause_begins = true;
      paused_until_ = now + next_pause_;
      next_pause_ = std::min(2 * next_pause_, kLongestPause);
    }
  }
  failed_(reason, pause_begins);
}

}  // namespace imgmill::cache
