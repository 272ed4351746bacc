// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Whole files as bytes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

namespace imgmill::base {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

// The file's content. Throws Error{input} when it is missing, unreadable or no regular file.
Bytes read_file(const std::filesystem::path& path);

// Everything up to the end of file descriptor `fd` (0 is standard input). Throws Error{input}.
Bytes read_descriptor(int fd);

}  // namespace imgmill::base
