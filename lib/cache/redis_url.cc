// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cache/redis_url.h"

#include <fmt/format.h>

#include <charconv>

#include "base/error.h"

namespace imgmill::cache {

namespace {

[[noreturn]] void fail(std::string_view what) {
  throw base::Error(base::ErrorKind::usage,
                    fmt::format("must be redis://[[user]:password@]host[:port][/database]: {}", what));
}

int number(std::string_view text, int most, std::string_view what) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 0 || value > most) {
    fail(fmt::format("{} is no {}", text.empty() ? "nothing" : text, what));
  }
  return value;
}

std::string decoded(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      plain += text[i];
      continue;
    }
    const std::string_view digits = text.substr(i + 1, 2);
    unsigned code = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
    if (error != std::errc() || digits.size() != 2 || end != digits.data() + 2) fail("there is a % without two digits");
    plain += static_cast<char>(code);
    i += 2;
  }
  return plain;
}

// What stands before `mark`, which goes with it; nothing where there is no mark.
std::string_view cut_before(std::string_view& text, std::size_t mark) {
  if (mark == std::string_view::npos) return {};
  const std::string_view before = text.substr(0, mark);
  text.remove_prefix(mark + 1);
  return before;
}

}  // namespace

std::string RedisUrl::place() const {
  const bool six = host.find(':') != std::string::npos;
  return fmt::format("{}{}{}:{}", six ? "[" : "", host, six ? "]" : "", port);
}

RedisUrl parse_redis_url(std::string_view text) {
  constexpr std::string_view kScheme = "redis://";
  constexpr int kMostPort = 65535, kMostDatabase = 1 << 20;
  if (!text.starts_with(kScheme)) fail("it does not begin with redis://");
  text.remove_prefix(kScheme.size());
  RedisUrl url;
  if (std::string_view account = cut_before(text, text.rfind('@')); !account.empty()) {
    const std::size_t colon = account.find(':');
    if (colon == std::string_view::npos) fail("there is a user without a password");
    url.user = decoded(cut_before(account, colon));
    url.password = decoded(account);
  }
  if (const std::size_t slash = text.find('/'); slash != std::string_view::npos) {
    const std::string_view database = text.substr(slash + 1);
    if (!database.empty()) url.database = number(database, kMostDatabase, "database number");
    text = text.substr(0, slash);
  }
  if (text.starts_with('[')) {  // an IPv6 address, whose colons are its own
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos) fail("there is a [ without ]");
    url.host = text.substr(1, end - 1);
    text.remove_prefix(end + 1);
    if (!text.empty() && text[0] != ':') fail("only a port can follow ]");
  } else {
    url.host = decoded(text.substr(0, text.find(':')));
    text.remove_prefix(std::min(text.size(), text.find(':')));
  }
  if (!text.empty()) url.port = number(text.substr(1), kMostPort, "port");
  if (url.host.empty() || url.port == 0) fail("there is no host or port");
  return url;
}

}  // namespace imgmill::cache
