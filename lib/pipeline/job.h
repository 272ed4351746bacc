// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// One unit of work: an input and where its result goes. Made before any work starts, never changed afterwards.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

namespace imgmill::pipeline {

struct Job {
  std::size_t index = 0;        // its place in the batch
  std::filesystem::path input;  // "-" for standard input
  bool from_stdin = false;
  std::string relative;          // the input's path below its root: what is mirrored
  std::filesystem::path output;  // "-" for standard output
  bool to_stdout = false;
  std::string problem;  // not empty: the input could not even be looked at; the job fails with this message
};

}  // namespace imgmill::pipeline
