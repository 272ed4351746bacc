// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// One connection to a Redis server, used by one thread at a time. After the first failure it is of no more use.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "cache/redis_url.h"

namespace imgmill::cache {

using RedisCommand = std::vector<std::string>;

struct RedisReply {
  enum class Type { text, number, list, nothing, error };
  Type type = Type::nothing;
  base::Bytes bytes{};  // of a text, a status or an error
  std::int64_t number = 0;
  std::vector<RedisReply> list{};

  std::string_view text() const { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }
};

class RedisConnection {
 public:
  // Logs in and chooses the database. Throws Error{input} with a reason where there is no server, no answer within
  // `timeout`, or a refusal. Looking up a host's name may take longer; an address needs none.
  RedisConnection(const RedisUrl& url, std::chrono::milliseconds timeout);
  ~RedisConnection();
  RedisConnection(const RedisConnection&) = delete;
  RedisConnection& operator=(const RedisConnection&) = delete;

  // Sends all commands at once and gives their replies in that order; a command that is refused has a reply of type
  // error. Throws Error{input} when the connection broke or stood still for `timeout`.
  std::vector<RedisReply> run(std::span<const RedisCommand> commands);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace imgmill::cache
