// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What a preset is expected to make of a picture, as learned from measurements of others.
#pragma once

#include <string>

#include "features/features.h"
#include "plan/forests.h"

namespace imgmill::plan {

struct Expected {
  double ssim = 0, bytes = 0, ms = 0;
};

// What was measured of one preset on one picture; forests learn logarithms of it, of the time for each pixel.
std::string forest_name(const std::string& preset, const char* what);  // "speed_ssim"; what: ssim, bytes or ms
double to_lesson(const char* what, double value, double pixels);
double from_lesson(const char* what, double answer, double pixels);

// Throws Error{input} where the forests know nothing of the preset.
Expected expect(const Forests& forests, const std::string& preset, const features::Features& features, double pixels);

// The mean absolute error of an expected SSIM, over pictures that the forest had not seen. Throws the same.
double ssim_error(const Forests& forests, const std::string& preset);

}  // namespace imgmill::plan
