// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// imgmill convert: rasters to SVG drawings.
#include <fmt/core.h>

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "common/batch.h"
#include "common/exit_code.h"
#include "common/run_main.h"
#include "pipeline/footprint.h"
#include "pipeline/inputs.h"
#include "pipeline/naming.h"
#include "pipeline/run_batch.h"
#include "pipeline/run_job.h"
#include "plan/palette.h"
#include "plan/settings.h"
#include "report/console.h"
#include "report/ndjson.h"
#include "report/text.h"
#include "trace/params.h"

namespace {

using namespace imgmill;

constexpr const char* kUsageText =
    "Usage: imgmill convert [options] INPUT...\n"
    "\n"
    "Turns raster images into compact SVG drawings. An INPUT is an image file, a folder (searched\n"
    "recursively), a quoted pattern ('art/**/*.png'), or - for standard input. Without -o a result goes\n"
    "beside its input, and that of standard input to standard output. Entries of --files-from are taken\n"
    "literally, and their relative paths are kept below the output folder, as a folder's tree is.\n";

constexpr const char* kNotesText =
    "A switch can be turned off again: --score=off. What has a name in --explain can also be given as\n"
    "--set key=value, as IMGMILL_KEY in the environment (IMGMILL_COLOR_PRECISION=4), or as a key of a TOML\n"
    "file (color_precision = 4; under [convert] for this subcommand only). What wins: flag, --set,\n"
    "environment, --config FILE, ./imgmill.toml, the user's $XDG_CONFIG_HOME/imgmill/config.toml, preset,\n"
    "default.\n"
    "\n"
    "A palette is a GIMP .gpl file, or text with one #rrggbb a line; lines that start with ; or // are\n"
    "comments.\n"
    "\n"
    "Exit codes: 0 all well, 1 some items failed, 2 wrong usage or configuration, 3 --check, --max-bytes or\n"
    "--target-ssim does not hold, 4 no input matched, 130 interrupted (finished results stay).\n";

plan::Setting background_setting(trace::Background& background) {
  using Kind = trace::Background::Kind;
  return {"background",
          apps::kDrawingGroup,
          "keep|remove|#rrggbb",
          "Keep the background, leave it out, or put this colour under transparent pixels",
          [&background](std::string_view text) {
            if (text == "keep" || text == "remove") {
              background = {text == "keep" ? Kind::keep : Kind::remove, {}};
            } else if (text.starts_with('#')) {
              background = {Kind::color, plan::parse_color(text)};
            } else {
              throw base::Error(base::ErrorKind::usage, fmt::format("must be keep, remove or #rrggbb, not '{}'", text));
            }
          },
          [&background]() -> std::string {
            if (background.kind == Kind::color) return plan::format_color(background.color);
            return background.kind == Kind::keep ? "keep" : "remove";
          }};
}

plan::Setting palette_setting(std::vector<image::Rgba>& palette) {
  const auto path = std::make_shared<std::string>();
  return {"palette",
          apps::kDrawingGroup,
          "FILE",
          "Draw with exactly the colours of this file",
          [&palette, path](std::string_view text) {
            palette = plan::read_palette(std::filesystem::path(text));
            *path = text;
          },
          [path] { return *path; }};
}

void add_drawing_settings(plan::Settings& settings, pipeline::ConvertTask& task) {
  using trace::Engine;
  const auto add = [&](plan::Setting setting) {
    setting.in_presets = true;
    settings.add(std::move(setting));
  };
  add(plan::choice_setting("engine", apps::kDrawingGroup, "How to trace; mono draws in black alone", task.trace.engine,
                           {{"auto", Engine::automatic}, {"color", Engine::color}, {"mono", Engine::mono}}));
  settings.add_fields(trace::trace_fields(), task.trace, apps::kDrawingGroup);
  add(background_setting(task.trace.background));
  add(palette_setting(task.trace.palette));
  add(plan::choice_setting("group", apps::kDrawingGroup, "Put shapes of one colour into a group of their own",
                           task.group_by_color, {{"none", false}, {"color", true}}));
}

struct Convert {
  apps::Invocation invocation;
  apps::BatchSettings batch;
  pipeline::ConvertTask task;
  plan::Settings settings;
};

void complete_task(Convert& convert) {
  convert.task.limits = convert.batch.limits;
  convert.task.max_dimension = convert.batch.max_dimension;
  convert.task.timeout_seconds = convert.batch.timeout;
  convert.task.max_bytes = convert.batch.max_bytes;
  convert.task.target_ssim = convert.batch.target_ssim;
  convert.task.score = convert.batch.score;
  convert.task.no_clobber = convert.batch.no_clobber;
  convert.task.check = convert.invocation.check;
}

int exit_code(const pipeline::Summary& summary, const report::NdjsonSink* records) {
  if (summary.interrupted) return apps::kInterrupted;
  if (summary.count(pipeline::Status::failed) > 0) return apps::kSomeFailed;
  if (records != nullptr && !records->problem().empty()) {
    report::say(stderr, fmt::format("error: --json: {}\n", records->problem()));
    return apps::kSomeFailed;
  }
  if (summary.items() == 0) {
    report::say(stderr, "error: no input matched\n");
    return apps::kNoInput;
  }
  return summary.gates > 0 ? apps::kGateFailed : apps::kAllWell;
}

int run(const Convert& convert) {
  const apps::Invocation& invocation = convert.invocation;
  apps::refuse_contradictions(invocation);
  const std::vector<pipeline::Operand> operands = apps::all_operands(invocation);
  const std::vector<pipeline::Input> inputs = pipeline::find_inputs(operands);
  const std::vector<pipeline::Job> jobs = pipeline::name_outputs(
      inputs, {invocation.output, convert.batch.name_template, "svg", pipeline::is_single(operands)});

  report::ConsoleSink console(stderr, convert.batch.console);
  report::PlanSink plan(stdout);
  std::unique_ptr<report::NdjsonSink> records;
  std::vector<pipeline::Sink*> sinks = {&console};
  if (invocation.json) {
    records = std::make_unique<report::NdjsonSink>(*invocation.json, invocation.dry_run);
    sinks.push_back(records.get());
  }
  if (invocation.dry_run && invocation.json != "-") sinks.push_back(&plan);

  std::atomic<bool>& stop = apps::stop_flag();
  const pipeline::BatchOptions options{convert.batch.jobs, convert.batch.memory, convert.batch.fail_fast};
  const auto work = [&](const pipeline::Job& job) {
    return invocation.dry_run ? pipeline::plan_job(job, convert.task) : pipeline::run_job(job, convert.task, &stop);
  };
  const auto footprint = [&](const pipeline::Job& job) { return pipeline::footprint(job, convert.task); };
  return exit_code(pipeline::run_batch(jobs, options, stop, work, footprint, sinks), records.get());
}

int convert_main(std::span<char* const> arguments) {
  Convert convert;
  apps::add_batch_settings(convert.settings, convert.batch);
  add_drawing_settings(convert.settings, convert.task);
  const std::vector<apps::Option> options = apps::batch_options(convert.invocation, convert.settings);
  convert.invocation.operands = apps::parse_command_line(arguments, options);
  if (convert.invocation.help) {
    report::say(stdout, apps::help_text(kUsageText, options, kNotesText));
    return apps::kAllWell;
  }
  if (convert.invocation.version) {
    report::say(stdout, "imgmill " IMGMILL_VERSION "\n");
    return apps::kAllWell;
  }
  apps::take_other_sources(convert.settings, convert.batch, convert.invocation, "convert");
  if (convert.invocation.explain) {
    report::say(stdout, apps::explain(convert.settings));
    return apps::kAllWell;
  }
  complete_task(convert);
  return run(convert);
}

}  // namespace

int main(int argc, char** argv) {
  return apps::run_main([&] { return convert_main({argv + 1, static_cast<std::size_t>(argc > 0 ? argc - 1 : 0)}); });
}
