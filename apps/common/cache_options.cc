// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/cache_options.h"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <utility>

#include "base/error.h"

namespace imgmill::apps {
namespace {

namespace fs = std::filesystem;

// As the XDG base directory specification has it: a relative path counts as none.
std::optional<fs::path> user_folder() {
  const char* folder = std::getenv("XDG_CACHE_HOME");
  if (folder != nullptr && *folder == '/') return fs::path(folder) / "imgmill";
  const char* home = std::getenv("HOME");
  if (home == nullptr || *home != '/') return std::nullopt;
  return fs::path(home) / ".cache/imgmill";
}

std::string without_password(const cache::RedisUrl& url) {
  return fmt::format("redis://{}{}/{}", url.password.empty() ? "" : ":...@", url.place(), url.database);
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += fmt::format("{}{}", text.empty() ? "" : ",", word);
  return text;
}

}  // namespace

void add_cache_settings(plan::Settings& settings, CacheSettings& cache) {
  settings.add({"cache_dir", kCacheGroup, "DIR",
                "Where results are kept, by default $XDG_CACHE_HOME/imgmill or ~/.cache/imgmill",
                [&cache](std::string_view text) {
                  if (text.empty()) throw base::Error(base::ErrorKind::usage, "must be a folder");
                  cache.folder = text;
                },
                [&cache] { return cache.folder; }});
  settings.add({"redis", kCacheGroup, "URL",
                "A server that keeps them for several machines: redis://[[user]:password@]host[:port][/database]",
                [&cache](std::string_view text) { cache.server = cache::parse_redis_url(text); },
                [&cache] { return cache.server ? without_password(*cache.server) : std::string(); }});
  settings.add({"no_cache", kCacheGroup, "", "Make every result anew, and keep none",
                [&cache](std::string_view text) { cache.off = plan::parse_switch(text); },
                [&cache] { return std::string(cache.off ? "on" : "off"); }});
  settings.add({"tag", kCacheGroup, "NAME,...", "Names for what is kept, by which cache prune finds it (project=shop)",
                [&cache](std::string_view text) { cache.tags = plan::split_list(text); },
                [&cache] { return joined(cache.tags); }});
}

std::unique_ptr<cache::LayeredStore> open_cache(const CacheSettings& cache, std::uint64_t memory, bool record) {
  if (cache.off) return nullptr;
  cache::LayeredStore::Options options;
  options.memory.max_bytes = std::min<std::uint64_t>(options.memory.max_bytes, memory / 16);
  options.folder = cache.folder.empty() ? user_folder() : fs::path(cache.folder);
  options.server = cache.server;
  options.record = record;
  return std::make_unique<cache::LayeredStore>(options);
}

std::string run_tag() {
  static const std::string tag = [] {
    const std::time_t now = std::time(nullptr);
    std::tm parts{};
    ::gmtime_r(&now, &parts);
    return fmt::format("run={:04}{:02}{:02}T{:02}{:02}{:02}Z-{}", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday,
                       parts.tm_hour, parts.tm_min, parts.tm_sec, ::getpid());
  }();
  return tag;
}

}  // namespace imgmill::apps
