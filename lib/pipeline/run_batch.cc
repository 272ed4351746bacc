// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pipeline/run_batch.h"

#include <tbb/flow_graph.h>
#include <tbb/global_control.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <tuple>
#include <utility>
#include <vector>

#include "base/memory.h"
#include "pipeline/admission.h"
#include "pipeline/alarm.h"

namespace imgmill::pipeline {
namespace {

namespace flow = tbb::flow;

using Clock = std::chrono::steady_clock;

// Messages of the graph: copyable and default-constructible, as it wants them.
struct Event {  // for admission
  enum class Kind { arrived, left, look } kind = Kind::look;
  Turn turn = {};
  std::size_t place = 0;  // in the batch, of what arrived first
};
struct Finished {
  Turn turn;
  std::shared_ptr<const Outcome> outcome;
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
  void note(const Admission& admission) {
    summary_.flight = admission.flight();
    summary_.throttled_seconds = admission.throttled_seconds();
  }
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

bool ran_out_of_memory(const Outcome& outcome) {
  const auto for_memory = [](const std::optional<Failure>& e) { return e && e->kind == base::ErrorKind::memory; };
  return for_memory(outcome.error) || std::any_of(outcome.outputs.begin(), outcome.outputs.end(),
                                                  [&](const Output& output) { return for_memory(output.error); });
}

using AdmissionNode = flow::multifunction_node<Event, std::tuple<Turn>>;
using SinkNode = flow::multifunction_node<Finished, std::tuple<Event, flow::continue_msg>>;

// The part of the graph that knows the time: passes on each job when admission gives it leave. While jobs wait for
// nothing but a better time, an alarm brings admission back to them and the graph is kept from ending.
class Gate {
 public:
  Gate(flow::graph& graph, Admission& admission, const std::atomic<bool>& stop)
      : graph_(graph), admission_(admission), stop_(stop) {}

  // Called for one event at a time.
  template <class PassOn>
  void take(const Event& event, const PassOn& pass_on) {
    const Clock::time_point now = Clock::now();
    if (event.kind == Event::Kind::arrived) admission_.arrive(event.turn, now);
    if (event.kind == Event::Kind::left) admission_.leave(event.turn);
    if (stop_.load(std::memory_order_relaxed)) admission_.forget_the_waiting();
    while (const auto turn = admission_.next(now)) pass_on(*turn);
    keep_open(admission_.ask_again().has_value());
    // Not only then: a stop has to be noticed too.
    if (open_) alarm_.set(std::min(*admission_.ask_again(), now + std::chrono::milliseconds(100)));
  }
  void ring_with(std::function<void()> ring) { alarm_.start(std::move(ring)); }
  void end() { alarm_.end(); }

 private:
  void keep_open(bool open) {
    if (open && !open_) graph_.reserve_wait();
    if (!open && open_) graph_.release_wait();
    open_ = open;
  }

  flow::graph& graph_;
  Admission& admission_;
  const std::atomic<bool>& stop_;
  bool open_ = false;
  Alarm alarm_;
};

// What the heap keeps from jobs that are done counts as well: where it would go over the budget with what this one
// needs, it is given back. Within an ample budget that costs a system call.
void make_room(const Turn& turn, std::uint64_t budget, const std::function<void()>& let_go) {
  if (base::peak_resident_bound() + turn.bytes <= budget) return;
  if (base::resident_memory() + turn.bytes <= budget) return;
  if (let_go) let_go();
  base::give_back_memory();
}

Outcome do_work(const Turn& turn, const BatchOptions& options, const Work& work) {
  const double queue_ms = std::chrono::duration<double, std::milli>(Clock::now() - turn.since).count();
  make_room(turn, turn.retry > 0 ? 0 : options.memory, options.let_go);
  Outcome outcome = turn.retry > 0 ? options.retry(*turn.job, turn.retry) : work(*turn.job);
  outcome.queue_ms = queue_ms;
  outcome.retries = turn.retry;
  return outcome;
}

// source → look-ahead → measure → in order → admission → process → sink, which tells admission that a job has left, and
// sends it back there to be done again where memory ran out.
void run_graph(std::span<const Job> jobs, const BatchOptions& options, std::atomic<bool>& stop, const Work& work,
               const Footprint& footprint, Reporter& reporter) {
  flow::graph graph;
  std::size_t next = 0;
  flow::input_node<Event> source(graph, [&](tbb::flow_control& control) -> Event {
    if (next == jobs.size() || stop.load(std::memory_order_relaxed)) {
      control.stop();
      return {};
    }
    const std::size_t place = next++;
    return {Event::Kind::arrived, {&jobs[place]}, place};
  });
  // Only a few headers are read ahead, so that the first results don't wait for the last folder to be looked through.
  flow::limiter_node<Event> look_ahead(graph, static_cast<std::size_t>(options.jobs) * 2 + 2);
  flow::function_node<Event, Event> measure(graph, flow::unlimited, [&](Event event) -> Event {
    event.turn.bytes = footprint(*event.turn.job);
    return event;
  });
  // Directly before admission: a node between them might let one message pass another.
  flow::sequencer_node<Event> in_order(graph, [](const Event& event) { return event.place; });

  const std::size_t most =
      static_cast<std::size_t>(options.chunk > 0 ? std::min(options.jobs, options.chunk) : options.jobs);
  Admission admission(
      {options.memory, most, options.rate}, Throttle(options.throttle, options.meter),
      [] { return base::resident_memory(); }, Clock::now());
  Gate gate(graph, admission, stop);
  AdmissionNode admit(graph, flow::serial, [&](const Event& event, AdmissionNode::output_ports_type& ports) {
    gate.take(event, [&](const Turn& turn) { std::get<0>(ports).try_put(turn); });
  });
  gate.ring_with([&] { admit.try_put({}); });
  flow::function_node<Turn, Finished> process(graph, most, [&](const Turn& turn) -> Finished {
    return {turn, std::make_shared<const Outcome>(do_work(turn, options, work))};
  });
  SinkNode sink(graph, flow::serial, [&](const Finished& finished, SinkNode::output_ports_type& ports) {
    const Outcome& outcome = *finished.outcome;
    std::get<0>(ports).try_put({Event::Kind::left, finished.turn});
    if (finished.turn.retry < options.retries && options.retry && ran_out_of_memory(outcome) && !stop) {
      Turn again = finished.turn;
      ++again.retry;
      std::get<0>(ports).try_put({Event::Kind::arrived, again});
      return;
    }
    if (options.fail_fast && outcome.status == Status::failed) reporter.stop_after_failure(stop);
    reporter.report(outcome);
    std::get<1>(ports).try_put({});
  });
  flow::make_edge(source, look_ahead);
  flow::make_edge(look_ahead, measure);
  flow::make_edge(measure, in_order);
  flow::make_edge(in_order, admit);
  flow::make_edge(flow::output_port<0>(admit), process);
  flow::make_edge(process, sink);
  flow::make_edge(flow::output_port<0>(sink), admit);
  flow::make_edge(flow::output_port<1>(sink), look_ahead.decrementer());
  source.activate();
  graph.wait_for_all();
  gate.end();
  graph.wait_for_all();  // what the alarm may have brought in after all was done
  reporter.note(admission);
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
