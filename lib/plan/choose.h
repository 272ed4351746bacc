// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// For --preset auto: which preset fits an image, from how much there is to do, what is asked, and what each is expected
// to give.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "features/features.h"
#include "plan/expect.h"
#include "plan/forests.h"
#include "trace/params.h"

namespace imgmill::plan {

struct Preset {
  std::string name;
  trace::TraceParams params;
};

// The presets that are chosen from, from coarse to close, and the names of the parameters that the user has set, which
// stay as they are.
struct Presets {
  std::vector<Preset> all;
  std::vector<std::string> fixed;

  bool keeps(std::string_view name) const;
};

inline constexpr std::string_view kPresetNames[] = {"speed", "balanced", "quality"};

struct Wish {
  double seconds = 2;      // for one image
  double target_ssim = 0;  // 0: as close as there is time for
};

// What is known before anything is done.
struct Subject {
  features::Features features;
  double pixels = 0;
  double file_bytes = 0;
};

struct Choice {
  std::size_t preset = 0;  // among those that were given
  trace::TraceParams params;
  std::vector<Expected> expected;  // of each preset
  std::vector<std::string> notes;  // where what the rules ask is out of a parameter's range
};

// min(1, pixels / 10⁶ + file bytes / 5·10⁶)
double workload(const Subject& subject);

// How close the preset may be at most: under a second speed alone, under five what comes before the last. That one, or
// where there is a target the first that is expected to reach it, by its usual error and a little more. Then the
// parameters follow the work there is: under a second and for a workload over .7, color_precision 2 and max_iterations
// 3; over five and under .3, 10 and 25; for more than 2·10⁶ pixels 2 and 5 less, not under 2 and 3. Throws as expect()
// does.
Choice choose(const Subject& subject, const Wish& wish, const Presets& presets, const Forests& forests);

}  // namespace imgmill::plan
