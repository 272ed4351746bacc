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

}  // namespace

void ConvertWork::add_settings(plan::Settings& settings, BatchSettings& batch) {
  using trace::Engine;
  const auto add = [&](plan::Setting setting) {
    setting.in_presets = true;
    settings.add(std::move(setting));
  };
  add(plan::choice_setting("engine", kDrawingGroup, "How to trace; mono draws in black alone", task.trace.engine,
                           {{"auto", Engine::automatic}, {"color", Engine::color}, {"mono", Engine::mono}}));
  settings.add_fields(trace::trace_fields(), task.trace, kDrawingGroup);
  add(background_setting(task.trace.background));
  add(palette_setting(task.trace.palette));
  add(plan::choice_setting("group", kDrawingGroup, "Put shapes of one colour into a group of their own",
                           task.group_by_color, {{"none", false}, {"color", true}}));
  add_target_time(settings, batch);
  settings_ = &settings;
}

BatchTask ConvertWork::prepare(const Invocation& invocation, const BatchSettings& batch) {
  take_rules(batch, invocation, task);
  if (batch.preset == kAutomatic) {
    forests_ = std::make_unique<plan::Forests>(models_file());
    task.automatic = automatic(*settings_, task.trace, batch, *forests_);
  }
  const auto memory = [this](const pipeline::Source& source) {
    return pipeline::convert_memory(source, task.max_dimension);
  };
  return {
      {pipeline::Product{}},
      false,
      [this](const pipeline::Job& job) { return pipeline::run_convert(job, task, &stop_flag()); },
      [this](const pipeline::Job& job) { return pipeline::plan_convert(job, task); },
      [this, memory](const pipeline::Job& job) { return pipeline::footprint(job, task.limits, memory); },
      [this](const pipeline::Job& job, int retry) { return pipeline::retry_convert(job, task, retry, &stop_flag()); },
      [this] {
        if (forests_) forests_->let_go();
      }};
}

}  // namespace imgmill::apps
