// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pipeline/edge.h"

#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <exception>
#include <new>
#include <optional>

#include "base/atomic_file.h"
#include "base/error.h"
#include "base/system_error.h"
#include "codec/codec.h"
#include "pipeline/write_guard.h"

namespace imgmill::pipeline {
namespace {

void make_folder_of(const std::filesystem::path& file) {
  const std::filesystem::path folder = file.parent_path();
  std::error_code error;
  if (!folder.empty()) std::filesystem::create_directories(folder, error);
  if (error) {
    throw base::Error(base::ErrorKind::output,
                      "can't make the folder " + folder.string() + ": " + base::error_text(error.value()));
  }
}

void write_to_stdout(base::ByteView bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(STDOUT_FILENO, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    // Who closes the pipe has what they wanted (| head): no failure.
    if (count < 0 && errno == EPIPE) throw base::Error(base::ErrorKind::cancelled, "standard output was closed");
    if (count < 0)
      throw base::Error(base::ErrorKind::output, "can't write standard output: " + base::error_text(errno));
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
}

void fail(Outcome& outcome, Failure failure) {
  // Stopped by the user is not the item's failure.
  outcome.status = failure.kind == base::ErrorKind::cancelled ? Status::skipped : Status::failed;
  outcome.error = std::move(failure);
}

}  // namespace

Failure current_failure() try { throw; } catch (const base::Error& error) {
  return {error.kind(), error.what()};
} catch (const std::bad_alloc&) {
  return {base::ErrorKind::memory, "not enough memory (a lower --max-dimension needs less)"};
} catch (const std::exception& error) {
  return {base::ErrorKind::internal, error.what()};
}

Outcome at_edge(const Job& job, double timeout_seconds, const std::atomic<bool>* stop, const JobWork& work) {
  using Clock = base::Stop::Clock;
  const Clock::time_point start = Clock::now();
  std::optional<Clock::time_point> deadline;
  if (timeout_seconds > 0) {
    deadline = start + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(timeout_seconds));
  }
  base::StageClock clock;
  Outcome outcome;
  outcome.job = job.index;
  outcome.input = job.input;
  base::HeapWatch heap;
  heap.begin(base::StageClock::heap());
  try {
    work(base::Stop(stop, deadline), clock, outcome);
  } catch (...) {
    fail(outcome, current_failure());
  }
  outcome.total_ms = std::chrono::duration<double, std::milli>(Clock::now() - start).count();
  outcome.stages = clock.stages();
  if (base::StageClock::recording()) {
    outcome.start = start;
    outcome.lane = base::lane_of_thread();
    outcome.spans = clock.spans();
    outcome.peak = heap.end().peak;
  }
  return outcome;
}

base::Bytes read_input(const Job& job, base::StageClock& clock, Outcome& outcome) {
  if (!job.problem.empty()) throw base::Error(base::ErrorKind::input, job.problem);
  const base::StageClock::Scope timed(&clock, "read");
  base::Bytes file = job.from_stdin ? base::read_descriptor(STDIN_FILENO) : base::read_file(job.input);
  outcome.bytes_in = file.size();
  return file;
}

image::Image decode_input(base::ByteView file, const Rules& rules, const base::Stop& stop, base::StageClock& clock,
                          std::vector<std::string>& warnings) {
  const base::StageClock::Scope timed(&clock, "decode");
  codec::DecodeOptions options(rules.limits);
  options.stop = stop;
  codec::Decoded decoded = codec::decode(file, options);
  warnings = std::move(decoded.warnings);
  return decoded.image;
}

Placed place(const std::filesystem::path& path, bool to_stdout, const Result& result, const Rules& rules) {
  const base::ByteView bytes = result.bytes();
  const Status written = result.facts.is_original ? Status::kept
                         : result.tier.empty()    ? Status::written
                                                  : Status::cached;
  if (rules.warm) return {Status::cached, Gate::none};
  if (rules.check) {
    std::error_code ignored;
    if (base::holds(path, bytes)) return {Status::unchanged, Gate::none};
    return {Status::skipped, std::filesystem::exists(path, ignored) ? Gate::stale : Gate::missing};
  }
  if (to_stdout) {
    write_to_stdout(bytes);
    return {written, Gate::none};
  }
  try {
    if (base::holds(path, bytes)) return {Status::unchanged, Gate::none};
    make_folder_of(path);
    const WriteGuard guard;
    base::write_where_named(path, bytes);
  } catch (const base::Error& error) {
    throw base::Error(error.kind(), "can't write " + path.string() + ": " + error.what());
  }
  return {written, Gate::none};
}

}  // namespace imgmill::pipeline
