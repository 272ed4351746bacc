// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pipeline/write_guard.h"

#include <unistd.h>

#include <atomic>

namespace imgmill::pipeline {
namespace {

// Sequentially consistent on purpose: either the writer sees the request, or the one who requests sees the writer.
std::atomic<int> g_writers{0};
std::atomic<int> g_exit_code{-1};
static_assert(std::atomic<int>::is_always_lock_free);  // they are used in a signal handler

}  // namespace

WriteGuard::WriteGuard() {
  ++g_writers;
  if (const int code = g_exit_code; code >= 0 && g_writers == 1) ::_exit(code);
}

WriteGuard::~WriteGuard() {
  const bool last = --g_writers == 0;
  if (const int code = g_exit_code; code >= 0 && last) ::_exit(code);
}

void exit_between_writes(int code) {
  g_exit_code = code;
  if (g_writers == 0) ::_exit(code);
}

}  // namespace imgmill::pipeline
