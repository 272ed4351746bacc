// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cache/memory_store.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace imgmill::cache {

namespace {

std::uint64_t size_of(const Value& value) {
  std::uint64_t size = sizeof(Value) + value.bytes.capacity();
  for (const auto& [name, text] : value.note) size += name.size() + text.size();
  for (const std::string& tag : value.tags) size += tag.size();
  return size;
}

bool has_tag(const Value& value, const std::string& tag) {
  return std::find(value.tags.begin(), value.tags.end(), tag) != value.tags.end();
}

}  // namespace

MemoryStore::MemoryStore(const Limits& limits, Now now) : limits_(limits), now_(std::move(now)) {}

Store::Fetched MemoryStore::fetch(const Key& key) {
  const TimePoint now = now_();
  const std::lock_guard lock(mutex_);
  const auto place = places_.find(key);
  if (place == places_.end()) return {};
  const Entries::iterator entry = place->second;
  if (expired(*entry, now)) {
    drop(entry);
    return {};
  }
  entry->used = now;
  entries_.splice(entries_.begin(), entries_, entry);
  return {entry->value, entry->bytes};
}

std::optional<std::uint64_t> MemoryStore::keep(const Key& key, const ValuePtr& value) {
  const std::uint64_t bytes = size_of(*value);
  const TimePoint now = now_();
  const std::lock_guard lock(mutex_);
  drop_key(key);
  if (bytes > limits_.max_bytes || limits_.max_entries == 0) return std::nullopt;
  while (bytes_ + bytes > limits_.max_bytes || entries_.size() >= limits_.max_entries) {
    drop(std::prev(entries_.end()));
  }
  entries_.push_front({key, value, bytes, now});
  places_[key] = entries_.begin();
  bytes_ += bytes;
  return bytes;
}

void MemoryStore::remove(const Key& key) {
  const std::lock_guard lock(mutex_);
  drop_key(key);
}

Amount MemoryStore::prune(const PruneRule& rule) {
  const TimePoint now = now_();
  const std::lock_guard lock(mutex_);
  const Amount before{entries_.size(), bytes_};
  const bool chosen = rule.older_than || rule.tag;
  for (auto entry = entries_.begin(); entry != entries_.end();) {
    const auto current = entry++;
    const bool old = !rule.older_than || older_than(*rule.older_than, current->used, now);
    const bool tagged = !rule.tag || has_tag(*current->value, *rule.tag);
    if ((chosen && old && tagged) || expired(*current, now)) drop(current);
  }
  while (rule.max_bytes && bytes_ > *rule.max_bytes) drop(std::prev(entries_.end()));
  return {before.entries - entries_.size(), before.bytes - bytes_};
}

Amount MemoryStore::clear() {
  const std::lock_guard lock(mutex_);
  const Amount before{entries_.size(), bytes_};
  entries_.clear();
  places_.clear();
  bytes_ = 0;
  return before;
}

Amount MemoryStore::amount() {
  const std::lock_guard lock(mutex_);
  return {entries_.size(), bytes_};
}

void MemoryStore::drop(Entries::iterator entry) {
  bytes_ -= entry->bytes;
  places_.erase(entry->key);
  entries_.erase(entry);
}

void MemoryStore::drop_key(const Key& key) {
  if (const auto place = places_.find(key); place != places_.end()) drop(place->second);
}

}  // namespace imgmill::cache
