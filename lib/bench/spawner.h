// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Other programs, run one after the other and measured by the kernel. They are children of a small process that is
// split off before this one grows: the kernel counts what a parent has in memory as its child's peak, too.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/descriptor.h"

namespace imgmill::bench {

struct Ended {
  std::string problem;  // not empty: it could not be started, failed, was killed or took too long
  int exit_code = -1;   // -1: it was killed
  double ms = 0, cpu_ms = 0;
  double wait_ms = 0;             // for which its first thread was ready, but others had the processor
  std::uint64_t peak_memory = 0;  // resident bytes
};

// The words of a command line, as a shell splits it: blanks part words, quotes and backslashes keep them. Nothing else
// of a shell is known. Throws Error{usage} for a quote that isn't closed.
std::vector<std::string> words_of(std::string_view command);

class Spawner {
 public:
  // For `at_once` programs side by side. Call it while this process has one thread. Throws Error{internal}.
  explicit Spawner(int at_once);
  ~Spawner();
  Spawner(const Spawner&) = delete;
  Spawner& operator=(const Spawner&) = delete;

  // Runs words[0], looked for on PATH, to its end. Its standard output goes to the file `output`, or nowhere where that
  // is empty; of standard error the last line is kept for `problem`. Killed after `timeout_seconds`, 0:
  // never, and with `stop` (may be null), after which this object runs nothing more; so it is where this process ends.
  Ended run(std::span<const std::string> words, const std::filesystem::path& output, double timeout_seconds,
            const std::atomic<bool>* stop = nullptr);

 private:
  struct Helper {
    ::pid_t pid = 0;
    base::Descriptor socket;
    bool busy = false;
  };
  Helper& take();

  std::mutex mutex_;
  std::vector<Helper> helpers_;
};

}  // namespace imgmill::bench
