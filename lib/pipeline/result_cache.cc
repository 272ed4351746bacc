// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pipeline/result_cache.h"

#include <fmt/format.h>
#include <tbb/task_arena.h>

#include <charconv>
#include <chrono>
#include <map>
#include <utility>

namespace imgmill::pipeline {
namespace {

using Note = std::map<std::string, std::string>;
using Clock = std::chrono::steady_clock;

double milliseconds_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

// Shortest digits that give the same number back.
template <class Number>
void write(Note& note, const char* name, const std::optional<Number>& value) {
  if (value) note[name] = fmt::format("{}", *value);
}

template <class Number>
std::optional<Number> read(const Note& note, const std::string& name) {
  const auto entry = note.find(name);
  if (entry == note.end()) return std::nullopt;
  const char* const end = entry->second.data() + entry->second.size();
  Number value{};
  const auto parsed = std::from_chars(entry->second.data(), end, value);
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  return value;
}

std::string warning_name(std::size_t number) { return fmt::format("warning.{:04}", number); }

Result taken_from(cache::LayeredStore::Found found) {
  Facts facts = from_note(found.value->note);
  const std::string_view tier = found.tier ? cache::to_string(*found.tier) : std::string_view();
  return {std::move(found.value), std::move(facts), tier};
}

}  // namespace

Note to_note(const Facts& facts) {
  Note note;
  write<int>(note, "width", facts.width);
  write<int>(note, "height", facts.height);
  write(note, "quality", facts.quality);
  write(note, "ssim", facts.ssim);
  write(note, "worst_block", facts.worst_block);
  write(note, "psnr", facts.psnr);
  if (!facts.reached) note.emplace("reached", "0");
  if (facts.is_original) note.emplace("original", "1");
  if (facts.is_fallback) note.emplace("fallback", "1");
  if (!facts.engine.empty()) note["engine"] = facts.engine;
  if (!facts.kind.empty()) note["class"] = facts.kind;
  if (!facts.preset.empty()) note["preset"] = facts.preset;
  for (std::size_t i = 0; i < facts.warnings.size(); ++i) note[warning_name(i)] = facts.warnings[i];
  return note;
}

Facts from_note(const Note& note) {
  Facts facts;
  facts.width = read<int>(note, "width").value_or(0);
  facts.height = read<int>(note, "height").value_or(0);
  facts.quality = read<int>(note, "quality");
  facts.ssim = read<double>(note, "ssim");
  facts.worst_block = read<double>(note, "worst_block");
  facts.psnr = read<double>(note, "psnr");
  facts.reached = read<int>(note, "reached").value_or(1) != 0;
  facts.is_original = read<int>(note, "original").value_or(0) != 0;
  facts.is_fallback = read<int>(note, "fallback").value_or(0) != 0;
  if (const auto engine = note.find("engine"); engine != note.end()) facts.engine = engine->second;
  if (const auto kind = note.find("class"); kind != note.end()) facts.kind = kind->second;
  if (const auto preset = note.find("preset"); preset != note.end()) facts.preset = preset->second;
  for (auto entry = note.lower_bound("warning."); entry != note.end() && entry->first.starts_with("warning.");
       ++entry) {
    facts.warnings.push_back(entry->second);
  }
  return facts;
}

void Result::describe(Output& output) const {
  output.width = facts.width;
  output.height = facts.height;
  output.bytes = value->bytes.size();
  output.quality = facts.quality;
  output.ssim = facts.ssim;
  output.worst_block = facts.worst_block;
  output.psnr = facts.psnr;
  if (!tier.empty()) output.cache = tier;
}

std::optional<Result> ResultCache::find(const cache::Key& key, base::StageClock& clock) const {
  const base::StageClock::Scope timed(&clock, "cache");
  cache::LayeredStore::Found found = store_->get(key);
  if (!found.value) return std::nullopt;
  return taken_from(std::move(found));
}

Result ResultCache::make(const std::optional<cache::Key>& key, const Make& make, const base::Stop& stop,
                         base::StageClock& clock) const {
  if (!key || store_ == nullptr) {
    Fresh fresh = make();
    return {std::make_shared<const cache::Value>(cache::Value{.bytes = std::move(fresh.bytes)}),
            std::move(fresh.facts)};
  }
  const Clock::time_point start = Clock::now();
  double compute_ms = 0;
  const auto compute = [&]() -> cache::ValuePtr {
    const Clock::time_point begin = Clock::now();
    Fresh fresh;
    // While this thread waits inside for others, it must not take up a job that would wait for this very result.
    tbb::this_task_arena::isolate([&] { fresh = make(); });
    compute_ms = milliseconds_since(begin);
    return std::make_shared<const cache::Value>(cache::Value{
        .bytes = std::move(fresh.bytes), .note = to_note(fresh.facts), .tags = tags_, .compute_ms = compute_ms});
  };
  Result result = taken_from(store_->compute(*key, compute, stop));
  clock.add("cache", milliseconds_since(start) - compute_ms);
  return result;
}

}  // namespace imgmill::pipeline
