// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/layers.h"

#include <algorithm>

namespace imgmill::trace {

Layers find_layers(const Parts& parts, const std::vector<PaintEntry>& paints) {
  Layers layers;
  layers.rank.assign(parts.parts.size(), -1);
  const auto alpha = [&](std::int32_t k) { return paints[parts.parts[k].paint].fill.a; };
  for (std::size_t k = 0; k < parts.parts.size(); ++k) {
    if (alpha(static_cast<std::int32_t>(k)) >= 1.0f) layers.order.push_back(static_cast<std::int32_t>(k));
  }
  std::stable_sort(layers.order.begin(), layers.order.end(), [&](std::int32_t x, std::int32_t y) {
    const bool solid_x = alpha(x) >= 254.0f, solid_y = alpha(y) >= 254.0f;
    if (solid_x != solid_y) return solid_y;
    return parts.parts[x].filled_area > parts.parts[y].filled_area;
  });
  for (std::size_t k = 0; k < layers.order.size(); ++k) layers.rank[layers.order[k]] = static_cast<std::int32_t>(k);
  return layers;
}

}  // namespace imgmill::trace
