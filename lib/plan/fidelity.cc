// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/fidelity.h"

#include <algorithm>
#include <cmath>

namespace imgmill::plan {

std::vector<trace::TraceParams> fidelity_scale(const trace::TraceParams& given) {
  // Powers of the root of two, written out: libm's differ in the last bit from machine to machine.
  constexpr double kOff[] = {2.828427, 2, 1.414214, 1, 0.707107, 0.5, 0.353553};
  static_assert(kOff[kAsGiven] == 1);
  std::vector<trace::TraceParams> scale;
  for (const double off : kOff) {
    trace::TraceParams params = given;
    params.length_threshold = std::clamp(given.length_threshold * off, 0.0, 10.0);
    params.layer_difference = std::clamp(static_cast<int>(std::lround(given.layer_difference * off)), 0, 255);
    scale.push_back(params);
  }
  return scale;
}

}  // namespace imgmill::plan
