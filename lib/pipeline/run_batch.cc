// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pipeline/run_batch.h"

#include <tbb/flow_graph.h>
#include <tbb/global_control.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <chrono>
#include <deque>
#include <memory>
#include <tuple>
#include <vector>

#include "base/memory.h"

namespace imgmill::pipeline {
namespace {

namespace flow = tbb::flow;

// Messages of the graph: copyable and default-constructible, as it wants them.
struct Sized {
  const Job* job = nullptr;  // null: a finished job gives `bytes` back
  std::uint64_t bytes = 0;
};
struct Finished {
  std::uint64_t bytes = 0;
  std::shared_ptr<const Outcome> outcome;
};

// How much of what jobs are expected to need they really take: the resident memory that came on top since the start,
// over what was expected of the jobs in flight. Memory that the heap keeps counts as taken, so it errs to the safe
// side.
class Learned {
 public:
  void look(std::uint64_t expected_in_flight) {
    constexpr std::uint64_t kTooLittle = 32 << 20;  // the program's own needs would outweigh the jobs'
    if (expected_in_flight < kTooLittle) return;
    const std::uint64_t now = base::resident_memory();
    const double used = now > start_ ? static_cast<double>(now - start_) : 0;
    const double share = std::clamp(used / static_cast<double>(expected_in_flight), 0.25, 4.0);
    share_ = known_ ? std::max(share, 0.8 * share_ + 0.2 * share) : share;
    known_ = true;
  }
  double share() const { return share_; }
  std::uint64_t corrected(std::uint64_t expected) const {
    return static_cast<std::uint64_t>(static_cast<double>(expected) * share_);
  }

 private:
  std::uint64_t start_ = base::resident_memory();
  double share_ = 1;
  bool known_ = false;
};

// First come, first served: the head of the queue goes on when it fits beside what is in flight, or when nothing is.
class Admission {
 public:
  Admission(std::uint64_t budget, int most)
      : budget_(budget), most_(most > 0 ? static_cast<std::size_t>(most) : SIZE_MAX) {}

  template <class PassOn>
  void take(const Sized& message, const PassOn& pass_on) {
    if (message.job != nullptr) {
      waiting_.push_back(message);
    } else {
      learned_.look(bytes_in_flight_);
      bytes_in_flight_ -= message.bytes;
      --in_flight_;
    }
    while (!waiting_.empty() && has_room(waiting_.front().bytes)) {
      const Sized head = waiting_.front();
      waiting_.pop_front();
      bytes_in_flight_ += head.bytes;
      ++in_flight_;
      peak_.jobs = std::max(peak_.jobs, in_flight_);
      peak_.planned = std::max(peak_.planned, bytes_in_flight_);
      pass_on(head);
    }
  }
  Flight peak() const { return {peak_.jobs, peak_.planned, learned_.share()}; }

 private:
  bool has_room(std::uint64_t bytes) const {
    return in_flight_ == 0 || (in_flight_ < most_ && learned_.corrected(bytes_in_flight_ + bytes) <= budget_);
  }

  std::uint64_t budget_;
  std::size_t most_;
  std::uint64_t bytes_in_flight_ = 0;  // as expected
  std::size_t in_flight_ = 0;
  std::deque<Sized> waiting_;
  Learned learned_;
  Flight peak_;
};

// Hands an outcome to all sinks and adds it up. Used by one thread at a time.
class Reporter {
 public:
  Reporter(std::size_t jobs, const BatchOptions& options, std::span<Sink* const> sinks) : seen_(jobs), sinks_(sinks) {
    summary_.run = options.run;
    summary_.memory_budget = options.memory;
    for (Sink* sink : sinks_) sink->begin(jobs);
  }
  void report(const Outcome& outcome) {
    seen_[outcome.job] = true;
    summary_.add(outcome);
    for (Sink* sink : sinks_) sink->item(outcome);
  }
  void report_the_rest(std::span<const Job> jobs) {
    for (const Job& job : jobs) {
      if (seen_[job.index]) continue;
      Outcome outcome;
      outcome.job = job.index;
      outcome.input = job.input;
      outcome.error = Failure{base::ErrorKind::cancelled, "stopped before it was started"};
      report(outcome);
    }
  }
  void note(const Flight& flight) { summary_.flight = flight; }
  void stop_after_failure(std::atomic<bool>& stop) { stopped_by_failure_ |= !stop.exchange(true); }
  Summary finish(const std::atomic<bool>& stop, double wall_seconds) {
    summary_.interrupted = stop && !stopped_by_failure_;
    summary_.wall_seconds = wall_seconds;
    summary_.cpu_seconds = base::cpu_seconds() - cpu_at_start_;
    summary_.cores = base::usable_cores();
    summary_.peak_memory = base::peak_resident_memory();
    for (Sink* sink : sinks_) sink->end(summary_);
    return summary_;
  }

 private:
  bool stopped_by_failure_ = false;
  double cpu_at_start_ = base::cpu_seconds();
  std::vector<bool> seen_;
  std::span<Sink* const> sinks_;
  Summary summary_;
};

using SizedNode = flow::multifunction_node<Sized, std::tuple<Sized>>;
using SinkNode = flow::multifunction_node<Finished, std::tuple<Sized, flow::continue_msg>>;

// source → look-ahead → measure → admission → process → sink, which returns the memory to admission.
void run_graph(std::span<const Job> jobs, const BatchOptions& options, std::atomic<bool>& stop, const Work& work,
               const Footprint& footprint, Reporter& reporter) {
  flow::graph graph;
  std::size_t next = 0;
  flow::input_node<Sized> source(graph, [&](tbb::flow_control& control) -> Sized {
    if (next == jobs.size() || stop.load(std::memory_order_relaxed)) {
      control.stop();
      return {};
    }
    return {&jobs[next++], 0};
  });
  // Only a few headers are read ahead, so that the first results don't wait for the last folder to be looked through.
  flow::limiter_node<Sized> look_ahead(graph, static_cast<std::size_t>(options.jobs) * 2 + 2);
  flow::function_node<Sized, Sized> measure(graph, flow::unlimited, [&](const Sized& message) -> Sized {
    return {message.job, footprint(*message.job)};
  });
  Admission queue(options.memory, options.chunk);
  SizedNode admission(graph, flow::serial, [&](const Sized& message, SizedNode::output_ports_type& ports) {
    queue.take(message, [&](const Sized& head) { std::get<0>(ports).try_put(head); });
  });
  flow::function_node<Sized, Finished> process(
      graph, static_cast<std::size_t>(options.jobs), [&](const Sized& message) -> Finished {
        return {message.bytes, std::make_shared<const Outcome>(work(*message.job))};
      });
  SinkNode sink(graph, flow::serial, [&](const Finished& finished, SinkNode::output_ports_type& ports) {
    if (options.fail_fast && finished.outcome->status == Status::failed) reporter.stop_after_failure(stop);
    reporter.report(*finished.outcome);
    std::get<0>(ports).try_put({nullptr, finished.bytes});
    std::get<1>(ports).try_put({});
  });
  flow::make_edge(source, look_ahead);
  flow::make_edge(look_ahead, measure);
  flow::make_edge(measure, admission);
  flow::make_edge(flow::output_port<0>(admission), process);
  flow::make_edge(process, sink);
  flow::make_edge(flow::output_port<0>(sink), admission);
  flow::make_edge(flow::output_port<1>(sink), look_ahead.decrementer());
  source.activate();
  graph.wait_for_all();
  reporter.note(queue.peak());
}

}  // namespace

Summary run_batch(std::span<const Job> jobs, const BatchOptions& options, std::atomic<bool>& stop, const Work& work,
                  const Footprint& footprint, std::span<Sink* const> sinks) {
  const auto start = std::chrono::steady_clock::now();
  Reporter reporter(jobs.size(), options, sinks);
  {
    // The thread that waits is none of the workers: without a place of its own it would hold up a single one.
    const auto threads = static_cast<std::size_t>(std::max(1, options.jobs));
    const tbb::global_control limit(tbb::global_control::max_allowed_parallelism, threads + 1);
    tbb::task_arena arena(static_cast<int>(threads), 0);
    arena.execute([&] { run_graph(jobs, options, stop, work, footprint, reporter); });
  }
  reporter.report_the_rest(jobs);
  return reporter.finish(stop, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
}

}  // namespace imgmill::pipeline
