// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The cache of a machine: a folder that any number of processes read and write at once, without a daemon. An entry is
// one file that appears whole or not at all and proves itself when read. A file's modification time is when it was
// last used, exact to an hour; the oldest go first. The limit on bytes may be passed by what the processes wrote since
// they last looked: at most 1/16 of it (and at most 64 MB) each.
#pragma once

#include <atomic>
#include <filesystem>

#include "cache/ledger.h"
#include "cache/lock_file.h"
#include "cache/store.h"

namespace imgmill::cache {

class DiskStore : public Store {
 public:
  struct Limits {
    std::uint64_t max_bytes = 10ULL << 30;
    std::chrono::seconds ttl = std::chrono::hours(24 * 30);  // since the last use
  };

  // The folder is made with the first entry.
  explicit DiskStore(std::filesystem::path folder) : DiskStore(std::move(folder), Limits()) {}
  DiskStore(std::filesystem::path folder, const Limits& limits, Now now = std::chrono::system_clock::now);
  ~DiskStore() override;  // flushes

  void remove(const Key& key) override;
  Amount prune(const PruneRule& rule) override;
  Amount clear() override;
  Amount amount() override;
  LeasePtr try_lease(const Key& key) override;

  // Tells the other processes how much this one wrote, and brings the folder below its limits where that is due.
  void flush();

  // The statistics kept beside the entries, summed over all runs. Adding is false where the folder can't be written.
  Statistics statistics() const { return from_names(ledger_.read()); }
  bool add(const Statistics& statistics);

  const std::filesystem::path& folder() const { return folder_; }

 private:
  Fetched fetch(const Key& key) override;
  std::optional<std::uint64_t> keep(const Key& key, const ValuePtr& value) override;
  bool write(const std::filesystem::path& path, base::ByteView bytes);
  Amount sweep(const PruneRule& rule);
  void correct_usage(std::uint64_t assumed, std::uint64_t real);

  const std::filesystem::path folder_;
  const Limits limits_;
  const Now now_;
  const LockFile lock_;
  const Ledger ledger_;
  std::atomic<std::uint64_t> unflushed_{0};  // bytes written
};

}  // namespace imgmill::cache
