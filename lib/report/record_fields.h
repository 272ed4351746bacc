// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Every key of the records, once and in its order. What writes records and what reads them both walk these lists with a
// visitor, so neither can know a key that the other doesn't; so does what joins the summaries of several runs.
#pragma once

#include <string_view>

#include "pipeline/outcome.h"

namespace imgmill::report {

inline constexpr int kSchemaVersion = 1;

enum class Shown {
  always,
  where_known,   // left out when it is empty, 0 or none
  where_worked,  // left out of a dry run's records
  where_made,    // the same, and where the output has an error of its own
};

// visit(key, member, shown, decimals of a fraction)
template <class Visitor>
void visit_output(Visitor&& visit) {
  using pipeline::Output;
  visit("path", &Output::path, Shown::always);
  visit("format", &Output::format, Shown::always);
  visit("variant", &Output::variant, Shown::where_known);
  visit("status", &Output::status, Shown::where_worked);
  visit("gate", &Output::gate, Shown::where_known);
  visit("error", &Output::error, Shown::where_known);
  visit("width", &Output::width, Shown::always);
  visit("height", &Output::height, Shown::always);
  visit("bytes", &Output::bytes, Shown::where_made);
  visit("cache", &Output::cache, Shown::where_known);
  visit("quality", &Output::quality, Shown::where_known);
  visit("encodes", &Output::encodes, Shown::where_known);
  visit("ssim", &Output::ssim, Shown::where_known, 6);
  visit("worst_block", &Output::worst_block, Shown::where_known, 6);
  visit("psnr", &Output::psnr, Shown::where_known, 3);  // null: infinite, the pictures are equal
}

template <class Visitor>
void visit_expectation(Visitor&& visit) {
  using pipeline::Expectation;
  visit("preset", &Expectation::preset, Shown::always);
  visit("ssim", &Expectation::ssim, Shown::always, 4);
  visit("ssim_error", &Expectation::ssim_error, Shown::always, 4);
  visit("bytes", &Expectation::bytes, Shown::always, 0);
  visit("ms", &Expectation::ms, Shown::always, 1);
}

// visit.planned(key of the flag, key, member): what only a dry run's records have.
// visit.times(key, member of the whole, member of the stages): one object, left out of a dry run's records.
// visit.recorded(key, member of the stages): what there is of them beyond their times, after these.
template <class Visitor>
void visit_outcome(Visitor&& visit) {
  using pipeline::Outcome;
  const auto of = [](auto member) {
    return [member](auto& outcome) -> auto& { return outcome.portrait.*member; };
  };
  using pipeline::Portrait;
  visit("input", &Outcome::input, Shown::always);
  visit("status", &Outcome::status, Shown::always);
  visit("outputs", &Outcome::outputs, Shown::where_known);
  visit("gate", &Outcome::gate, Shown::where_known);
  visit("retries", &Outcome::retries, Shown::where_known);
  visit("tries", &Outcome::tries, Shown::where_known);
  visit("error", &Outcome::error, Shown::where_known);
  visit("engine", &Outcome::engine, Shown::where_known);
  visit("class", of(&Portrait::kind), Shown::where_known);
  visit("confidence", of(&Portrait::confidence), Shown::where_known, 3);
  visit("class_by", of(&Portrait::decided_by), Shown::where_known);
  visit("features", of(&Portrait::features), Shown::where_known, 4);
  visit("preset", of(&Portrait::preset), Shown::where_known);
  visit("parameters", of(&Portrait::parameters), Shown::where_known, 4);
  visit("expected", of(&Portrait::expected), Shown::where_known);
  visit("bytes_in", &Outcome::bytes_in, Shown::where_known);
  visit.planned("dry_run", "planned_memory", &Outcome::memory);
  visit.times("ms", &Outcome::total_ms, &Outcome::stages);
  visit.recorded("stages", &Outcome::stages);
  visit("look_ms", &Outcome::look_ms, Shown::where_known, 3);
  visit("queue_ms", &Outcome::queue_ms, Shown::where_worked, 3);
  visit("warnings", &Outcome::warnings, Shown::where_known);
}

// How a value of the whole follows from those of its shards.
enum class Joined {
  counted,  // it doesn't: the items are counted anew
  sum,
  largest,  // shards run side by side, each in a process of its own
  any,
  same,    // left out where the shards don't agree
  nowise,  // belongs to a shard alone
};

// visit(key, member, joined, shown, decimals); visit.derived(key, member function, decimals).
template <class Visitor>
void visit_summary(Visitor&& visit) {
  using pipeline::Summary;
  const auto subcommand = [](auto& summary) -> auto& { return summary.run.subcommand; };
  const auto preset = [](auto& summary) -> auto& { return summary.run.preset; };
  const auto shard = [](auto& summary) -> auto& { return summary.run.shard; };
  visit("subcommand", subcommand, Joined::same, Shown::where_known);
  visit("preset", preset, Joined::same, Shown::where_known);
  visit("shard", shard, Joined::nowise, Shown::where_known);
  visit.derived("items", &Summary::items);
  visit("counts", &Summary::counts, Joined::counted, Shown::always);
  visit("gates_failed", &Summary::gates, Joined::counted, Shown::always);
  visit("bytes_in", &Summary::bytes_in, Joined::counted, Shown::always);
  visit("bytes_out", &Summary::bytes_out, Joined::counted, Shown::always);
  visit("outputs", &Summary::outputs, Joined::counted, Shown::always);
  visit("encodes", &Summary::encodes, Joined::counted, Shown::where_known);
  visit("cache", &Summary::cache, Joined::counted, Shown::where_known);
  visit("wall_seconds", &Summary::wall_seconds, Joined::largest, Shown::always, 4);
  visit.derived("images_per_second", &Summary::images_per_second, 3);
  visit("cpu_seconds", &Summary::cpu_seconds, Joined::sum, Shown::where_known, 4);
  visit("peak_memory", &Summary::peak_memory, Joined::largest, Shown::always);
  visit.derived("mean_queue_ms", &Summary::mean_queue_ms, 3);
  visit("longest_queue_ms", &Summary::longest_queue_ms, Joined::counted, Shown::always, 3);
  visit("throttled_seconds", &Summary::throttled_seconds, Joined::sum, Shown::always);
  visit("retries", &Summary::retries, Joined::counted, Shown::where_known);
  visit("interrupted", &Summary::interrupted, Joined::any, Shown::always);
}

}  // namespace imgmill::report
