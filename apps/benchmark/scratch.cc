// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "benchmark/scratch.h"

#include <fmt/core.h>

#include <cerrno>
#include <cstdlib>
#include <string>
#include <system_error>

#include "base/error.h"
#include "base/system_error.h"

namespace imgmill::apps {

namespace fs = std::filesystem;

Scratch::Scratch() {
  std::error_code error;
  const fs::path parent = fs::temp_directory_path(error);
  std::string name = (error ? fs::path("/tmp") : parent) / "imgmill-bench-XXXXXX";
  if (::mkdtemp(name.data()) == nullptr) {
    throw base::Error(base::ErrorKind::output, fmt::format("can't make {}: {}", name, base::error_text(errno)));
  }
  path_ = name;
}

Scratch::~Scratch() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

}  // namespace imgmill::apps
