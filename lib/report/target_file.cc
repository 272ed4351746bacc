// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/target_file.h"

#include <fmt/core.h>

#include "base/atomic_file.h"
#include "base/error.h"

namespace imgmill::report {

void check_target(std::string_view option, const std::filesystem::path& file) {
  std::error_code ignored;
  if (file.empty() || (file.has_parent_path() && !std::filesystem::is_directory(file.parent_path(), ignored)) ||
      std::filesystem::is_directory(file, ignored)) {
    throw base::Error(base::ErrorKind::usage,
                      fmt::format("{} {}: must be a file in a folder that is there", option, file.string()));
  }
}

void write_target(std::string_view option, const std::filesystem::path& file, std::string_view text) try {
  base::write_where_named(file, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
} catch (const base::Error& error) {
  throw base::Error(error.kind(), fmt::format("{} {}: can't be written: {}", option, file.string(), error.what()));
}

}  // namespace imgmill::report
