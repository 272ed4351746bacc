// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/bytes.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>

#include "base/descriptor.h"
#include "base/error.h"
#include "base/system_error.h"

namespace imgmill::base {

namespace {

[[noreturn]] void fail(int number) { throw Error(ErrorKind::input, error_text(number)); }

// Appends until the end of the file. `expected` is only a hint: a file may grow or shrink meanwhile, a pipe says 0.
Bytes read_all(int fd, std::size_t expected) {
  constexpr std::size_t kFirstGuess = 64 * 1024;
  Bytes bytes(expected > 0 ? expected + 1 : kFirstGuess);  // one more, so that the end shows without another growth
  std::size_t used = 0;
  for (;;) {
    if (used == bytes.size()) bytes.resize(bytes.size() * 2);
    const ssize_t count = ::read(fd, bytes.data() + used, bytes.size() - used);
    if (count == 0) break;
    if (count < 0) {
      if (errno == EINTR) continue;
      fail(errno);
    }
    used += static_cast<std::size_t>(count);
  }
  bytes.resize(used);
  return bytes;
}

}  // namespace

Bytes read_file(const std::filesystem::path& path) {
  // Without O_NONBLOCK a named pipe that nobody writes would hold up the whole batch before fstat can refuse it.
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file.valid()) fail(errno);
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) fail(errno);
  if (S_ISDIR(status.st_mode)) fail(EISDIR);
  if (!S_ISREG(status.st_mode)) throw Error(ErrorKind::input, "is no regular file");
  return read_all(file.get(), static_cast<std::size_t>(std::max<off_t>(status.st_size, 0)));
}

Bytes read_descriptor(int fd) { return read_all(fd, 0); }

}  // namespace imgmill::base
