// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "features/classify.h"

#include <algorithm>

namespace imgmill::features {

std::string_view to_string(Class c) {
  constexpr std::string_view kNames[] = {"simple", "text", "gradient", "complex", "photo"};
  return kNames[static_cast<std::size_t>(c)];
}

Verdict classify(const Features& f) {
  if (f.flat_share < 0.15 && f.unique_colors > 0.6) {
    return {Class::photo, std::clamp(f.unique_colors + 0.2, 0.6, 0.9)};
  }
  if (f.corner_density > 0.3 && f.unique_colors < 0.4 && f.edge_density >= 0.1 && f.edge_density <= 0.4) {
    return {Class::text, std::min(f.corner_density + 0.2, 0.95)};
  }
  if (f.edge_density < 0.2 && f.unique_colors < 0.3 && f.entropy < 0.4) {
    return {Class::simple, std::clamp(1 - std::max({f.edge_density, f.unique_colors, f.entropy}), 0.7, 0.95)};
  }
  if (f.gradient_strength > 0.5 && f.unique_colors > 0.6) {
    return {Class::gradient, std::clamp(f.gradient_strength + f.unique_colors - 0.5, 0.6, 0.9)};
  }
  return {Class::complex, std::clamp(f.complexity_score + 0.2, 0.5, 0.8)};
}

}  // namespace imgmill::features
