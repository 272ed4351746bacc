// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cache/disk_store.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

#include "base/atomic_file.h"
#include "base/descriptor.h"
#include "base/error.h"
#include "base/system_error.h"
#include "cache/disk_layout.h"
#include "cache/entry.h"

namespace imgmill::cache {

namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr auto kTouchInterval = 1h;  // a hit sets the time of an entry whose time is older
constexpr auto kLeftoverAge = 1h;    // no entry takes that long to write
constexpr auto kSweepPatience = 5s;  // then we sweep beside another: that costs time, nothing else
// In seconds: for what has expired, and for the bytes of processes that were killed before they told.
constexpr std::uint64_t kSweepInterval = 24 * 3600;
constexpr std::uint64_t kMostUnflushed = 64 << 20;
constexpr std::string_view kUsedBytes = "disk.used_bytes", kSweptAt = "disk.swept_at";

std::uint64_t seconds_of(TimePoint time) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
  return static_cast<std::uint64_t>(std::max<decltype(seconds)>(seconds, 0));
}

using TimePair = std::array<timespec, 2>;  // of access and of change

TimePair pair_of(TimePoint time) {
  const auto since = time.time_since_epoch();
  const auto seconds = std::chrono::floor<std::chrono::seconds>(since);
  const auto rest = std::chrono::duration_cast<std::chrono::nanoseconds>(since - seconds);
  const timespec spec{static_cast<time_t>(seconds.count()), static_cast<long>(rest.count())};
  return {spec, spec};
}

// The first `bytes.size()` bytes from `fd` on.
bool fill(int fd, std::span<std::uint8_t> bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::read(fd, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
  return true;
}

// The whole entry, or nothing for what is none; no room is made for what isn't there.
base::Bytes read_entry(int fd, std::uint64_t size) {
  base::Bytes bytes(kHeadSize);
  if (size < kHeadSize || !fill(fd, bytes)) return {};
  const std::optional<Extent> extent = extent_of(bytes);
  if (!extent || extent->whole != size) return {};
  bytes.resize(static_cast<std::size_t>(size));
  if (!fill(fd, std::span(bytes).subspan(kHeadSize))) return {};
  return bytes;
}

bool file_has_tag(const fs::path& path, const std::string& tag) {
  const base::Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  base::Bytes bytes(kHeadSize);
  if (!file.valid() || !fill(file.get(), bytes)) return false;
  const std::optional<Extent> extent = extent_of(bytes);
  if (!extent) return false;
  bytes.resize(static_cast<std::size_t>(extent->prefix));
  if (!fill(file.get(), std::span(bytes).subspan(kHeadSize))) return false;
  const std::vector<std::string> tags = tags_of(bytes);
  return std::find(tags.begin(), tags.end(), tag) != tags.end();
}

struct DiskLease : Lease {
  explicit DiskLease(base::Descriptor held) : held_(std::move(held)) {}
  base::Descriptor held_;
};

void drop(const fs::path& folder, const EntryFile& file, Amount& gone) {
  if (::unlink(entry_path(folder, file.key).c_str()) != 0) return;  // another was faster, or we may not
  gone.entries += 1;
  gone.bytes += file.bytes;
}

struct Remaining {
  std::vector<EntryFile> files;
  std::uint64_t bytes = 0;
};

// The first half of a sweep: what the rule means, what has expired, and what writers that died left behind.
Amount drop_chosen(const fs::path& folder, const PruneRule& rule, std::chrono::seconds ttl, TimePoint now,
                   Remaining& remaining) {
  Amount gone;
  const auto meant = [&](const EntryFile& file) {
    if (!rule.older_than && !rule.tag) return false;
    if (rule.older_than && !older_than(*rule.older_than, file.used, now)) return false;
    return !rule.tag || file_has_tag(entry_path(folder, file.key), *rule.tag);
  };
  const auto on_entry = [&](const EntryFile& file) {
    if (older_than(ttl, file.used, now) || meant(file)) return drop(folder, file, gone);
    remaining.bytes += file.bytes;
    remaining.files.push_back(file);
  };
  const auto on_leftover = [&](const fs::path& path, TimePoint written) {
    if (older_than(kLeftoverAge, written, now)) ::unlink(path.c_str());
  };
  scan(folder, {on_entry, on_leftover});
  return gone;
}

// The second half: the least recently used, until `most` bytes remain.
Amount drop_oldest(const fs::path& folder, Remaining& remaining, std::uint64_t most) {
  Amount gone;
  if (remaining.bytes <= most) return gone;
  std::vector<EntryFile>& files = remaining.files;
  std::sort(files.begin(), files.end(), [](const EntryFile& a, const EntryFile& b) { return a.used < b.used; });
  for (const EntryFile& file : files) {
    if (remaining.bytes <= most) break;
    drop(folder, file, gone);
    remaining.bytes -= file.bytes;
  }
  return gone;
}

}  // namespace

DiskStore::DiskStore(fs::path folder, const Limits& limits, Now now)
    : folder_(std::move(folder)),
      limits_(limits),
      now_(std::move(now)),
      lock_(folder_ / "lock"),
      ledger_(folder_ / "counts", lock_, kLedgerLock) {}

DiskStore::~DiskStore() {
  try {
    if (unflushed_ > 0) flush();
  } catch (...) {  // no memory for a look at the folder: the next process does it
  }
}

Store::Fetched DiskStore::fetch(const Key& key) {
  const base::Descriptor file(::open(entry_path(folder_, key).c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file.valid()) {
    if (errno != ENOENT && errno != ENOTDIR) {  // those a put will tell of
      trouble("folder", fmt::format("the cache in {} can't be read: {}", folder_.string(), base::error_text(errno)));
    }
    return {};
  }
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) return {};
  const TimePoint now = now_(), used = time_of(status.st_mtim);
  if (older_than(limits_.ttl, used, now)) return {};
  const auto size = static_cast<std::uint64_t>(std::max<off_t>(status.st_size, 0));
  ValuePtr value = S_ISREG(status.st_mode) ? unpack(key, read_entry(file.get(), size)) : nullptr;
  if (!value) {
    trouble("damage", fmt::format("the cache in {} holds a damaged entry: it is made anew", folder_.string()));
    return {};
  }
  if (now - used > kTouchInterval) ::futimens(file.get(), pair_of(now).data());  // a courtesy: may fail
  return {std::move(value), size};
}

std::optional<std::uint64_t> DiskStore::keep(const Key& key, const ValuePtr& value) {
  const base::Bytes packed = pack(key, *value);
  if (packed.empty() || packed.size() > limits_.max_bytes) return std::nullopt;
  const fs::path path = entry_path(folder_, key);
  if (!write(path, packed)) return std::nullopt;
  ::utimensat(AT_FDCWD, path.c_str(), pair_of(now_()).data(), 0);
  const std::uint64_t unflushed = unflushed_ += packed.size();
  if (unflushed >= std::min(kMostUnflushed, limits_.max_bytes / 16)) flush();
  return packed.size();
}

bool DiskStore::write(const fs::path& path, base::ByteView bytes) {
  // The folder may be missing, or come and go while others make it or clear the cache. That it is there now doesn't say
  // that it was when the write failed, so only the third such failure is one of the disk.
  constexpr int kTries = 20, kStrikes = 3;
  std::string reason;
  for (int tries = 0, strikes = 0; tries < kTries && strikes < kStrikes; ++tries) {
    try {
      base::write_file(path, bytes);
      return true;
    } catch (const base::Error& error) {
      reason = error.what();
    }
    std::error_code failed;
    if (!fs::create_directories(path.parent_path(), failed)) ++strikes;
    if (failed && failed != std::errc::no_such_file_or_directory) {
      reason = base::error_text(failed.value());
      break;
    }
  }
  trouble("folder", fmt::format("the cache in {} can't be written: {}", folder_.string(), reason));
  return false;
}

void DiskStore::remove(const Key& key) { ::unlink(entry_path(folder_, key).c_str()); }

LeasePtr DiskStore::try_lease(const Key& key) {
  LockFile::Lock lock = lock_.try_lock(lease_lock(key));
  if (lock.outcome == LockFile::Outcome::impossible) {
    std::error_code failed;
    fs::create_directories(folder_, failed);
    if (!failed) lock = lock_.try_lock(lease_lock(key));
  }
  if (lock.outcome == LockFile::Outcome::taken) return nullptr;
  return std::make_unique<DiskLease>(std::move(lock.held));
}

bool DiskStore::add(const Statistics& statistics) {
  const NamedCounts more = to_names(statistics);
  if (more.empty()) return true;
  return ledger_.update([&](NamedCounts& counts) {
    for (const auto& [name, count] : more) counts[name] += count;
  });
}

void DiskStore::flush() {
  const std::uint64_t written = unflushed_.exchange(0);
  const std::uint64_t now = seconds_of(now_());
  bool due = false;
  ledger_.update([&](NamedCounts& counts) {
    const std::uint64_t used = counts[std::string(kUsedBytes)] += written;
    const std::uint64_t swept = counts[std::string(kSweptAt)];  // 0 where nobody knows: then `used` is a guess too
    due = used > limits_.max_bytes || now > swept + kSweepInterval;
  });
  if (!due) return;
  const LockFile::Lock alone = lock_.try_lock(kEvictionLock);
  if (alone.outcome != LockFile::Outcome::taken) sweep({});  // else another is at it
}

Amount DiskStore::prune(const PruneRule& rule) {
  const LockFile::Lock alone = lock_.lock(kEvictionLock, kSweepPatience);
  return sweep(rule);
}

Amount DiskStore::sweep(const PruneRule& rule) {
  unflushed_ = 0;  // the scan sees those
  const NamedCounts before = ledger_.read();
  const auto assumed = before.find(kUsedBytes);
  Remaining remaining;
  const Amount gone = drop_chosen(folder_, rule, limits_.ttl, now_(), remaining);
  std::uint64_t most = rule.max_bytes.value_or(remaining.bytes);
  // By a tenth under the limit, so that the next sweep isn't due at once.
  if (remaining.bytes > limits_.max_bytes) most = std::min(most, limits_.max_bytes - limits_.max_bytes / 10);
  const Amount evicted = drop_oldest(folder_, remaining, most);
  correct_usage(assumed == before.end() ? 0 : assumed->second, remaining.bytes);
  return {gone.entries + evicted.entries, gone.bytes + evicted.bytes};
}

// What other processes wrote since we read `assumed` stays counted, though the scan may have seen it: better swept too
// early than too late.
void DiskStore::correct_usage(std::uint64_t assumed, std::uint64_t real) {
  ledger_.update([&](NamedCounts& counts) {
    std::uint64_t& used = counts[std::string(kUsedBytes)];
    used = (used > assumed ? used - assumed : 0) + real;
    counts[std::string(kSweptAt)] = seconds_of(now_());
  });
}

Amount DiskStore::clear() {
  const LockFile::Lock alone = lock_.lock(kEvictionLock, kSweepPatience);
  const Amount gone = sweep({.older_than = std::chrono::seconds::min()});
  remove_empty_folders(folder_);
  return gone;
}

Amount DiskStore::amount() {
  Amount amount;
  const auto count = [&](const EntryFile& file) {
    amount.entries += 1;
    amount.bytes += file.bytes;
  };
  scan(folder_, {count, [](const fs::path&, TimePoint) {}});
  return amount;
}

}  // namespace imgmill::cache
