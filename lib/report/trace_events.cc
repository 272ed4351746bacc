// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/trace_events.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "report/json.h"
#include "report/stacks.h"

namespace imgmill::report {
namespace {

using std::chrono::nanoseconds;

// The format's unit is the microsecond; three decimals keep all digits, so that what lies within another still does.
std::string microseconds(nanoseconds time) { return fmt::format("{}.{:03}", time.count() / 1000, time.count() % 1000); }

nanoseconds from_ms(double milliseconds) { return nanoseconds(std::llround(milliseconds * 1e6)); }

double to_ms(nanoseconds time) { return std::chrono::duration<double, std::milli>(time).count(); }

std::string counter(const char* name, nanoseconds when, const std::string& values) {
  return fmt::format(R"({{"ph": "C", "pid": 1, "tid": 0, "name": "{}", "ts": {}, "args": {}}})", name,
                     microseconds(when), values);
}

std::string metadata(const char* what, int thread, const std::string& name) {
  return fmt::format(R"({{"ph": "M", "pid": 1, "tid": {}, "name": "{}", "args": {{"name": {}}}}})", thread, what,
                     json_string(name));
}

}  // namespace

void TraceEvents::add_event(Event event) {
  if (events_.size() >= kMostEvents) {
    ++left_out_;
    return;
  }
  lanes_.insert(event.lane);
  events_.push_back(std::move(event));
}

// One time that the item was done.
void TraceEvents::add_run(const pipeline::Outcome& outcome) {
  Object item;
  item.text("input", outcome.input.native()).text("status", to_string(outcome.status));
  const nanoseconds wall = from_ms(outcome.total_ms);
  add_event({json_string(outcome.input.filename().native()), item.done(), "item", outcome.lane, outcome.start, wall});
  for (const base::Span& span : outcome.spans) {
    Object stage;
    stage.text("input", outcome.input.native()).number("cpu_ms", to_ms(span.cpu), 3);
    stage.count("allocated", span.allocated).count("peak", span.peak);
    add_event({json_string(frame_name(span)), stage.done(), "stage", span.lane, span.start, span.wall});
  }
  changes_.push_back({outcome.start, 1, 0});
  changes_.push_back({outcome.start + wall, -1, 0});
}

void TraceEvents::add(const pipeline::Outcome& outcome) {
  if (outcome.start == Time{}) return;  // nothing was recorded: it was never started
  for (const pipeline::Outcome& earlier : outcome.earlier) add_run(earlier);
  add_run(outcome);
  const Time first = outcome.earlier.empty() ? outcome.start : outcome.earlier.front().start;
  changes_.push_back({first - from_ms(outcome.queue_ms), 0, 1});
  changes_.push_back({first, 0, -1});
}

std::string TraceEvents::text(const std::string& process, std::span<const MemoryTrack::Sample> memory) const {
  Time zero = Time::max();
  for (const Event& event : events_) zero = std::min(zero, event.start);
  for (const Change& change : changes_) zero = std::min(zero, change.when);
  for (const MemoryTrack::Sample& sample : memory) zero = std::min(zero, sample.when);

  std::vector<std::string> lines = {metadata("process_name", 0, process)};
  for (const int lane : lanes_) {
    lines.push_back(metadata("thread_name", lane + 1, fmt::format("worker {}", lines.size())));
  }
  for (const Event& event : events_) {
    lines.push_back(
        fmt::format(R"({{"ph": "X", "pid": 1, "tid": {}, "cat": "{}", "name": {}, "ts": {}, "dur": {}, "args": {}}})",
                    event.lane + 1, event.category, event.name, microseconds(event.start - zero),
                    microseconds(event.wall), event.arguments));
  }
  for (const MemoryTrack::Sample& sample : memory) {
    lines.push_back(counter("resident memory", sample.when - zero, Object().count("bytes", sample.bytes).done()));
  }
  std::vector<Change> changes = changes_;
  std::stable_sort(changes.begin(), changes.end(), [](const Change& a, const Change& b) { return a.when < b.when; });
  int in_flight = 0, waiting = 0;
  for (std::size_t i = 0; i < changes.size(); ++i) {
    in_flight += changes[i].in_flight;
    waiting += changes[i].waiting;
    if (i + 1 < changes.size() && changes[i + 1].when == changes[i].when) continue;
    lines.push_back(counter("items", changes[i].when - zero,
                            fmt::format(R"({{"in flight": {}, "waiting": {}}})", in_flight, waiting)));
  }
  return fmt::format(
      "{{\"displayTimeUnit\": \"ms\", \"otherData\": {{\"events left out\": \"{}\"}}, \"traceEvents\": [\n{}\n]}}\n",
      left_out_, fmt::join(lines, ",\n"));
}

}  // namespace imgmill::report
