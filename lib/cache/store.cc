// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cache/store.h"

#include <algorithm>
#include <utility>

namespace imgmill::cache {

ValuePtr Store::get(const Key& key) {
  const Fetched fetched = fetch(key);
  if (!fetched.value) counts_.misses += 1;
  return counted(fetched);
}

ValuePtr Store::get_again(const Key& key) { return counted(fetch(key)); }

ValuePtr Store::counted(const Fetched& fetched) {
  if (fetched.value) {
    counts_.hits += 1;
    counts_.bytes_read += fetched.stored_bytes;
    counts_.saved_microseconds += to_microseconds(fetched.value->compute_ms);
  }
  return fetched.value;
}

bool Store::put(const Key& key, const ValuePtr& value) {
  if (!value) return false;
  const std::optional<std::uint64_t> bytes = keep(key, value);
  if (!bytes) return false;
  counts_.stores += 1;
  counts_.bytes_written += *bytes;
  return true;
}

LeasePtr Store::try_lease(const Key&) { return std::make_unique<Lease>(); }

void Store::trouble(const std::string& kind, const std::string& line) {
  count_error();
  warn(kind, line);
}

void Store::warn(const std::string& kind, const std::string& line) {
  const std::lock_guard lock(mutex_);
  if (std::find(told_kinds_.begin(), told_kinds_.end(), kind) != told_kinds_.end()) return;
  told_kinds_.push_back(kind);
  warnings_.push_back(line);
}

std::vector<std::string> Store::take_warnings() {
  const std::lock_guard lock(mutex_);
  return std::exchange(warnings_, {});
}

}  // namespace imgmill::cache
