// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What every subcommand does around its own work: prepare the process, turn exceptions into exit codes, hear signals.
#pragma once

#include <atomic>
#include <functional>

namespace imgmill::apps {

// Runs `body`, the whole of a subcommand, and returns its exit code. An Error becomes one line on standard error.
int run_main(const std::function<int()>& body);

// Set by the first SIGINT, SIGTERM or SIGHUP. The second ends the process at once, between two writes.
std::atomic<bool>& stop_flag();

}  // namespace imgmill::apps
