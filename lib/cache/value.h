// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What a cache keeps: a stage's bytes with the little that a later run wants to know beside them. It is never changed
// once it is in a cache, and shared instead of copied.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/bytes.h"

namespace imgmill::cache {

struct Value {
  base::Bytes bytes{};
  std::map<std::string, std::string> note{};  // small: scores, sizes, warnings; as the stage likes
  std::vector<std::string> tags{};            // "preset=speed", "project=shop", "run=…": what prune can name
  double compute_ms = 0;                      // what making it took, and a hit saves
};

// Null is a miss.
using ValuePtr = std::shared_ptr<const Value>;

}  // namespace imgmill::cache
