// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What is asked of every job of a batch, whatever it makes.
#pragma once

#include <cstdint>

#include "image/limits.h"
#include "pipeline/result_cache.h"

namespace imgmill::pipeline {

struct Rules {
  image::Limits limits;
  int max_dimension = 0;        // px; 0: no bound
  double timeout_seconds = 0;   // per job; 0: none
  std::uint64_t max_bytes = 0;  // of a result; 0: no bound
  double target_ssim = 0;       // search for the smallest result that reaches this; 0: no search
  bool score = false;
  bool check = false;       // compare with what is there, write nothing
  bool warm = false;        // only keep results in the cache
  bool no_clobber = false;  // leave what exists
  ResultCache cache;        // where results are looked for, and kept
};

}  // namespace imgmill::pipeline
