// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/line_file.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>

#include "base/error.h"
#include "base/system_error.h"

namespace imgmill::report {

LineFile::LineFile(const std::string& path) {
  if (path == "-") return;
  constexpr int kPublic = 0666;
  file_ = base::Descriptor(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, kPublic));
  if (file_.valid()) return;
  throw base::Error(base::ErrorKind::usage,
                    fmt::format("--json {}: can't be written: {}", path, base::error_text(errno)));
}

void LineFile::write(std::string line) {
  line += '\n';
  std::string_view rest = line;
  while (!rest.empty() && !closed_) {
    const ssize_t count = ::write(file_.valid() ? file_.get() : STDOUT_FILENO, rest.data(), rest.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      closed_ = true;
      if (errno != EPIPE) problem_ = "records could not be written: " + base::error_text(errno);
      return;
    }
    rest.remove_prefix(static_cast<std::size_t>(count));
  }
}

}  // namespace imgmill::report
