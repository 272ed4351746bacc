// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cache/redis_url.h"

#include <catch2/catch.hpp>

#include "base/error.h"

namespace imgmill::cache {
namespace {

TEST_CASE("RedisUrl: what an address can hold") {
  const RedisUrl plain = parse_redis_url("redis://cache.example");
  CHECK(plain.host == "cache.example");
  CHECK(plain.port == 6379);
  CHECK(plain.database == 0);
  CHECK(plain.password.empty());
  const RedisUrl full = parse_redis_url("redis://me:p%40ss%2F@10.0.0.1:7000/3");
  CHECK(full.user == "me");
  CHECK(full.password == "p@ss/");
  CHECK(full.host == "10.0.0.1");
  CHECK(full.port == 7000);
  CHECK(full.database == 3);
  CHECK(full.place() == "10.0.0.1:7000");
  CHECK(parse_redis_url("redis://:secret@h/").password == "secret");
  CHECK(parse_redis_url("redis://:secret@h/").user.empty());
  CHECK(parse_redis_url("redis://[::1]:7000/2").host == "::1");
  CHECK(parse_redis_url("redis://[::1]").place() == "[::1]:6379");
}

TEST_CASE("RedisUrl: what isn't one is refused, without its password") {
  for (const char* text : {"", "redis", "redis://", "http://h", "redis://h:0", "redis://h:70000", "redis://h:x",
                           "redis://h/x", "redis://h/-1", "redis://user@h", "redis://[::1", "redis://[::1]x",
                           "redis://h:1:2", "redis://:a%2@h", "redis://:6379"}) {
    CAPTURE(text);
    CHECK_THROWS_AS(parse_redis_url(text), base::Error);
  }
  try {
    parse_redis_url("redis://:hush@h:x");
    FAIL();
  } catch (const base::Error& error) {
    CHECK(error.kind() == base::ErrorKind::usage);
    CHECK(std::string(error.what()).find("hush") == std::string::npos);
  }
}

}  // namespace
}  // namespace imgmill::cache
