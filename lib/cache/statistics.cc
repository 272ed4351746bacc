// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cache/statistics.h"

#include <algorithm>

namespace imgmill::cache {

namespace {

struct TotalName {
  std::string_view name;
  std::uint64_t Statistics::*member;
};
constexpr std::array kTotalNames{
    TotalName{"hits", &Statistics::hits},
    TotalName{"misses", &Statistics::misses},
    TotalName{"saved_microseconds", &Statistics::saved_microseconds},
};

std::string full_name(std::string_view group, std::string_view name) {
  std::string text(group);
  text += '.';
  text += name;
  return text;
}

// Calls visit(name, count) for every count of `statistics`.
template <class Figures, class Visit>
void each(Figures& statistics, Visit visit) {
  for (const TotalName& total : kTotalNames) visit(full_name("cache", total.name), statistics.*total.member);
  for (const Tier tier : kTiers) {
    for (const CountName& count : kCountNames) {
      visit(full_name(to_string(tier), count.name), statistics.of(tier).*count.member);
    }
  }
}

}  // namespace

std::string_view to_string(Tier tier) {
  switch (tier) {
    case Tier::memory:
      return "memory";
    case Tier::disk:
      return "disk";
    case Tier::redis:
      return "redis";
  }
  return "";
}

double Statistics::hit_rate() const {
  const std::uint64_t lookups = hits + misses;
  return lookups == 0 ? 0 : static_cast<double>(hits) / static_cast<double>(lookups);
}

NamedCounts to_names(const Statistics& statistics) {
  NamedCounts names;
  each(statistics, [&](const std::string& name, std::uint64_t count) {
    if (count != 0) names[name] = count;
  });
  return names;
}

Statistics from_names(const NamedCounts& names) {
  Statistics statistics;
  each(statistics, [&](const std::string& name, std::uint64_t& count) {
    if (const auto found = names.find(name); found != names.end()) count = found->second;
  });
  return statistics;
}

Statistics operator-(const Statistics& later, const Statistics& earlier) {
  const NamedCounts before = to_names(earlier);
  Statistics difference = later;
  each(difference, [&](const std::string& name, std::uint64_t& count) {
    if (const auto found = before.find(name); found != before.end()) count -= std::min(count, found->second);
  });
  return difference;
}

std::uint64_t to_microseconds(double milliseconds) {
  constexpr double kLongest = 1e12;
  return milliseconds > 0 ? static_cast<std::uint64_t>(std::min(milliseconds, kLongest) * 1000) : 0;
}

}  // namespace imgmill::cache
