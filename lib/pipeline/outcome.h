// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What became of a job, and of a whole batch. Plain records: the sinks turn them into text.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/stage_clock.h"

namespace imgmill::pipeline {

enum class Status {
  written,
  unchanged,  // the output already held exactly these bytes
  cached,     // written from the cache (or kept in it, where nothing else was asked for)
  kept,       // the original is the better result and was kept
  measured,   // there is no result but what the record says
  skipped,    // nothing was written: --no-clobber, --check, --dry-run, or stopped before it was done
  failed,
};
inline constexpr std::size_t kStatusCount = 7;

// Why a gate (--check, --max-bytes, --target-ssim, --min-ssim) doesn't hold.
enum class Gate { none, missing, stale, over_budget, below_target, below_minimum };
inline constexpr std::size_t kGateCount = 6;

// Why a job has to wait although a worker is free.
enum class Hold {
  memory,           // no room in the budget beside the jobs in work, or a job runs alone
  load,             // --max-load
  cpu,              // --cpu-limit
  cpu_pressure,     // with either of them: tasks wait for a processor,
  memory_pressure,  // for memory,
  cpu_quota,        // or for the control group's next period
  rate,             // --rate
};
inline constexpr std::size_t kHoldCount = 7;

std::string_view to_string(Status status);
std::string_view to_string(Hold hold);
std::string_view to_string(Gate gate);

struct Failure {
  base::ErrorKind kind = base::ErrorKind::internal;
  std::string message;
};

// What a look-up in the cache gives: a result from that layer, or none.
inline constexpr std::array<std::string_view, 4> kCacheAnswers{"memory", "disk", "redis", "miss"};

struct Output {
  std::filesystem::path path;
  std::string_view format;  // "svg", "webp", …
  std::string variant = {};
  Status status = Status::skipped;
  Gate gate = Gate::none;
  std::optional<Failure> error = {};  // of this output alone
  int width = 0, height = 0;
  std::uint64_t bytes = 0;
  std::optional<int> quality = {};                               // on the format's scale
  int encodes = 0;                                               // full ones; 0: nothing was encoded
  std::optional<double> ssim = {}, worst_block = {}, psnr = {};  // where the result was scored
  std::string_view cache = {};                                   // one of kCacheAnswers; empty: it was not asked
};

// Numbers by name, in an order of their own.
using Figures = std::vector<std::pair<std::string, double>>;

// What a preset is expected to make of an image. The errors are those of the model on images that it had not seen.
struct Expectation {
  std::string preset;
  double ssim = 0, ssim_error = 0;
  double bytes = 0, ms = 0;
};

// What an image is, and what should be done with it; empty where nobody asked.
struct Portrait {
  std::string kind;  // its class
  double confidence = 0;
  std::string decided_by;  // "rules" or "model"
  Figures features;
  std::string preset;  // the one that fits, and the parameters that follow from it
  Figures parameters;
  std::vector<Expectation> expected;
};

// "jpeg", or "thumbnail.jpeg": which of an item's results it is.
std::string label(const Output& output);

struct Outcome {
  std::size_t job = 0;
  std::filesystem::path input;
  Status status = Status::skipped;
  std::vector<Output> outputs;
  std::optional<Failure> error;
  Gate gate = Gate::none;  // the first of its outputs'
  int tries = 0;           // tracings made to reach --target-ssim; 0: there was no search
  std::string engine;      // of the tracer; empty where nothing was traced
  Portrait portrait;
  std::uint64_t bytes_in = 0;
  int width = 0, height = 0;  // of the input, where it was decoded
  std::uint64_t memory = 0;   // planned bytes; for --dry-run
  double queue_ms = 0;        // between its turn and its start
  int retries = 0;            // after memory had run out
  double total_ms = 0;
  double look_ms = 0;  // before that, where it was looked at first: profile --apply
  std::vector<base::StageTime> stages;
  // Where the process records them (base::StageClock::record): when and on which lane it was done, and every stage.
  std::chrono::steady_clock::time_point start{};
  int lane = 0;
  std::uint64_t peak = 0;  // bytes on its own thread's heap, on top of what was there when it began
  std::vector<base::Span> spans;
  std::vector<Outcome> earlier = {};  // the same done before, where it was asked for several times
  std::vector<std::string> warnings;
};

// The most that was in work at once, and how expectations of memory held.
struct Flight {
  std::size_t jobs = 0;
  std::uint64_t planned = 0;  // bytes
  double used = 1;            // the part of them that was really taken
};

// What run it was; empty where nobody said.
struct Run {
  std::string subcommand, preset;
  std::string shard;  // "2/3"; empty for the whole
};

// Look-ups of results by what they gave.
struct CacheCounts {
  std::array<std::size_t, kCacheAnswers.size()> by_answer{};

  void add(std::string_view answer);
  std::size_t hits() const { return lookups() - by_answer.back(); }
  std::size_t lookups() const;
  bool empty() const { return lookups() == 0; }
  bool operator==(const CacheCounts&) const = default;
};

struct Summary {
  Run run;
  std::array<std::size_t, kStatusCount> counts{};  // by Status
  std::size_t gates = 0;                           // items whose gate doesn't hold
  std::uint64_t bytes_in = 0, bytes_out = 0;
  double wall_seconds = 0;
  double cpu_seconds = 0;           // of all threads of the process
  double item_ms = 0;               // of all items that were worked on
  int cores = 0;                    // that the process may use
  std::uint64_t memory_budget = 0;  // bytes, for images in flight
  std::uint64_t peak_memory = 0;    // resident bytes of the process
  Flight flight;
  double queue_ms = 0, longest_queue_ms = 0;           // of all items; of one
  std::array<double, kHoldCount> throttled_seconds{};  // by Hold: while the next item waited for that alone
  std::size_t retries = 0;
  std::size_t outputs = 0, encodes = 0;  // results made, and full encodes spent on them; 0 encodes: none were
  std::vector<base::StageTime> stages;   // of all items
  CacheCounts cache;
  bool interrupted = false;

  std::size_t count(Status status) const { return counts[static_cast<std::size_t>(status)]; }
  std::size_t items() const;
  double mean_queue_ms() const;
  double images_per_second() const;  // of those that were worked on to their end
  void add(const Outcome& outcome);
};

}  // namespace imgmill::pipeline
