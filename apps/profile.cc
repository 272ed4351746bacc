// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// imgmill profile: what images are, what should be done with them, and where the time for it goes.
#include <cstdio>
#include <filesystem>
#include <span>
#include <utility>

#include "common/batch.h"
#include "common/preset_params.h"
#include "common/run_main.h"
#include "common/subcommand.h"
#include "pipeline/footprint.h"
#include "pipeline/run_profile.h"
#include "plan/settings.h"
#include "profile/applied.h"
#include "report/portraits.h"

namespace {

using namespace imgmill;

constexpr const char* kUsageText =
    "Usage: imgmill profile [options] INPUT...\n"
    "\n"
    "Tells what images are: measures of colours, edges, corners, gradients and noise, and the class that\n"
    "follows from them. An INPUT is an image file, a folder (searched recursively), a quoted pattern\n"
    "('art/**/*.png'), or - for standard input. Prints a table; --json prints a record a line instead.\n"
    "\n"
    "With --apply convert or compress it does that too, with that subcommand's options, and tells where time\n"
    "and memory went: by stage, with the bottlenecks and what to change. Results are kept only with -o.\n";

constexpr const char* kNotesText =
    "Exit codes: 0 all well, 1 some items failed, 2 wrong usage or configuration, 3 (with --strict) an\n"
    "--alert was set off, 4 no input matched, 130 interrupted.\n";

}  // namespace

int main(int argc, char** argv) {
  return apps::run_main([&] {
    const std::span<char* const> arguments(argv + 1, static_cast<std::size_t>(argc > 0 ? argc - 1 : 0));
    apps::Applied applied(arguments);
    pipeline::ProfileTask task;
    plan::Forests forests(apps::models_file());
    const plan::Settings* known = nullptr;
    report::PortraitSink portraits(stdout);
    const apps::Subcommand profile{
        "profile",
        kUsageText,
        kNotesText,
        apps::kResultGroup,
        [&](plan::Settings& settings, apps::BatchSettings& batch) {
          applied.add_settings(settings, batch);
          known = &settings;
        },
        [&](const apps::Invocation& invocation, const apps::BatchSettings& batch) -> apps::BatchTask {
          apps::take_rules(batch, invocation, task);
          // Without models it goes by rules, and predicts nothing.
          if (std::filesystem::exists(forests.path()))
            task.automatic = apps::automatic(*known, applied.tracing(), batch, forests);
          apps::BatchTask work{
              {},
              false,
              [&](const pipeline::Job& job) { return pipeline::run_profile(job, task, &apps::stop_flag()); },
              [&](const pipeline::Job& job) { return pipeline::plan_profile(job, task); },
              [&task](const pipeline::Job& job) {
                return pipeline::footprint(job, task.limits, pipeline::profile_memory);
              },
              {},
              [&forests] { forests.let_go(); }};
          if (invocation.json != "-" && !batch.console.quiet) work.sinks.push_back(&portraits);
          return applied.prepare(std::move(work), invocation, batch);
        },
        applied.options(),
        applied.settings_of()};
    return apps::run_subcommand(arguments, profile);
  });
}
