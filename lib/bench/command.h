// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Another program as an entrant: run, timed and scored like our own.
#pragma once

#include <atomic>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "bench/spawner.h"
#include "image/limits.h"
#include "pipeline/job.h"
#include "pipeline/outcome.h"

namespace imgmill::bench {

struct Command {
  std::vector<std::string> words;  // {in} and {out} stand for the files
  bool to_stdout = false;          // none of them is {out}: what it prints is the result
};

// Throws Error{usage} where {in} is missing, or as words_of does.
Command parse_command(std::string_view text);

struct CommandTask {
  Spawner* spawner = nullptr;  // outlives the task
  Command command;
  double timeout_seconds = 0;
  image::Limits limits;
  int max_dimension = 0;                    // px; 0: no bound. Results are scored in the size that this gives
  bool gate_may_fail = false;               // it is one of ours: exit code 3 is a result too
  const std::atomic<bool>* stop = nullptr;  // ends what runs
};

// One output, at the job's first path, with its bytes; `score` compares it with the input, an SVG drawn in the input's
// size. Never throws.
pipeline::Outcome run_command(const pipeline::Job& job, const CommandTask& task, bool score);

}  // namespace imgmill::bench
