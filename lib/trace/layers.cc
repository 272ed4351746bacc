// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/layers.h"

#include <algorithm>

namespace imgmill::trace {

Layers find_layers(const Parts& parts, const std::vector<PaintEntry>& paints,
                   const std::vector<std::uint8_t>& unseen) {
  Layers layers;
  layers.rank.assign(parts.parts.size(), -1);
  const auto alpha = [&](std::int32_t k) {
    return !unseen.empty() && unseen[k] ? 0 : paints[parts.parts[k].paint].fill.a;
  };
  for (std::size_t k = 0; k < parts.parts.size(); ++k) {
    const float a = alpha(static_cast<std::int32_t>(k));
    layers.solid.push_back(a >= kSolid);
    if (a >= 1.0f) layers.order.push_back(static_cast<std::int32_t>(k));
  }
  std::stable_sort(layers.order.begin(), layers.order.end(), [&](std::int32_t x, std::int32_t y) {
    if (layers.solid[x] != layers.solid[y]) return layers.solid[y] != 0;
    return parts.parts[x].filled_area > parts.parts[y].filled_area;
  });
  for (std::size_t k = 0; k < layers.order.size(); ++k) layers.rank[layers.order[k]] = static_cast<std::int32_t>(k);
  return layers;
}

}  // namespace imgmill::trace
