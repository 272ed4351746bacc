// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What `convert` does with a batch, from its settings to its jobs; whoever else converts does the same.
#pragma once

#include <memory>

#include "common/subcommand.h"
#include "pipeline/run_convert.h"
#include "plan/forests.h"

namespace imgmill::apps {

struct ConvertWork {
  pipeline::ConvertTask task;

  // Its settings of its own, under the heading kDrawingGroup.
  void add_settings(plan::Settings& settings, BatchSettings& batch);

  // When they have their values. The task stays where it is while the jobs run.
  BatchTask prepare(const Invocation& invocation, const BatchSettings& batch);

 private:
  const plan::Settings* settings_ = nullptr;
  std::unique_ptr<plan::Forests> forests_;  // for --preset auto
};

}  // namespace imgmill::apps
