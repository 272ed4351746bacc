// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/fidelity.h"

#include <algorithm>
#include <climits>
#include <cmath>

namespace imgmill::plan {

std::vector<trace::TraceParams> fidelity_scale(const trace::TraceParams& given) {
  struct Step {
    double off;                     // powers of the root of two, written out: libm's differ from machine to machine
    int color_precision = INT_MAX;  // at most
    int path_precision = INT_MAX;
  };
  constexpr Step kSteps[] = {{16, 2, 3}, {16, 3, 3}, {8, 4, 3},  {4, 5, 3}, {2.828427}, {2},
                             {1.414214}, {1},        {0.707107}, {0.5},     {0.353553}};
  static_assert(kSteps[kAsGiven].off == 1);
  std::vector<trace::TraceParams> scale;
  for (const Step& step : kSteps) {
    trace::TraceParams params = given;
    params.length_threshold = std::clamp(given.length_threshold * step.off, 0.0, 10.0);
    params.layer_difference = std::clamp(static_cast<int>(std::lround(given.layer_difference * step.off)), 0, 255);
    params.color_precision = std::min(given.color_precision, step.color_precision);
    params.path_precision = std::min(given.path_precision, step.path_precision);
    scale.push_back(params);
  }
  return scale;
}

}  // namespace imgmill::plan
