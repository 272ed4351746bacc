// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Where results are kept, as the user says it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cache/layered_store.h"
#include "plan/settings.h"

namespace imgmill::apps {

inline constexpr const char* kCacheGroup = "Cache";

struct CacheSettings {
  bool off = false;
  std::string folder;  // empty: the user's
  std::optional<cache::RedisUrl> server;
  std::vector<std::string> tags;
};

// cache_dir, no_cache, redis and tag; `cache` outlives the table.
void add_cache_settings(plan::Settings& settings, CacheSettings& cache);

// Null where it is off. Without a folder of the user's own there is no disk tier. Of `memory`, the budget of the
// run, a sixteenth at most is taken. `record`: the run counts in the statistics.
std::unique_ptr<cache::LayeredStore> open_cache(const CacheSettings& cache, std::uint64_t memory, bool record);

// "run=…", the same for the life of the process and for no other.
std::string run_tag();

}  // namespace imgmill::apps
