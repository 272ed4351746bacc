// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cache/disk_layout.h"

#include <sys/stat.h>
#include <unistd.h>

#include <string>
#include <system_error>
#include <utility>

namespace imgmill::cache {

namespace {

namespace fs = std::filesystem;

// Calls visit(path) for all that a folder holds; nothing for one that can't be read.
template <class Visit>
void each(const fs::path& folder, Visit visit) {
  std::error_code error;
  for (fs::directory_iterator file(folder, error), end; !error && file != end; file.increment(error)) {
    visit(file->path());
  }
}

void visit_file(const fs::path& folder, const fs::path& path, const Visitor& visitor) {
  const std::string name = path.filename().string();
  const std::optional<base::Digest> digest = base::digest_from_hex(name);
  const bool unfinished = name.starts_with(".imgmill-") && name.ends_with(".tmp");
  if (!unfinished && (!digest || path != entry_path(folder, Key(*digest)))) return;
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return;
  const TimePoint time = time_of(status.st_mtim);
  if (unfinished) return visitor.leftover(path, time);
  visitor.entry({Key(*digest), static_cast<std::uint64_t>(status.st_size), time});
}

}  // namespace

std::uint64_t lease_lock(const Key& key) {
  constexpr std::uint64_t kFirst = std::uint64_t{1} << 32;
  constexpr std::uint64_t kCount = std::uint64_t{1} << 62;
  return kFirst + key.digest().low % kCount;
}

TimePoint time_of(const timespec& time) {
  const auto since = std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
  return TimePoint(std::chrono::duration_cast<TimePoint::duration>(since));
}

fs::path entry_path(const fs::path& folder, const Key& key) {
  const std::string name = key.hex();
  return folder / "entries" / name.substr(0, 2) / name;
}

void scan(const fs::path& folder, const Visitor& visitor) {
  each(folder / "entries", [&](const fs::path& part) {
    each(part, [&](const fs::path& path) { visit_file(folder, path, visitor); });
  });
}

void remove_empty_folders(const fs::path& folder) {
  each(folder / "entries", [](const fs::path& part) { ::rmdir(part.c_str()); });
}

}  // namespace imgmill::cache
