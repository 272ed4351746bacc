// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// How busy the machine is, as the kernel counts. `root` stands for "/" so that
// tests can give a made-up /proc and /sys. nullopt where the kernel doesn't say.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace imgmill::base {

// Tasks that ran or wanted to, averaged over the last minute.
std::optional<double> load_average(const std::filesystem::path& root = "/");

// Per cent of the last ten seconds in which some task had to wait for `resource` ("cpu", "memory"): the largest of the
// machine's and of those of this process's control groups.
std::optional<double> pressure(std::string_view resource, const std::filesystem::path& root = "/");

// Seconds in which a quota held up this process's control groups, since they were made; 0 where there is no quota.
double quota_wait_seconds(const std::filesystem::path& root = "/");

// Milliseconds for which the calling thread, or the first one of another process, was ready and had to wait for a
// processor so far; 0 where the kernel keeps no such count.
double wait_for_cpu_ms(const std::filesystem::path& root = "/", const std::string& process = "thread-self");

}  // namespace imgmill::base
