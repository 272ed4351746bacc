// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What this process may use of the machine: memory and cores, as the kernel and the control groups (v1 and v2) grant
// them. `root` stands for "/" so that tests can give a made-up /proc and /sys.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

namespace imgmill::base {

// Bytes that can still be had without swapping or being killed: the smallest of MemAvailable and, for the process's
// control group and each of its ancestors, limit − (usage − inactive_file). nullopt where nothing can be read.
std::optional<std::uint64_t> available_memory(const std::filesystem::path& root = "/");

// The largest resident size of this process so far, in bytes; 0 where it can't be read.
std::uint64_t peak_resident_memory(const std::filesystem::path& root = "/");

// At least that, and maybe as much as the process that started this one had: for the cost of a system call.
std::uint64_t peak_resident_bound();

// The resident size of this process now, in bytes; 0 where it can't be read.
std::uint64_t resident_memory(const std::filesystem::path& root = "/");

// Pictures come and go in buffers of megabytes. By default each is mapped anew and given back, and the page faults take
// longer than the work: 24 ms instead of 1.2 for 48 MB. So the heap keeps large blocks between jobs, in proportion to
// `budget` bytes: it has one heap for each thread, and what they keep counts too.
void keep_freed_memory(std::uint64_t budget);

// Hands what the heap keeps for later back to the system.
void give_back_memory();

// Cores' worth of time that this process may use: its affinity, cut to the tightest quota of its control groups.
double usable_cpu(const std::filesystem::path& root = "/");

// The same as whole cores that it can keep busy, rounded up.
int usable_cores(const std::filesystem::path& root = "/");

// Seconds of processor time that all threads of this process have used so far.
double cpu_seconds();

// Milliseconds of processor time that the calling thread has used so far.
double thread_cpu_ms();

}  // namespace imgmill::base
