// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/error.h"

#include <catch2/catch.hpp>
#include <cerrno>

#include "base/system_error.h"

namespace imgmill {
namespace {

TEST_CASE("error kinds have the names that records use") {
  CHECK(base::to_string(base::ErrorKind::usage) == "usage");
  CHECK(base::to_string(base::ErrorKind::input) == "input");
  CHECK(base::to_string(base::ErrorKind::unsupported) == "unsupported");
  CHECK(base::to_string(base::ErrorKind::limit) == "limit");
  CHECK(base::to_string(base::ErrorKind::timeout) == "timeout");
  CHECK(base::to_string(base::ErrorKind::cancelled) == "cancelled");
  CHECK(base::to_string(base::ErrorKind::output) == "output");
  CHECK(base::to_string(base::ErrorKind::memory) == "memory");
  CHECK(base::to_string(base::ErrorKind::internal) == "internal");
}

TEST_CASE("error_text: one lower-case phrase") {
  CHECK(base::error_text(ENOENT) == "no such file");
  CHECK(base::error_text(EISDIR) == "is a folder");
  CHECK(base::error_text(EACCES) == "permission denied");
  CHECK(base::error_text(ENOSPC) == "no space left on device");
}

}  // namespace
}  // namespace imgmill
