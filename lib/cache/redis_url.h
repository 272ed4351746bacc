// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Where a Redis server is: redis://[[user]:password@]host[:port][/database], with %XX where a character would end its
// part.
#pragma once

#include <string>
#include <string_view>

namespace imgmill::cache {

struct RedisUrl {
  std::string host;
  int port = 6379;
  std::string user{}, password{};  // empty: none
  int database = 0;

  std::string place() const;  // "host:port", for messages: those never show the password
};

// Throws Error{usage} whose message starts with "must be".
RedisUrl parse_redis_url(std::string_view text);

}  // namespace imgmill::cache
