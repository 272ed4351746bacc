// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/expect.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <string_view>

#include "plan/search.h"

namespace imgmill::plan {

std::string forest_name(const std::string& preset, const char* what) { return fmt::format("{}_{}", preset, what); }

double to_lesson(const char* what, double value, double pixels) {
  if (std::string_view(what) == "ssim") return log_error(value);
  if (std::string_view(what) == "ms") return std::log(std::max(1e-9, value / pixels));
  return std::log(std::max(1.0, value));
}

double from_lesson(const char* what, double answer, double pixels) {
  if (std::string_view(what) == "ssim") return 1 - std::exp(answer);
  if (std::string_view(what) == "ms") return std::exp(answer) * pixels;
  return std::exp(answer);
}

Expected expect(const Forests& forests, const std::string& preset, const features::Features& features, double pixels) {
  const auto ask = [&](const char* what) {
    return from_lesson(what, forests.number(forest_name(preset, what), features, pixels), pixels);
  };
  return {ask("ssim"), ask("bytes"), ask("ms")};
}

double ssim_error(const Forests& forests, const std::string& preset) {
  return forests.figure(forest_name(preset, "ssim") + "_error");
}

}  // namespace imgmill::plan
