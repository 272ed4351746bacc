// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "features/features.h"

namespace imgmill::features {

std::span<const Feature> feature_list() {
  static constexpr Feature kList[] = {
      {"jpeg_quality", &Features::jpeg_quality, false},
      {"pixel_grid", &Features::pixel_grid, false},
      {"transparency", &Features::transparency},
      {"flat_share", &Features::flat_share},
      {"entropy", &Features::entropy},
      {"unique_colors", &Features::unique_colors},
      {"color_mixtures", &Features::color_mixtures},
      {"gradient_strength", &Features::gradient_strength},
      {"noise", &Features::noise},
      {"region_count", &Features::region_count},
      {"edge_density", &Features::edge_density},
      {"edge_spread", &Features::edge_spread},
      {"corner_density", &Features::corner_density},
      {"complexity_score", &Features::complexity_score},
  };
  return kList;
}

}  // namespace imgmill::features
