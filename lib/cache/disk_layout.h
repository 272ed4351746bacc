// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Where the disk tier keeps what, below its folder:
//   entries/ab/abc…        an entry under its key's 32 digits, the first two of them as a folder: making one takes
//                          longer than writing an entry, and 256 hold a million entries well
//   entries/ab/.imgmill-*  one that is just being written, or was when its process died
//   counts                 the ledger: statistics and the bytes in use
//   lock                   the lock file: lock 0 for eviction, 1 for the ledger, from 2^32 on one a key
// Other files are never read, counted or removed.
#pragma once

#include <sys/stat.h>

#include <filesystem>
#include <functional>
#include <optional>

#include "cache/store.h"

namespace imgmill::cache {

inline constexpr std::uint64_t kEvictionLock = 0;
inline constexpr std::uint64_t kLedgerLock = 1;
std::uint64_t lease_lock(const Key& key);

std::filesystem::path entry_path(const std::filesystem::path& folder, const Key& key);

TimePoint time_of(const timespec& time);

struct EntryFile {  // without its path: there may be a million of them
  Key key;
  std::uint64_t bytes = 0;
  TimePoint used;  // its modification time
};

struct Visitor {
  std::function<void(const EntryFile&)> entry;
  // A file that was never finished, or isn't yet.
  std::function<void(const std::filesystem::path&, TimePoint written)> leftover;
};

// All entries, in no order; what appears or goes meanwhile may be among them. Unreadable folders count as empty.
void scan(const std::filesystem::path& folder, const Visitor& visitor);

// Those below "entries" that hold nothing.
void remove_empty_folders(const std::filesystem::path& folder);

}  // namespace imgmill::cache
