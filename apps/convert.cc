// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// imgmill convert: rasters to SVG drawings.
#include <fmt/core.h>

#include <memory>
#include <string>
#include <vector>

#include "common/batch.h"
#include "common/preset_params.h"
#include "common/run_main.h"
#include "common/subcommand.h"
#include "pipeline/footprint.h"
#include "pipeline/retry.h"
#include "pipeline/run_convert.h"
#include "plan/palette.h"
#include "plan/settings.h"
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
    "Exit codes: 0 all well, 1 some items failed, 2 wrong usage or configuration, 3 --check, --max-bytes,\n"
    "--target-ssim or (with --strict) --alert does not hold, 4 no input matched, 130 interrupted (finished\n"
    "results stay).\n";

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

}  // namespace

int main(int argc, char** argv) {
  return apps::run_main([&] {
    pipeline::ConvertTask task;
    std::unique_ptr<plan::Forests> forests;
    const plan::Settings* known = nullptr;
    const apps::Subcommand convert{
        "convert",
        kUsageText,
        kNotesText,
        apps::kDrawingGroup,
        [&](plan::Settings& settings, apps::BatchSettings& batch) {
          add_drawing_settings(settings, task);
          apps::add_target_time(settings, batch);
          known = &settings;
        },
        [&](const apps::Invocation& invocation, const apps::BatchSettings& batch) -> apps::BatchTask {
          apps::take_rules(batch, invocation, task);
          if (batch.preset == apps::kAutomatic) {
            forests = std::make_unique<plan::Forests>(apps::models_file());
            task.automatic = apps::automatic(*known, task.trace, batch, *forests);
          }
          const auto memory = [&task](const pipeline::Source& source) {
            return pipeline::convert_memory(source, task.max_dimension);
          };
          return {{pipeline::Product{}},
                  false,
                  [&](const pipeline::Job& job) { return pipeline::run_convert(job, task, &apps::stop_flag()); },
                  [&](const pipeline::Job& job) { return pipeline::plan_convert(job, task); },
                  [&task, memory](const pipeline::Job& job) { return pipeline::footprint(job, task.limits, memory); },
                  [&task](const pipeline::Job& job, int retry) {
                    return pipeline::retry_convert(job, task, retry, &apps::stop_flag());
                  },
                  [&forests] {
                    if (forests) forests->let_go();
                  }};
        }};
    return apps::run_subcommand({argv + 1, static_cast<std::size_t>(argc > 0 ? argc - 1 : 0)}, convert);
  });
}
