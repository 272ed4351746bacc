// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// One of N disjoint parts of a batch, for N processes or machines. Which part an input belongs to follows from its path
// below its root alone: it stays there when other files come or go, and wherever the tree lies.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "pipeline/job.h"

namespace imgmill::pipeline {

struct Shard {
  int part = 1, of = 1;  // 1 ≤ part ≤ of
  bool is_all() const { return of == 1; }
  bool operator==(const Shard&) const = default;
};

// "2/3", and back. Throws Error{usage} with a message that starts with "must be".
Shard parse_shard(std::string_view text);
std::string to_string(const Shard& shard);

// Whether an input with this path below its root is in the shard.
bool holds(const Shard& shard, std::string_view relative);

// The jobs of the shard in their order, with indices from 0 anew.
std::vector<Job> jobs_of(const Shard& shard, std::vector<Job> jobs);

}  // namespace imgmill::pipeline
