// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cache/lock_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <thread>

namespace imgmill::cache {

LockFile::Lock LockFile::try_lock(std::uint64_t number) const {
  base::Descriptor file(::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666));
  if (!file.valid()) return {};
  struct flock range {};
  range.l_type = F_WRLCK;
  range.l_whence = SEEK_SET;
  range.l_start = static_cast<off_t>(number);
  range.l_len = 1;
  if (::fcntl(file.get(), F_OFD_SETLK, &range) == 0) return {Outcome::locked, std::move(file)};
  return {errno == EAGAIN || errno == EACCES ? Outcome::taken : Outcome::impossible, {}};
}

LockFile::Lock LockFile::lock(std::uint64_t number, std::chrono::milliseconds patience) const {
  const auto end = std::chrono::steady_clock::now() + patience;
  for (;;) {
    Lock lock = try_lock(number);
    if (lock.outcome != Outcome::taken || std::chrono::steady_clock::now() >= end) return lock;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

}  // namespace imgmill::cache
