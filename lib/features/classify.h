// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What kind of picture it is, by rules that can be read. A learned model (plan/forest.h) may know better.
#pragma once

#include <array>
#include <string_view>

#include "features/features.h"

namespace imgmill::features {

enum class Class { simple, text, gradient, complex, photo };
inline constexpr std::array kClasses{Class::simple, Class::text, Class::gradient, Class::complex, Class::photo};

std::string_view to_string(Class c);

struct Verdict {
  Class kind = Class::complex;
  double confidence = 0;  // 0…1
  std::string_view decided_by = "rules";
};

// The first that holds:
//   photo     flat_share < .15, unique_colors > .6         confidence: unique_colors + .2 in [.6, .9]
//   text      corner_density > .3, unique_colors < .4, edge_density in [.1, .4]     corner_density + .2, ≤ .95
//   simple    edge_density < .2, unique_colors < .3, entropy < .4     1 − the largest of the three, in [.7, .95]
//   gradient  gradient_strength > .5, unique_colors > .6     gradient_strength + unique_colors − .5, in [.6, .9]
//   complex   else     complexity_score + .2, in [.5, .8]
// Text comes before simple because a wordmark is simple by those bounds too.
Verdict classify(const Features& features);

}  // namespace imgmill::features
