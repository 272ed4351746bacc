// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What the subcommands that work on a batch of images have in common, from their arguments to their exit code.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "common/batch.h"
#include "pipeline/job.h"
#include "pipeline/rules.h"
#include "pipeline/run_batch.h"
#include "pipeline/sink.h"
#include "plan/settings.h"

namespace imgmill::apps {

// What one subcommand does with the jobs.
struct BatchTask {
  std::vector<pipeline::Product> products;
  bool in_place = false;
  pipeline::Work run, plan;
  pipeline::Footprint footprint;
  pipeline::Retry retry;
  std::function<void()> let_go = {};        // gives up what can be had again, when memory is short
  std::vector<pipeline::Sink*> sinks = {};  // beside those that every subcommand has; they outlive the call
  bool one_of = false;                      // of the products, only one will be there
};

struct Subcommand {
  std::string_view name;
  const char* usage;
  const char* notes;
  const char* group;  // heading of its own settings, where --preset stands too
  std::function<void(plan::Settings&, BatchSettings&)> add_settings;
  // Called when all settings have their values.
  std::function<BatchTask(const Invocation&, const BatchSettings&)> prepare;
  std::vector<Option> options = {};   // of this subcommand alone, which are no settings
  std::string_view settings_of = {};  // the subcommand whose part of configuration files counts; empty: this one
  // Called then too: an exit code where there is no batch to run, because all is done.
  std::function<std::optional<int>()> instead = {};
};

// The whole of it. Returns the exit code; throws Error.
int run_subcommand(std::span<char* const> arguments, const Subcommand& subcommand);

// Makes the settings of all subcommands known that the table has not, so that one configuration file can serve them
// all.
void pass_over_others(plan::Settings& settings);

// The rules that follow from the settings.
void take_rules(const BatchSettings& batch, const Invocation& invocation, pipeline::Rules& rules);

}  // namespace imgmill::apps
