// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Outcomes as a recording clock would give them.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "pipeline/outcome.h"

namespace imgmill {

// Times in whole milliseconds since an arbitrary one.
inline std::chrono::steady_clock::time_point at(int milliseconds) {
  return std::chrono::steady_clock::time_point(std::chrono::seconds(1000) + std::chrono::milliseconds(milliseconds));
}

inline base::Span span(std::string_view name, int depth, int start, int wall, std::string_view detail = {}) {
  base::Span span{name, detail, depth, 0, at(start)};
  span.wall = std::chrono::milliseconds(wall);
  span.cpu = std::chrono::milliseconds(wall);
  return span;
}

// The stages follow from the spans.
inline pipeline::Outcome recorded(const std::string& input, int start, int total, std::vector<base::Span> spans) {
  pipeline::Outcome outcome;
  outcome.input = input;
  outcome.status = pipeline::Status::written;
  outcome.start = at(start);
  outcome.total_ms = total;
  for (std::size_t i = 0; i < spans.size(); ++i) {
    std::chrono::nanoseconds own = spans[i].wall;
    for (std::size_t k = i + 1; k < spans.size() && spans[k].depth > spans[i].depth; ++k) {
      if (spans[k].depth == spans[i].depth + 1) own -= spans[k].wall;
    }
    const double ms = std::chrono::duration<double, std::milli>(own).count();
    base::add_stage(outcome.stages, {spans[i].name, ms, ms, spans[i].allocated, spans[i].peak});
  }
  outcome.spans = std::move(spans);
  return outcome;
}

}  // namespace imgmill
