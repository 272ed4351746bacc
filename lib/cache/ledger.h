// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Counts that outlive the process, in a small text file that many processes change at once: each change is read, made
// and renamed into place under a lock. A damaged file counts as empty and is replaced by the next change.
#pragma once

#include <filesystem>
#include <functional>

#include "cache/lock_file.h"
#include "cache/statistics.h"

namespace imgmill::cache {

class Ledger {
 public:
  // Lock `number` of `lock` guards it; both outlive this.
  Ledger(std::filesystem::path file, const LockFile& lock, std::uint64_t number)
      : file_(std::move(file)), lock_(lock), number_(number) {}

  NamedCounts read() const;

  // Hands the counts of the moment to `change` and keeps what it makes of them. Returns false, without a change, where
  // the file can't be written or another process keeps the lock for a second.
  bool update(const std::function<void(NamedCounts&)>& change) const;

 private:
  const std::filesystem::path file_;
  const LockFile& lock_;
  const std::uint64_t number_;
};

}  // namespace imgmill::cache
