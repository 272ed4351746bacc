// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pipeline/shard.h"

#include <fmt/core.h>

#include <cstdint>

#include "base/digest.h"
#include "base/error.h"
#include "plan/values.h"

namespace imgmill::pipeline {

Shard parse_shard(std::string_view text) {
  constexpr std::int64_t kMost = 1'000'000;
  const auto slash = text.find('/');
  try {
    if (slash != std::string_view::npos) {
      const auto of = plan::parse_int(text.substr(slash + 1), 1, kMost);
      return {static_cast<int>(plan::parse_int(text.substr(0, slash), 1, of)), static_cast<int>(of)};
    }
  } catch (const base::Error&) {  // said below in terms of the whole
  }
  throw base::Error(base::ErrorKind::usage,
                    fmt::format("must be I/N, the I-th of N parts from 1/N to N/N, not '{}'", text));
}

std::string to_string(const Shard& shard) { return fmt::format("{}/{}", shard.part, shard.of); }

bool holds(const Shard& shard, std::string_view relative) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(relative.data());
  const std::uint64_t number = base::digest({bytes, relative.size()}).low;
  return number % static_cast<std::uint64_t>(shard.of) == static_cast<std::uint64_t>(shard.part - 1);
}

std::vector<Job> jobs_of(const Shard& shard, std::vector<Job> jobs) {
  std::erase_if(jobs, [&](const Job& job) { return !holds(shard, job.relative); });
  for (std::size_t i = 0; i < jobs.size(); ++i) jobs[i].index = i;
  return jobs;
}

}  // namespace imgmill::pipeline
