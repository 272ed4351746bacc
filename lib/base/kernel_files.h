// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What the kernel says in the files of /proc and of control groups. `root` stands for "/" so that tests can give a
// made-up /proc and /sys. Nothing here throws: what can't be read is empty or nullopt.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace imgmill::base {

// The files of /proc and /sys say 0 as their size, so they are read as streams.
std::string read_text(const std::filesystem::path& file);

// The number that the text starts with, after spaces.
std::optional<std::uint64_t> to_number(std::string_view text);
std::optional<double> to_real(std::string_view text);

// The number behind `key` at the start of a line ("MemAvailable:  123 kB", "inactive_file 123").
std::optional<std::uint64_t> number_after(std::string_view text, std::string_view key);

// The folders of the process's control group and all its ancestors, for one controller; both versions' mount points,
// whichever of them exist. Inside a container the group's own path is often not visible, its root always is.
std::vector<std::filesystem::path> group_folders(const std::filesystem::path& root, std::string_view controller);

}  // namespace imgmill::base
