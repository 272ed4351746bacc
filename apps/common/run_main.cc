// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/run_main.h"

#include <fmt/core.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <exception>

#include "base/error.h"
#include "base/system_error.h"
#include "common/exit_code.h"
#include "pipeline/write_guard.h"
#include "report/text.h"

namespace imgmill::apps {
namespace {

std::atomic<bool> g_stop{false};
static_assert(std::atomic<bool>::is_always_lock_free);  // it is set in a signal handler

extern "C" void on_stop_signal(int) {
  if (g_stop.exchange(true)) pipeline::exit_between_writes(kInterrupted);
}

void handle_signals() {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction action {};
    // Who starts us with a signal ignored (nohup, a shell's background job) means it.
    if (::sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN) continue;
    action.sa_handler = on_stop_signal;
    action.sa_flags = SA_RESTART;
    ::sigemptyset(&action.sa_mask);
    ::sigaction(signal, &action, nullptr);
  }
  // A closed pipe and a file over the size limit are errors of the write that meets them, not the end of the batch.
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
}

int fail(const std::string& message, int code) {
  report::say(stderr, fmt::format("error: {}\n", report::printable(message)));
  return code;
}

}  // namespace

std::atomic<bool>& stop_flag() { return g_stop; }

int run_main(const std::function<int()>& body) {
  handle_signals();
  try {
    const int code = body();
    // A reader that closed its pipe had enough; anything else is lost output, which must not look like success.
    if (std::fflush(stdout) != 0 && errno != EPIPE && code == kAllWell) {
      return fail("standard output can't be written: " + base::error_text(errno), kSomeFailed);
    }
    return code;
  } catch (const base::Error& error) {
    return fail(error.what(), error.kind() == base::ErrorKind::usage ? kUsage : kSomeFailed);
  } catch (const std::exception& error) {
    return fail(error.what(), kSomeFailed);
  }
}

}  // namespace imgmill::apps
