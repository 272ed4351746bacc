// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What `compress` does with a batch, from its settings to its jobs; whoever else compresses does the same.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "common/subcommand.h"
#include "pipeline/run_compress.h"
#include "report/srcset.h"

namespace imgmill::apps {

struct CompressWork {
  pipeline::CompressTask task;
  std::optional<std::string> srcset;  // --srcset's file
  bool in_place = false;
  bool formats_given = false;

  // Its settings of its own, under the headings kResultGroup, kEncodingGroup and kReportGroup.
  void add_settings(plan::Settings& settings, BatchSettings& batch);

  // When they have their values. Throws Error{usage} for settings that contradict each other. This stays where it is
  // while the jobs run.
  BatchTask prepare(const Invocation& invocation, const BatchSettings& batch);

 private:
  void take_automatic(const BatchSettings& batch);

  std::unique_ptr<report::SrcsetSink> srcset_sink_;
  plan::Settings* settings_ = nullptr;
};

}  // namespace imgmill::apps
