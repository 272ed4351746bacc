// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The part of `profile` that does the work too and tells where its time goes: --apply, --repeat, --folded, --flamegraph
// and --trace.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "common/compress_work.h"
#include "common/convert_work.h"
#include "common/subcommand.h"
#include "report/stage_report.h"
#include "report/time_files.h"

namespace imgmill::apps {

class Applied {
 public:
  // What is applied decides which settings there are, so --apply is looked for before the command line is parsed.
  // Throws Error{usage} for what can't be applied.
  explicit Applied(std::span<char* const> arguments);

  explicit operator bool() const { return !what_.empty(); }
  // The subcommand whose part of configuration files counts.
  std::string_view settings_of() const { return what_; }

  // The settings of what is applied, and those of tracing in any case. `batch` outlives this.
  void add_settings(plan::Settings& settings, BatchSettings& batch);
  std::vector<Option> options();
  const trace::TraceParams& tracing() const { return convert_.task.trace; }

  // `looking` is what profile does with the images by itself. The work is done after it, with the cache off, as often
  // as --repeat says; without -o its results are dropped. Turns on the recording. Throws Error{usage}.
  BatchTask prepare(BatchTask looking, const Invocation& invocation, const BatchSettings& batch);

 private:
  void add_sinks(BatchTask& task, const Invocation& invocation, const BatchSettings& batch);
  BatchTask prepare_work(const Invocation& invocation, const BatchSettings& batch);

  std::string what_;  // empty: nothing
  int repeat_ = 1;
  report::TimeFiles files_;
  BatchSettings* settings_ = nullptr;
  ConvertWork convert_;
  CompressWork compress_;
  std::unique_ptr<report::TimeFilesSink> files_sink_;
  std::unique_ptr<report::StageReportSink> report_sink_;
};

}  // namespace imgmill::apps
