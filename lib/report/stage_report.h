// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Where the time of a recorded batch went, for people: by stage, and what to change. Where it was done more than once
// also how far stages and items vary.
#pragma once

#include <cstdio>
#include <string>
#include <utility>

#include "pipeline/sink.h"
#include "report/time_figures.h"

namespace imgmill::report {

// Tables and lines of text.
std::string where_the_time_goes(const TimeFigures& figures, const Asked& asked, const pipeline::Summary& summary);

class StageReportSink : public pipeline::Sink {
 public:
  StageReportSink(std::FILE* stream, Asked asked) : stream_(stream), asked_(std::move(asked)) {}

  void item(const pipeline::Outcome& outcome) override { figures_.add(outcome); }
  void end(const pipeline::Summary& summary) override;

 private:
  std::FILE* stream_;
  Asked asked_;
  TimeFigures figures_;
};

}  // namespace imgmill::report
