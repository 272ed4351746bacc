// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/stderr_capture.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <mutex>

namespace imgmill::base {

namespace {

thread_local std::string* capturing = nullptr;

ssize_t take(void*, const char* text, std::size_t size) {
  constexpr std::size_t kFlood = 4096;
  if (capturing != nullptr) {
    try {
      if (capturing->size() < kFlood) capturing->append(text, size);
    } catch (...) {  // no memory for a warning: it is lost; we are inside a C library here
    }
    return static_cast<ssize_t>(size);
  }
  std::size_t written = 0;
  while (written < size) {
    const ssize_t count = ::write(STDERR_FILENO, text + written, size - written);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    written += static_cast<std::size_t>(count);
  }
  return static_cast<ssize_t>(size);
}

// In the GNU C library `stderr` is a variable that every library reads anew, so it can be given another stream once
// for all. The old one stays open: whoever has kept a pointer to it loses nothing.
void replace_stderr() {
  std::FILE* stream = ::fopencookie(nullptr, "w", {nullptr, take, nullptr, nullptr});
  if (stream == nullptr) return;
  std::setvbuf(stream, nullptr, _IONBF, 0);
  std::fflush(stderr);
  stderr = stream;
}

}  // namespace

StderrCapture::StderrCapture() : outer_(capturing) {
  static std::once_flag once;
  std::call_once(once, replace_stderr);
  capturing = &text_;
}

StderrCapture::~StderrCapture() { capturing = outer_; }

}  // namespace imgmill::base
