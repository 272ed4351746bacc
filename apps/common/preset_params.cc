// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/preset_params.h"

#include <fmt/core.h>

#include <string>
#include <system_error>
#include <variant>

#include "base/bytes.h"
#include "base/digest.h"
#include "base/error.h"
#include "common/batch.h"
#include "common/subcommand.h"
#include "plan/presets.h"

namespace imgmill::apps {
namespace {

namespace fs = std::filesystem;
using plan::Source;

bool is_users(const plan::Settings& settings, std::string_view name) {
  const plan::Setting* setting = settings.find(name);
  return setting != nullptr && setting->origin.source > Source::preset;
}

}  // namespace

plan::Presets tracing_presets(const plan::Settings& settings, const trace::TraceParams& given) {
  plan::Presets presets;
  for (const base::Field<trace::TraceParams>& field : trace::trace_fields()) {
    if (is_users(settings, field.name)) presets.fixed.emplace_back(field.name);
  }
  for (const std::string_view name : plan::kPresetNames) {
    trace::TraceParams params;
    params.engine = given.engine;
    params.centerline = given.centerline;
    params.shadows = given.shadows;
    params.background = given.background;
    params.palette = given.palette;
    plan::Settings fresh;
    fresh.add_fields(trace::trace_fields(), params, kDrawingGroup);
    pass_over_others(fresh);
    plan::apply_file(fresh, plan::find_preset(name, preset_folders()), Source::preset, "convert");
    for (const base::Field<trace::TraceParams>& field : trace::trace_fields()) {
      if (!is_users(settings, field.name)) continue;
      std::visit([&](auto member) { params.*member = given.*member; }, field.member);
    }
    presets.all.push_back({std::string(name), params});
  }
  return presets;
}

pipeline::Automatic automatic(const plan::Settings& settings, const trace::TraceParams& given,
                              const BatchSettings& batch, const plan::Forests& forests) {
  pipeline::Automatic automatic{tracing_presets(settings, given), {}, &forests, {}};
  if (batch.target_time > 0) automatic.wish.seconds = batch.target_time;
  if (batch.target_ssim > 0) automatic.wish.target_ssim = batch.target_ssim;
  try {
    automatic.models = base::digest(base::read_file(forests.path()));
  } catch (const base::Error& error) {
    throw base::Error(base::ErrorKind::usage, fmt::format("--preset auto needs its models: {}", error.what()));
  }
  return automatic;
}

void add_target_time(plan::Settings& settings, BatchSettings& batch, const char* help) {
  constexpr double kDay = 24.0 * 3600;
  settings.add(number_setting("target_time", kReportGroup, "SECONDS", help, 0.001, kDay, batch.target_time));
}

fs::path models_file() {
  fs::path path;
  std::error_code ignored;
  for (const fs::path& folder : preset_folders()) {
    path = folder / "models.yml.gz";
    if (fs::exists(path, ignored)) break;
  }
  return path;
}

}  // namespace imgmill::apps
