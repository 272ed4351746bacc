// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A file of a report that an option names: looked at before the work starts, written whole at its end.
#pragma once

#include <filesystem>
#include <string_view>

namespace imgmill::report {

// Throws Error{usage}, naming the option, where it can't be a file: its folder is missing, or it is a folder.
void check_target(std::string_view option, const std::filesystem::path& file);

// Throws Error{output}, naming both; then what stood there is as it was.
void write_target(std::string_view option, const std::filesystem::path& file, std::string_view text);

}  // namespace imgmill::report
