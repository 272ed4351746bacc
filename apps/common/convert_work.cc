// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/convert_work.h"

#include <fmt/core.h>

#include <memory>
#include <string>
#include <vector>

#include "common/preset_params.h"
#include "common/run_main.h"
#include "pipeline/footprint.h"
#include "pipeline/retry.h"
#include "plan/palette.h"
#include "plan/settings.h"
#include "trace/params.h"

namespace imgmill::apps {
namespace {

plan::Setting background_setting(trace::Background& background) {
  using Kind = trace::Background::Kind;
  return {"background",
          kDrawingGroup,
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
          kDrawingGroup,
          "FILE",
          "Draw with exactly the colours of this file",
          [&palette, path](std::string_view text) {
            palette = plan::read_palette(std::filesystem::path(text));
            *path = text;
          },
          [path] { return *path; }};
}

void refuse_what_contradicts(const pipeline::ConvertTask& task) {
  const auto refuse = [](const char* message) { throw base::Error(base::ErrorKind::usage, message); };
  if (task.trace.centerline && task.trace.engine == trace::Engine::color)
    refuse("--centerline draws in one ink, which --engine color does not");
  if (!task.fallback) return;
  if (!task.searches()) refuse("--fallback needs --target-ssim or --max-bytes, which a drawing may not come up to");
  const bool drawing_alone =
      !task.trace.palette.empty() || task.trace.background.kind == trace::Background::Kind::remove;
  if (drawing_alone) refuse("--fallback can't do what --palette and --background remove ask for, which a drawing can");
}

}  // namespace

void ConvertWork::add_settings(plan::Settings& settings, BatchSettings& batch) {
  using trace::Engine;
  const auto add = [&](plan::Setting setting) {
    setting.in_presets = true;
    settings.add(std::move(setting));
  };
  add(plan::choice_setting("engine", kDrawingGroup, "How to trace; mono draws in black alone", task.trace.engine,
                           {{"auto", Engine::automatic}, {"color", Engine::color}, {"mono", Engine::mono}}));
  add(switch_setting("centerline", kDrawingGroup,
                     "Draw the lines of line art as strokes along their middle (with --engine mono, or auto)",
                     task.trace.centerline));
  add(switch_setting("shadows", kDrawingGroup,
                     "Draw soft shadows as blurred shapes, for which a program must know SVG filters",
                     task.trace.shadows));
  settings.add_fields(trace::trace_fields(), task.trace, kDrawingGroup);
  add(background_setting(task.trace.background));
  add(palette_setting(task.trace.palette));
  add(plan::choice_setting("group", kDrawingGroup, "Put shapes of one colour into a group of their own",
                           task.group_by_color, {{"none", false}, {"color", true}}));
  settings.add(plan::choice_setting<std::optional<codec::Format>>(
      "fallback", kDrawingGroup, "Write this instead where no drawing comes up to --target-ssim and --max-bytes",
      task.fallback, {{"none", std::nullopt}, {"webp", codec::Format::webp}, {"avif", codec::Format::avif}}));
  add_target_time(settings, batch,
                  "How long an image may take: a search ends with the best so far, and --preset auto chooses by it "
                  "(its default 2; under 1 speed, over 5 quality)");
  settings_ = &settings;
}

BatchTask ConvertWork::prepare(const Invocation& invocation, const BatchSettings& batch) {
  take_rules(batch, invocation, task);
  task.target_seconds = batch.target_time;
  refuse_what_contradicts(task);
  if (batch.preset == kAutomatic) {
    forests_ = std::make_unique<plan::Forests>(models_file());
    task.automatic = automatic(*settings_, task.trace, batch, *forests_);
  }
  const auto memory = [this](const pipeline::Source& source) {
    return pipeline::convert_memory(source, task.max_dimension, task.searches());
  };
  return {
      pipeline::products_of(task),
      false,
      [this](const pipeline::Job& job) { return pipeline::run_convert(job, task, &stop_flag()); },
      [this](const pipeline::Job& job) { return pipeline::plan_convert(job, task); },
      [this, memory](const pipeline::Job& job) { return pipeline::footprint(job, task.limits, memory); },
      [this](const pipeline::Job& job, int retry) { return pipeline::retry_convert(job, task, retry, &stop_flag()); },
      [this] {
        if (forests_) forests_->let_go();
      },
      {},
      task.fallback.has_value()};
}

}  // namespace imgmill::apps
