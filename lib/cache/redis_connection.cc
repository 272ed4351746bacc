// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cache/redis_connection.h"

#include <fmt/format.h>
#include <hiredis/hiredis.h>
#include <sys/socket.h>

#include <cerrno>
#include <utility>

#include "base/error.h"
#include "base/system_error.h"

namespace imgmill::cache {

namespace {

using base::Error;
using base::ErrorKind;

struct Free {
  void operator()(redisContext* context) const { redisFree(context); }
  void operator()(redisReply* reply) const { freeReplyObject(reply); }
};

timeval timeval_of(std::chrono::milliseconds time) {
  return {static_cast<time_t>(time.count() / 1000), static_cast<suseconds_t>(time.count() % 1000 * 1000)};
}

// hiredis says "Resource temporarily unavailable" of a server that doesn't answer.
[[noreturn]] void fail(const redisContext& context, int number) {
  if (context.err == REDIS_ERR_EOF) throw Error(ErrorKind::input, "the server closed the connection");
  if (context.err == REDIS_ERR_IO || context.err == 0) {
    const bool late = number == EAGAIN || number == EWOULDBLOCK || number == ETIMEDOUT || number == EINPROGRESS;
    throw Error(ErrorKind::input, late ? "no answer in time" : base::error_text(number));
  }
  throw Error(ErrorKind::input, context.errstr);
}

void append(std::string& text, const RedisCommand& command) {
  text += fmt::format("*{}\r\n", command.size());
  for (const std::string& part : command) {
    text += fmt::format("${}\r\n", part.size());
    text += part;
    text += "\r\n";
  }
}

RedisReply converted(const redisReply& reply) {
  RedisReply result;
  switch (reply.type) {
    case REDIS_REPLY_INTEGER:
      result.type = RedisReply::Type::number;
      result.number = reply.integer;
      break;
    case REDIS_REPLY_ARRAY:
      result.type = RedisReply::Type::list;
      for (std::size_t i = 0; i < reply.elements; ++i) result.list.push_back(converted(*reply.element[i]));
      break;
    case REDIS_REPLY_NIL:
      break;
    default:
      result.type = reply.type == REDIS_REPLY_ERROR ? RedisReply::Type::error : RedisReply::Type::text;
      result.bytes.assign(reply.str, reply.str + reply.len);
  }
  return result;
}

}  // namespace

struct RedisConnection::State {
  std::unique_ptr<redisContext, Free> context;

  // hiredis would write without MSG_NOSIGNAL: a server that is gone would end this process by SIGPIPE.
  void send(std::string_view text) const {
    while (!text.empty()) {
      const ssize_t count = ::send(context->fd, text.data(), text.size(), MSG_NOSIGNAL);
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) fail(*context, errno);
      text.remove_prefix(static_cast<std::size_t>(count));
    }
  }
  RedisReply receive() const {
    for (;;) {
      void* reply = nullptr;
      if (redisGetReplyFromReader(context.get(), &reply) != REDIS_OK) fail(*context, 0);
      if (reply != nullptr) {
        const std::unique_ptr<redisReply, Free> owner(static_cast<redisReply*>(reply));
        return converted(*owner);
      }
      if (redisBufferRead(context.get()) != REDIS_OK) fail(*context, errno);
    }
  }
};

RedisConnection::RedisConnection(const RedisUrl& url, std::chrono::milliseconds timeout)
    : state_(std::make_unique<State>()) {
  const timeval limit = timeval_of(timeout);
  errno = 0;
  state_->context.reset(redisConnectWithTimeout(url.host.c_str(), url.port, limit));
  if (!state_->context) throw std::bad_alloc();
  if (state_->context->err != 0) fail(*state_->context, errno);
  if (redisSetTimeout(state_->context.get(), limit) != REDIS_OK) fail(*state_->context, errno);
  std::vector<RedisCommand> commands;
  if (!url.password.empty()) {
    commands.push_back(url.user.empty() ? RedisCommand{"AUTH", url.password}
                                        : RedisCommand{"AUTH", url.user, url.password});
  }
  if (url.database != 0) commands.push_back({"SELECT", std::to_string(url.database)});
  for (const RedisReply& reply : run(commands)) {
    if (reply.type == RedisReply::Type::error) throw Error(ErrorKind::input, std::string(reply.text()));
  }
}

RedisConnection::~RedisConnection() = default;

std::vector<RedisReply> RedisConnection::run(std::span<const RedisCommand> commands) {
  std::string text;
  for (const RedisCommand& command : commands) append(text, command);
  state_->send(text);
  std::vector<RedisReply> replies;
  replies.reserve(commands.size());
  while (replies.size() < commands.size()) replies.push_back(state_->receive());
  return replies;
}

}  // namespace imgmill::cache
