// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/core.h>

#include <algorithm>
#include <functional>
#include <map>
#include <type_traits>
#include <utility>

#include "base/error.h"
#include "pipeline/shard.h"
#include "report/record_fields.h"
#include "report/records.h"
#include "report/text.h"

namespace imgmill::report {
namespace {

using pipeline::Summary;

// The visitor of record_fields.h that adds a shard's summary to the whole's.
class Joiner {
 public:
  Joiner(Summary& whole, const Summary& shard, bool first, std::vector<std::string>& disagreements)
      : whole_(whole), shard_(shard), first_(first), disagreements_(disagreements) {}

  template <class Member>
  void operator()(const char* key, Member member, Joined joined, Shown, int = 0) {
    auto& whole = std::invoke(member, whole_);
    const auto& shard = std::invoke(member, shard_);
    if constexpr (std::is_arithmetic_v<std::remove_cvref_t<decltype(whole)>>) {
      if (joined == Joined::sum) whole = static_cast<std::remove_cvref_t<decltype(whole)>>(whole + shard);
      if (joined == Joined::largest) whole = std::max(whole, shard);
      if (joined == Joined::any) whole = whole || shard;
    } else if constexpr (std::is_same_v<std::remove_cvref_t<decltype(whole)>, decltype(Summary::throttled_seconds)>) {
      for (std::size_t i = 0; i < whole.size(); ++i) whole[i] += shard[i];
    } else {
      if (joined != Joined::same) return;
      if (first_) whole = shard;
      if (whole != shard) disagreements_.emplace_back(key);
    }
  }
  template <class Derived>
  void derived(const char*, Derived, int = 0) {}

 private:
  Summary& whole_;
  const Summary& shard_;
  bool first_;
  std::vector<std::string>& disagreements_;
};

// The visitor that empties what the shards don't agree on.
class Clearer {
 public:
  Clearer(Summary& whole, const std::vector<std::string>& keys) : whole_(whole), keys_(keys) {}
  template <class Member>
  void operator()(const char* key, Member member, Joined, Shown, int = 0) {
    if (std::find(keys_.begin(), keys_.end(), key) != keys_.end()) std::invoke(member, whole_) = {};
  }
  template <class Derived>
  void derived(const char*, Derived, int = 0) {}

 private:
  Summary& whole_;
  const std::vector<std::string>& keys_;
};

// By the parts of their paths, as a folder is walked.
bool comes_before(const ItemRecord& a, const ItemRecord& b) {
  const int order = a.outcome.input.compare(b.outcome.input);
  return order != 0 ? order < 0 : a.line < b.line;
}

// Names that are no UTF-8 are written with U+FFFD: two of them may look the same.
bool may_repeat(const std::filesystem::path& input) { return input.native().find("\xEF\xBF\xBD") != std::string::npos; }

void refuse_repeats(const std::vector<RunRecords>& runs) {
  std::map<std::filesystem::path, const RunRecords*> seen;
  for (const RunRecords& run : runs) {
    for (const ItemRecord& item : run.items) {
      const auto [other, is_new] = seen.emplace(item.outcome.input, &run);
      if (is_new || may_repeat(item.outcome.input)) continue;
      const std::string where =
          other->second->file == run.file
              ? fmt::format("stands in {} twice", printable(run.file))
              : fmt::format("stands in both {} and {}", printable(other->second->file), printable(run.file));
      throw base::Error(base::ErrorKind::input, fmt::format("{} {} (join each shard of a run once)",
                                                            printable(item.outcome.input.native()), where));
    }
  }
}

void warn_of_losses(const RunRecords& run, std::vector<std::string>& warnings) {
  const auto warn = [&](const std::string& text) { warnings.push_back(printable(run.file) + " " + text); };
  if (run.cut_off) warn("ends in the middle of a record, which is left out");
  if (!run.summary) {
    warn("has no summary: its run was ended early, and some of its items may be missing");
    return;
  }
  const std::size_t counted = run.summary->items();
  if (counted != run.items.size()) {
    warn(fmt::format("has {} items, but {} by its summary", run.items.size(), counted));
  }
}

void warn_of_missing_shards(const std::vector<RunRecords>& runs, std::vector<std::string>& warnings) {
  std::vector<pipeline::Shard> shards;
  for (const RunRecords& run : runs) {
    if (run.summary && !run.summary->run.shard.empty()) shards.push_back(pipeline::parse_shard(run.summary->run.shard));
  }
  if (shards.empty()) return;
  const int of = shards.front().of;
  if (std::any_of(shards.begin(), shards.end(), [&](const pipeline::Shard& shard) { return shard.of != of; })) {
    warnings.emplace_back("these are shards of different divisions (of 2 and of 3, say)");
    return;
  }
  constexpr int kMostListed = 10;
  std::string missing;
  for (int part = 1, listed = 0; part <= of && listed <= kMostListed; ++part) {
    const pipeline::Shard shard{part, of};
    if (std::find(shards.begin(), shards.end(), shard) != shards.end()) continue;
    missing += (missing.empty() ? "" : ", ") + (++listed > kMostListed ? "…" : to_string(shard));
  }
  if (!missing.empty()) warnings.push_back(fmt::format("there is no summary of shard {}", missing));
}

Summary join_summaries(const std::vector<RunRecords>& runs, std::vector<std::string>& warnings) {
  Summary whole;
  std::vector<std::string> disagreements;
  bool first = true;
  for (const RunRecords& run : runs) {
    for (const ItemRecord& item : run.items) whole.add(item.outcome);
    if (!run.summary) {
      whole.interrupted = true;
      continue;
    }
    visit_summary(Joiner(whole, *run.summary, std::exchange(first, false), disagreements));
  }
  visit_summary(Clearer(whole, disagreements));
  std::sort(disagreements.begin(), disagreements.end());
  disagreements.erase(std::unique(disagreements.begin(), disagreements.end()), disagreements.end());
  for (const std::string& key : disagreements) warnings.push_back(fmt::format("the runs differ in their {}", key));
  return whole;
}

}  // namespace

JoinedRecords join(std::vector<RunRecords> runs) {
  refuse_repeats(runs);
  JoinedRecords joined;
  for (const RunRecords& run : runs) warn_of_losses(run, joined.warnings);
  warn_of_missing_shards(runs, joined.warnings);
  joined.whole.summary = join_summaries(runs, joined.warnings);
  for (RunRecords& run : runs) {
    std::move(run.items.begin(), run.items.end(), std::back_inserter(joined.whole.items));
  }
  std::sort(joined.whole.items.begin(), joined.whole.items.end(), comes_before);
  return joined;
}

}  // namespace imgmill::report
