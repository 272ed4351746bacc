// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/atomic_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <string>
#include <string_view>

#include "base/descriptor.h"
#include "base/error.h"
#include "base/system_error.h"

namespace imgmill::base {

namespace {

[[noreturn]] void fail(int number) {
  throw Error(ErrorKind::output, number == ENOENT ? "the folder does not exist" : error_text(number));
}

void write_all(int file, ByteView bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(file, bytes.data(), bytes.size());
    if (count < 0) {
      if (errno == EINTR) continue;
      fail(errno);
    }
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
}

// Where a path leads to something that no file may take the place of.
enum class Place { file, stream, disk };

Place place_of(const std::filesystem::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return Place::file;
  if (S_ISBLK(status.st_mode)) return Place::disk;
  return S_ISCHR(status.st_mode) || S_ISFIFO(status.st_mode) ? Place::stream : Place::file;
}

void write_into(const std::filesystem::path& stream, ByteView bytes) {
  // Without waiting for somebody to read a pipe, but for those who do.
  const Descriptor file(::open(stream.c_str(), O_WRONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file.valid()) fail(errno);
  if (::fcntl(file.get(), F_SETFL, 0) != 0) fail(errno);
  write_all(file.get(), bytes);
}

constexpr std::string_view kPrefix = ".imgmill-", kSuffix = ".tmp";

// A lock on the file itself: the kernel frees it with the process, however that ends. A file system without locks says
// so to the writer as to whoever cleans up.
bool lock(int fd, int command) {
  struct flock whole {};
  whole.l_type = F_WRLCK;
  whole.l_whence = SEEK_SET;
  int result = 0;
  do {
    result = ::fcntl(fd, command, &whole);
  } while (result != 0 && errno == EINTR);
  return result == 0;
}

bool is_unlinked(int fd) {
  struct stat status {};
  return ::fstat(fd, &status) == 0 && status.st_nlink == 0;
}

// Unlinks its file unless it was committed, and holds a lock on it that tells a living writer's from a leftover.
class TemporaryFile {
 public:
  // Short and hidden, so that the name fits wherever the target's own name does. Process and counter make it unique
  // on this machine; O_EXCL settles the rest (a shared folder, a stale file of an earlier process of that number).
  explicit TemporaryFile(const std::filesystem::path& folder) {
    static std::atomic<unsigned> counter{0};
    constexpr int kTries = 1000;
    for (int i = 0; i < kTries; ++i) {
      std::string name(kPrefix);
      name += std::to_string(::getpid()) + "-" + std::to_string(counter++);
      name += kSuffix;
      path_ = folder / name;
      file_ = Descriptor(::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
      if (file_.valid()) {
        lock(file_.get(), F_OFD_SETLKW);
        if (!is_unlinked(file_.get())) return;
        continue;  // it was taken for a leftover before it was locked
      }
      if (errno != EEXIST) fail(errno);
    }
    fail(EEXIST);
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() {
    if (!path_.empty()) ::unlink(path_.c_str());
  }

  void write(ByteView bytes) { write_all(file_.get(), bytes); }

  void commit(const std::filesystem::path& target) {
    // Keeps the lock until the file has its name: closing another descriptor of the same opening doesn't end it.
    const Descriptor keeper(::fcntl(file_.get(), F_DUPFD_CLOEXEC, 0));
    // close() may be the first to hear of a full disk (NFS, quotas). After EINTR Linux has closed it all the same.
    if (::close(file_.release()) != 0 && errno != EINTR) fail(errno);
    if (::rename(path_.c_str(), target.c_str()) != 0) fail(errno);
    path_.clear();
  }

 private:
  std::filesystem::path path_;
  Descriptor file_;
};

}  // namespace

void write_file(const std::filesystem::path& path, ByteView bytes) {
  // Through a symbolic link the file it names is replaced, not the link.
  std::error_code ignored;
  std::filesystem::path target = path;
  if (std::filesystem::is_symlink(path, ignored)) {
    const std::filesystem::path resolved = std::filesystem::canonical(path, ignored);
    if (!resolved.empty()) target = resolved;
  }
  TemporaryFile file(target.has_parent_path() ? target.parent_path() : std::filesystem::path("."));
  file.write(bytes);
  file.commit(target);
}

void remove_leftovers(const std::filesystem::path& folder) {
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    const std::string name = entry->path().filename().native();
    if (!name.starts_with(kPrefix) || !name.ends_with(kSuffix)) continue;
    const Descriptor file(::open(entry->path().c_str(), O_WRONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW));
    struct stat status {};
    if (!file.valid() || ::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) continue;
    if (lock(file.get(), F_OFD_SETLK)) ::unlink(entry->path().c_str());
  }
}

void write_where_named(const std::filesystem::path& path, ByteView bytes) {
  switch (place_of(path)) {
    case Place::file:
      return write_file(path, bytes);
    case Place::stream:
      return write_into(path, bytes);
    case Place::disk:
      throw Error(ErrorKind::output, "is a block device");
  }
}

bool holds(const std::filesystem::path& path, ByteView bytes) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat status {};
  if (!file.valid() || ::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) return false;
  if (static_cast<std::uint64_t>(status.st_size) != bytes.size()) return false;
  std::array<std::uint8_t, 64 * 1024> buffer;
  while (!bytes.empty()) {
    const ssize_t count = ::read(file.get(), buffer.data(), std::min(buffer.size(), bytes.size()));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0 || std::memcmp(buffer.data(), bytes.data(), static_cast<std::size_t>(count)) != 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
  return true;
}

bool write_if_changed(const std::filesystem::path& path, ByteView bytes) {
  if (holds(path, bytes)) return false;
  write_where_named(path, bytes);
  return true;
}

}  // namespace imgmill::base
