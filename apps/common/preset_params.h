// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The tracing parameters of several presets at once, each under the user's own settings, which win over all of them.
#pragma once

#include <filesystem>

#include "common/batch.h"
#include "pipeline/run_convert.h"
#include "plan/choose.h"
#include "plan/settings.h"
#include "trace/params.h"

namespace imgmill::apps {

// Of kPresetNames. `settings` says which members of `given` have values from a stronger source than a preset; what is
// no number is as in `given`. Throws Error{usage} where a preset's file is missing or wrong.
plan::Presets tracing_presets(const plan::Settings& settings, const trace::TraceParams& given);

// --preset auto, over the models of `forests`. Throws Error{usage} where their file can't be read.
pipeline::Automatic automatic(const plan::Settings& settings, const trace::TraceParams& given,
                              const BatchSettings& batch, const plan::Forests& forests);

// --target-time
inline constexpr const char* kTimeToChoose =
    "For --preset auto: how long an image may take (default 2); under 1 speed, over 5 quality";
void add_target_time(plan::Settings& settings, BatchSettings& batch, const char* help = kTimeToChoose);

// The learned models that come with the program; the file may be missing.
std::filesystem::path models_file();

}  // namespace imgmill::apps
