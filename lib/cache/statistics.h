// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What the cache has done: counts that only grow, of one run or summed over all of them.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace imgmill::cache {

enum class Tier { memory, disk, redis };
inline constexpr std::array kTiers{Tier::memory, Tier::disk, Tier::redis};
std::string_view to_string(Tier tier);  // "memory", "disk", "redis"

struct TierCounts {
  std::uint64_t hits = 0, misses = 0, stores = 0, errors = 0;
  std::uint64_t bytes_read = 0, bytes_written = 0;  // as the tier keeps them
  std::uint64_t saved_microseconds = 0;             // what making the values that were hit had taken
  bool operator==(const TierCounts&) const = default;
};

// Every count of a tier under the name that it has in the statistics file and in reports.
struct CountName {
  std::string_view name;
  std::uint64_t TierCounts::*member;
};
inline constexpr std::array kCountNames{
    CountName{"hits", &TierCounts::hits},
    CountName{"misses", &TierCounts::misses},
    CountName{"stores", &TierCounts::stores},
    CountName{"errors", &TierCounts::errors},
    CountName{"bytes_read", &TierCounts::bytes_read},
    CountName{"bytes_written", &TierCounts::bytes_written},
    CountName{"saved_microseconds", &TierCounts::saved_microseconds},
};

// Look-ups of the whole cache are counted beside the tiers: one that memory missed and the disk answered is one hit.
struct Statistics {
  std::array<TierCounts, kTiers.size()> tiers;  // in the order of kTiers
  std::uint64_t hits = 0, misses = 0;           // a result shared with a thread that was just computing it is a hit
  std::uint64_t saved_microseconds = 0;

  TierCounts& of(Tier tier) { return tiers[static_cast<std::size_t>(tier)]; }
  const TierCounts& of(Tier tier) const { return tiers[static_cast<std::size_t>(tier)]; }
  double hit_rate() const;  // 0 … 1; 0 without a look-up
  double saved_ms() const { return static_cast<double>(saved_microseconds) / 1000; }
  bool operator==(const Statistics&) const = default;
};

// "disk.hits" → count, zeros left out, and back; unknown names are ignored.
using NamedCounts = std::map<std::string, std::uint64_t, std::less<>>;
NamedCounts to_names(const Statistics& statistics);
Statistics from_names(const NamedCounts& names);

Statistics operator-(const Statistics& later, const Statistics& earlier);  // what came between

std::uint64_t to_microseconds(double milliseconds);  // NaN and what is negative are 0

struct AtomicTierCounts {
  using Count = std::atomic<std::uint64_t>;
  Count hits{0}, misses{0}, stores{0}, errors{0}, bytes_read{0}, bytes_written{0}, saved_microseconds{0};
  TierCounts read() const {
    return {hits.load(),
            misses.load(),
            stores.load(),
            errors.load(),
            bytes_read.load(),
            bytes_written.load(),
            saved_microseconds.load()};
  }
};

}  // namespace imgmill::cache
