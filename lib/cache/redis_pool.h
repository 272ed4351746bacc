// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The connections to one server, as many as there are threads at work, kept open between commands. A server that fails
// three times in a row is left alone for half a minute, then for twice as long each time, up to ten minutes; meanwhile
// nothing is sent, so nothing waits for it. Thread-safe.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "cache/redis_connection.h"
#include "cache/store.h"

namespace imgmill::cache {

class RedisPool {
 public:
  // `failed` hears the reason of each failure, and whether a pause begins with it; it may be called by any thread.
  using Failed = std::function<void(const std::string& reason, bool pause_begins)>;
  RedisPool(RedisUrl url, std::chrono::milliseconds timeout, Now now, Failed failed);

  // The replies in the order of the commands; nullopt after a failure or in a pause.
  std::optional<std::vector<RedisReply>> run(std::span<const RedisCommand> commands);

 private:
  using ConnectionPtr = std::unique_ptr<RedisConnection>;

  bool paused();
  std::optional<std::vector<RedisReply>> run_on_idle(std::span<const RedisCommand> commands);
  ConnectionPtr take_idle();
  void give_back(ConnectionPtr connection);
  void note_failure(const std::string& reason);

  const RedisUrl url_;
  const std::chrono::milliseconds timeout_;
  const Now now_;
  const Failed failed_;
  std::mutex mutex_;
  std::vector<ConnectionPtr> idle_;
  int failures_ = 0;  // in a row
  std::chrono::seconds next_pause_;
  TimePoint paused_until_{};
};

}  // namespace imgmill::cache
