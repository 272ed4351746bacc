// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "features/features.h"

namespace imgmill::features {

std::span<const Feature> feature_list() {
  static constexpr Feature kList[] = {
      {"transparency", &Features::transparency, "mean of 1 - alpha"},
      {"flat_share", &Features::flat_share, "pixels without any gradient / N"},
      {"entropy", &Features::entropy, "Shannon entropy of the 256 grey levels / 8 bits (Shannon 1948)"},
      {"unique_colors", &Features::unique_colors,
       "log2(n) / 8: n colours of 5 bits a channel, each on .05 % of N pixels away from edges"},
      {"color_mixtures", &Features::color_mixtures,
       "log2(n) / 15: n colours of 5 bits a channel, antialiasing included"},
      {"gradient_strength", &Features::gradient_strength,
       "r / (r + .05): r of N pixels lie away from edges and are not flat"},
      {"noise", &Features::noise,
       "sigma / 16 levels: median response of a Laplacian difference away from edges / (.6745 * 6) (after Immerkaer "
       "1996)"},
      {"region_count", &Features::region_count, "log2(1 + n) / 8: n connected flat regions of N / 16384 px or more"},
      {"edge_density", &Features::edge_density, "pixels on Canny's edges (100, 200) * L / (100 N) (Canny 1986)"},
      {"edge_spread", &Features::edge_spread, "cells of L / 64 px that an edge runs through / all cells"},
      {"corner_density", &Features::corner_density,
       "cells of L / 16 px with a corner (Harris, block 2, k .04, > 1e-4) / all cells (Harris & Stephens 1988)"},
      {"complexity_score", &Features::complexity_score,
       "mean of unique_colors, entropy, edge_density, corner_density and region_count"},
  };
  return kList;
}

}  // namespace imgmill::features
