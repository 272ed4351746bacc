// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pipeline/run_batch.h"

#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <mutex>
#include <thread>
#include <vector>

using namespace imgmill;
using pipeline::BatchOptions;
using pipeline::Job;
using pipeline::Outcome;
using pipeline::Status;
using pipeline::Summary;

namespace {

std::vector<Job> make_jobs(std::size_t count) {
  std::vector<Job> jobs(count);
  for (std::size_t i = 0; i < count; ++i) {
    jobs[i].index = i;
    jobs[i].input = std::to_string(i);
  }
  return jobs;
}

Outcome outcome_of(const Job& job, Status status = Status::written) {
  Outcome outcome;
  outcome.job = job.index;
  outcome.input = job.input;
  outcome.status = status;
  outcome.bytes_in = 10;
  return outcome;
}

class RecordingSink : public pipeline::Sink {
 public:
  void begin(std::size_t jobs) override { announced = jobs; }
  void item(const Outcome& outcome) override {
    const bool was_inside = inside.exchange(true);
    alone = alone && !was_inside;
    seen.push_back(outcome.job);
    inside = false;
  }
  void end(const Summary&) override { ++ends; }

  std::size_t announced = 0;
  int ends = 0;
  bool alone = true;
  std::atomic<bool> inside{false};
  std::vector<std::size_t> seen;
};

// What is in flight at once, and the most that ever was.
class Gauge {
 public:
  void enter(std::uint64_t bytes) {
    const std::lock_guard lock(mutex_);
    bytes_ += bytes;
    ++items_;
    most_bytes = std::max(most_bytes, bytes_);
    most_items = std::max(most_items, items_);
    if (items_ > 1) most_bytes_together = std::max(most_bytes_together, bytes_);
  }
  void leave(std::uint64_t bytes) {
    const std::lock_guard lock(mutex_);
    bytes_ -= bytes;
    --items_;
  }
  int most_items_so_far() const {
    const std::lock_guard lock(mutex_);
    return most_items;
  }
  std::uint64_t most_bytes = 0, most_bytes_together = 0;
  int most_items = 0;

 private:
  mutable std::mutex mutex_;
  std::uint64_t bytes_ = 0;
  int items_ = 0;
};

constexpr auto kNoMemory = [](const Job&) -> std::uint64_t { return 0; };

}  // namespace

TEST_CASE("every job gives one outcome, to every sink, one at a time") {
  for (const std::size_t count : {0, 1, 7, 5000}) {
    for (const int threads : {1, 2, 4}) {
      const std::vector<Job> jobs = make_jobs(count);
      std::atomic<bool> stop{false};
      RecordingSink first, second;
      pipeline::Sink* sinks[] = {&first, &second};
      const Summary summary = pipeline::run_batch(
          jobs, {threads, 100, false}, stop, [](const Job& job) { return outcome_of(job); },
          [](const Job& job) { return job.index % 70; }, sinks);
      CHECK(summary.count(Status::written) == count);
      CHECK(summary.items() == count);
      CHECK(summary.bytes_in == 10 * count);
      CHECK_FALSE(summary.interrupted);
      for (RecordingSink* sink : {&first, &second}) {
        CHECK(sink->announced == count);
        CHECK(sink->ends == 1);
        CHECK(sink->alone);
        std::sort(sink->seen.begin(), sink->seen.end());
        bool each_once = sink->seen.size() == count;
        for (std::size_t i = 0; each_once && i < count; ++i) each_once = sink->seen[i] == i;
        CHECK(each_once);
      }
    }
  }
}

TEST_CASE("jobs in flight stay within the memory, a larger one runs alone") {
  const std::vector<Job> jobs = make_jobs(200);
  const auto footprint = [](const Job& job) -> std::uint64_t { return job.index % 20 == 0 ? 500 : 30 + job.index % 7; };
  std::atomic<bool> stop{false};
  Gauge gauge;
  const auto work = [&](const Job& job) {
    gauge.enter(footprint(job));
    std::this_thread::sleep_for(std::chrono::microseconds(300));
    gauge.leave(footprint(job));
    return outcome_of(job, job.index % 3 == 0 ? Status::failed : Status::written);
  };
  const Summary summary = pipeline::run_batch(jobs, {4, 100, false}, stop, work, footprint, {});
  CHECK(summary.items() == 200);
  CHECK(gauge.most_bytes == 500);
  CHECK(gauge.most_bytes_together <= 100);
  CHECK(gauge.most_items >= 2);
}

TEST_CASE("no more jobs are in work than were asked for") {
  const std::vector<Job> jobs = make_jobs(100);
  for (const int threads : {1, 2, 3}) {
    std::atomic<bool> stop{false};
    Gauge gauge;
    const auto work = [&](const Job& job) {
      gauge.enter(0);
      // The first ones wait for each other, so that a busy machine gives the same answer.
      for (int i = 0; i < 5000 && gauge.most_items_so_far() < threads; ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
      }
      gauge.leave(0);
      return outcome_of(job);
    };
    pipeline::run_batch(jobs, {threads, 100, false}, stop, work, kNoMemory, {});
    CHECK(gauge.most_items == threads);
  }
}

TEST_CASE("after a stop no job is started and the rest is reported as skipped") {
  const std::vector<Job> jobs = make_jobs(500);
  std::atomic<bool> stop{false};
  std::atomic<int> done{0};
  RecordingSink sink;
  pipeline::Sink* sinks[] = {&sink};
  const auto work = [&](const Job& job) {
    if (++done == 20) stop = true;
    return outcome_of(job);
  };
  const Summary summary = pipeline::run_batch(jobs, {2, 100, false}, stop, work, kNoMemory, sinks);
  CHECK(summary.interrupted);
  CHECK(summary.count(Status::written) == static_cast<std::size_t>(done));
  CHECK(done < 40);  // those already on their way end
  CHECK(summary.items() == 500);
  CHECK(sink.seen.size() == 500);
}

TEST_CASE("fail-fast stops at the first failure and is no interrupt, otherwise the batch goes on") {
  const std::vector<Job> jobs = make_jobs(300);
  const auto work = [](const Job& job) { return outcome_of(job, job.index == 5 ? Status::failed : Status::written); };
  std::atomic<bool> stop{false};
  Summary summary = pipeline::run_batch(jobs, {1, 100, true}, stop, work, kNoMemory, {});
  CHECK(summary.count(Status::failed) == 1);
  CHECK(summary.count(Status::skipped) > 250);
  CHECK_FALSE(summary.interrupted);
  stop = false;
  summary = pipeline::run_batch(jobs, {1, 100, false}, stop, work, kNoMemory, {});
  CHECK(summary.count(Status::written) == 299);
}

TEST_CASE("jobs get their turn in the order in which they stand, however long each takes to measure") {
  std::vector<Job> jobs = make_jobs(200);
  std::reverse(jobs.begin(), jobs.end());
  std::atomic<bool> stop{false};
  RecordingSink sink;
  pipeline::Sink* sinks[] = {&sink};
  const auto footprint = [](const Job& job) -> std::uint64_t {
    if (job.index % 5 == 0) std::this_thread::sleep_for(std::chrono::microseconds(200));
    return 60;  // two don't fit at once
  };
  pipeline::run_batch(
      jobs, {.jobs = 3, .memory = 100}, stop, [](const Job& job) { return outcome_of(job); }, footprint, sinks);
  CHECK(sink.seen.size() == 200);
  CHECK(std::is_sorted(sink.seen.rbegin(), sink.seen.rend()));
}

TEST_CASE("a job that failed for memory is done again alone, and reported once") {
  const std::vector<Job> jobs = make_jobs(60);
  std::atomic<bool> stop{false};
  RecordingSink sink;
  pipeline::Sink* sinks[] = {&sink};
  Gauge gauge;
  std::atomic<int> in_work{0}, not_alone{0}, most_retries{0};
  const auto out_of_memory = [](const Job& job) {
    Outcome outcome = outcome_of(job, Status::failed);
    outcome.error = pipeline::Failure{base::ErrorKind::memory, "not enough memory"};
    return outcome;
  };
  const auto work = [&](const Job& job) {
    ++in_work;
    std::this_thread::sleep_for(std::chrono::microseconds(300));
    --in_work;
    return job.index % 7 == 3 ? out_of_memory(job) : outcome_of(job);
  };
  BatchOptions options{.jobs = 3, .memory = 1000};
  options.retries = 2;
  options.retry = [&](const Job& job, int retry) {
    if (++in_work != 1) ++not_alone;
    std::this_thread::sleep_for(std::chrono::microseconds(300));
    if (--in_work != 0) ++not_alone;
    most_retries = std::max(most_retries.load(), retry);
    return job.index == 10 && retry < 2 ? out_of_memory(job) : job.index == 17 ? out_of_memory(job) : outcome_of(job);
  };
  const Summary summary = pipeline::run_batch(jobs, options, stop, work, kNoMemory, sinks);
  CHECK(sink.seen.size() == 60);
  CHECK(not_alone == 0);
  CHECK(most_retries == 2);
  CHECK(summary.count(Status::failed) == 1);  // 17
  CHECK(summary.count(Status::written) == 59);
  CHECK(summary.retries == 9 + 2);  // 3, 10, 17, … 59 once, 10 and 17 twice
}

TEST_CASE("an output that failed for memory is reason enough, another failure is not") {
  const std::vector<Job> jobs = make_jobs(2);
  std::atomic<bool> stop{false};
  std::atomic<int> retries{0};
  const auto work = [](const Job& job) {
    Outcome outcome = outcome_of(job, Status::failed);
    outcome.error = pipeline::Failure{base::ErrorKind::output, "can't write"};
    pipeline::Output output{"x", "avif"};
    output.error = pipeline::Failure{base::ErrorKind::memory, "not enough memory"};
    if (job.index == 1) outcome.outputs.push_back(output);
    return outcome;
  };
  BatchOptions options{.jobs = 1, .memory = 1000};
  options.retries = 1;
  options.retry = [&](const Job& job, int) {
    ++retries;
    CHECK(job.index == 1);
    return outcome_of(job);
  };
  const Summary summary = pipeline::run_batch(jobs, options, stop, work, kNoMemory, {});
  CHECK(retries == 1);
  CHECK(summary.count(Status::failed) == 1);
}

TEST_CASE("a rate holds starts back, and the time they waited is told") {
  const std::vector<Job> jobs = make_jobs(60);
  std::atomic<bool> stop{false};
  BatchOptions options{.jobs = 2, .memory = 1000};
  options.rate = 50;  // the first 50 at once
  const auto start = std::chrono::steady_clock::now();
  const Summary summary =
      pipeline::run_batch(jobs, options, stop, [](const Job& job) { return outcome_of(job); }, kNoMemory, {});
  CHECK(std::chrono::steady_clock::now() - start >= std::chrono::milliseconds(195));
  CHECK(summary.count(Status::written) == 60);
  CHECK(summary.throttled_seconds[static_cast<std::size_t>(pipeline::Hold::rate)] > 0);
  CHECK(summary.queue_ms > 0);
  CHECK(summary.longest_queue_ms > 0);
}

TEST_CASE("a busy machine is worked on with one job at a time, until it isn't") {
  const std::vector<Job> jobs = make_jobs(30);
  std::atomic<bool> stop{false};
  BatchOptions options{.jobs = 4, .memory = 1000};
  options.throttle.max_load = 2;
  options.meter = [] {
    pipeline::Readings readings;
    readings.load = 5;
    return readings;
  };
  Gauge gauge;
  const auto work = [&](const Job& job) {
    gauge.enter(0);
    std::this_thread::sleep_for(std::chrono::microseconds(200));
    gauge.leave(0);
    return outcome_of(job);
  };
  Summary summary = pipeline::run_batch(jobs, options, stop, work, kNoMemory, {});
  CHECK(summary.count(Status::written) == 30);
  CHECK(gauge.most_items == 1);
  CHECK(summary.throttled_seconds[static_cast<std::size_t>(pipeline::Hold::load)] > 0);
}

TEST_CASE("a stop ends a batch that waits for its rate") {
  const std::vector<Job> jobs = make_jobs(10);
  std::atomic<bool> stop{false};
  BatchOptions options{.jobs = 2, .memory = 1000};
  options.rate = 0.001;  // the second one in a quarter of an hour
  const auto work = [&](const Job& job) {
    stop = true;
    return outcome_of(job);
  };
  const Summary summary = pipeline::run_batch(jobs, options, stop, work, kNoMemory, {});
  CHECK(summary.interrupted);
  CHECK(summary.count(Status::written) == 1);
  CHECK(summary.count(Status::skipped) == 9);
}
