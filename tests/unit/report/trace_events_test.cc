// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/trace_events.h"

#include <catch2/catch.hpp>
#include <string>

#include "recorded.h"

using namespace imgmill;

TEST_CASE("Events: a lane for each worker, stages within their item, counters of what happened") {
  pipeline::Outcome first = recorded("in/a \"1\".png", 10, 20, {span("decode", 0, 11, 4)});
  first.queue_ms = 10;
  first.spans[0].allocated = 7;
  first.spans[0].peak = 5;
  pipeline::Outcome second = recorded("b.png", 20, 30, {});
  second.lane = 3;
  report::TraceEvents events;
  events.add(first);
  events.add(second);
  events.add(pipeline::Outcome());  // never started
  const std::vector<report::MemoryTrack::Sample> memory = {{at(5), 1000}, {at(45), 3000}};
  CHECK(events.text("imgmill convert", memory) ==
        R"({"displayTimeUnit": "ms", "otherData": {"events left out": "0"}, "traceEvents": [
{"ph": "M", "pid": 1, "tid": 0, "name": "process_name", "args": {"name": "imgmill convert"}},
{"ph": "M", "pid": 1, "tid": 1, "name": "thread_name", "args": {"name": "worker 1"}},
{"ph": "M", "pid": 1, "tid": 4, "name": "thread_name", "args": {"name": "worker 2"}},
{"ph": "X", "pid": 1, "tid": 1, "cat": "item", "name": "a \"1\".png", "ts": 10000.000, "dur": 20000.000, "args": {"input": "in/a \"1\".png", "status": "written"}},
{"ph": "X", "pid": 1, "tid": 1, "cat": "stage", "name": "decode", "ts": 11000.000, "dur": 4000.000, "args": {"input": "in/a \"1\".png", "cpu_ms": 4, "allocated": 7, "peak": 5}},
{"ph": "X", "pid": 1, "tid": 4, "cat": "item", "name": "b.png", "ts": 20000.000, "dur": 30000.000, "args": {"input": "b.png", "status": "written"}},
{"ph": "C", "pid": 1, "tid": 0, "name": "resident memory", "ts": 5000.000, "args": {"bytes": 1000}},
{"ph": "C", "pid": 1, "tid": 0, "name": "resident memory", "ts": 45000.000, "args": {"bytes": 3000}},
{"ph": "C", "pid": 1, "tid": 0, "name": "items", "ts": 0.000, "args": {"in flight": 0, "waiting": 1}},
{"ph": "C", "pid": 1, "tid": 0, "name": "items", "ts": 10000.000, "args": {"in flight": 1, "waiting": 0}},
{"ph": "C", "pid": 1, "tid": 0, "name": "items", "ts": 20000.000, "args": {"in flight": 2, "waiting": 0}},
{"ph": "C", "pid": 1, "tid": 0, "name": "items", "ts": 30000.000, "args": {"in flight": 1, "waiting": 0}},
{"ph": "C", "pid": 1, "tid": 0, "name": "items", "ts": 50000.000, "args": {"in flight": 0, "waiting": 0}}
]}
)");
}

TEST_CASE("Each repetition of an item is an event of its own, and it waited once") {
  pipeline::Outcome last = recorded("a.png", 30, 10, {});
  last.queue_ms = 5;
  last.earlier.push_back(recorded("a.png", 10, 10, {}));
  report::TraceEvents events;
  events.add(last);
  const std::string text = events.text("p", {});
  CHECK(text.find(R"("ts": 5000.000, "dur": 10000.000)") != std::string::npos);
  CHECK(text.find(R"("ts": 25000.000, "dur": 10000.000)") != std::string::npos);
  CHECK(text.find(R"("ts": 0.000, "args": {"in flight": 0, "waiting": 1})") != std::string::npos);
  CHECK(text.find(R"("ts": 5000.000, "args": {"in flight": 1, "waiting": 0})") != std::string::npos);
  CHECK(text.find("\"waiting\": -1") == std::string::npos);
}
