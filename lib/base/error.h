// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The one exception type of the library. It is thrown by any stage and caught in two places only:
// at the edge of a job (where it becomes a failed Outcome) and in apps/common (where it becomes an exit code).
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace imgmill::base {

enum class ErrorKind {
  usage,        // a wrong option, preset or configuration
  input,        // the file is missing, unreadable, corrupt, truncated or not an image
  unsupported,  // a known format that this build or this stage can't handle
  limit,        // larger than a limit that the user can raise (the message names the flag)
  timeout,      // past --timeout
  cancelled,    // stopped by the user (Ctrl-C) or by --fail-fast
  output,       // could not be written
  memory,       // there was not enough
  internal,     // a defect or a resource failure inside imgmill
};
inline constexpr int kErrorKindCount = static_cast<int>(ErrorKind::internal) + 1;

// "usage", "input", … as they stand in the NDJSON records.
std::string_view to_string(ErrorKind kind);

class Error : public std::runtime_error {
 public:
  // The message says what is wrong and, where it helps, what to do; it carries no path and no "error:" prefix.
  Error(ErrorKind kind, const std::string& message) : std::runtime_error(message), kind_(kind) {}
  ErrorKind kind() const { return kind_; }

 private:
  ErrorKind kind_;
};

}  // namespace imgmill::base
