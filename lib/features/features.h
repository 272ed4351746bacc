// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What an image is, in numbers: the measures that classes, predictions and recommendations are made from. All are in
// 0…1, but for the first two of the picture reduced to 800 px or less (area mean) and, where it is transparent, laid on
// white (on black where what is opaque is nearly white). docs/profile.md has their formulas and sources.
#pragma once

#include <span>
#include <string_view>

namespace imgmill::features {

struct Features {
  double jpeg_quality = 1;  // of the file, which the pixels don't tell
  double pixel_grid = 0;
  double transparency = 0;
  double flat_share = 0;
  double entropy = 0;
  double unique_colors = 0;
  double color_mixtures = 0;
  double gradient_strength = 0;
  double noise = 0;
  double region_count = 0;
  double edge_density = 0;
  double edge_spread = 0;
  double corner_density = 0;
  double complexity_score = 0;

  friend bool operator==(const Features&, const Features&) = default;
};

struct Feature {
  std::string_view name;
  double Features::*member;
  bool tells_class = true;  // what a picture was stored as, or enlarged from, says little of what it shows
};

// In the order in which they are measured, the cheapest first. Records, tables, models and the cache all walk this
// list.
std::span<const Feature> feature_list();

}  // namespace imgmill::features
