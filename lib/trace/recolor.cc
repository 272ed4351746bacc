// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/recolor.h"

#include <algorithm>
#include <numeric>

namespace imgmill::trace {
namespace {

constexpr float kSeen = 1.0f;  // alpha under which a paint is not drawn at all

std::size_t nearest(const std::vector<Paint>& colors, const Paint& paint) {
  std::size_t best = 0;
  for (std::size_t k = 1; k < colors.size(); ++k) {
    if (distance2(colors[k], paint) < distance2(colors[best], paint)) best = k;
  }
  return best;
}

// Every paint that is drawn gets its nearest colour, and what is drawn alike becomes one paint.
void draw_with(PaintMap& map, const std::vector<Paint>& colors) {
  std::vector<std::int32_t> to(map.paints.size());
  std::vector<std::int32_t> entry_of(colors.size(), kNoPaint);
  std::vector<PaintEntry> merged;
  for (std::size_t k = 0; k < map.paints.size(); ++k) {
    const PaintEntry& entry = map.paints[k];
    if (entry.fill.a < kSeen) {
      to[k] = static_cast<std::int32_t>(merged.size());
      merged.push_back(entry);
      continue;
    }
    const std::size_t color = nearest(colors, entry.fill);
    if (entry_of[color] == kNoPaint) {
      entry_of[color] = static_cast<std::int32_t>(merged.size());
      merged.push_back(entry);
      merged.back().fill = colors[color];
    } else {
      PaintEntry& into = merged[entry_of[color]];
      const float share = float(entry.area) / float(std::max<std::int64_t>(into.area + entry.area, 1));
      into.paint = into.paint + (entry.paint - into.paint) * share;
      into.area += entry.area;
      into.varies = true;  // its pixels now show several colours
    }
    to[k] = entry_of[color];
  }
  map.paints = std::move(merged);
  map.given = true;
  for (std::int32_t& at : map.at) at = to[at];
}

// The `count` colours that stand for all fills with little error: each next one is the fill whose area and distance
// from those chosen weigh most, refined by Lloyd's iteration. A colour is always one that the picture shows.
std::vector<Paint> representative_fills(const PaintMap& map, std::size_t count) {
  std::vector<std::size_t> drawn;
  for (std::size_t k = 0; k < map.paints.size(); ++k) {
    if (map.paints[k].fill.a >= kSeen) drawn.push_back(k);
  }
  std::stable_sort(drawn.begin(), drawn.end(),
                   [&](std::size_t x, std::size_t y) { return map.paints[x].area > map.paints[y].area; });
  std::vector<Paint> colors;
  if (drawn.empty()) return colors;
  const auto fill = [&](std::size_t k) { return map.paints[k].fill; };
  const auto weight = [&](std::size_t k) { return float(map.paints[k].area + 1); };
  colors.push_back(fill(drawn[0]));
  while (colors.size() < std::min(count, drawn.size())) {
    std::size_t best = drawn[0];
    float most = 0;
    for (const std::size_t k : drawn) {
      const float gain = weight(k) * distance2(fill(k), colors[nearest(colors, fill(k))]);
      if (gain > most) most = gain, best = k;
    }
    if (most == 0) break;
    colors.push_back(fill(best));
  }
  constexpr int kRounds = 6;
  for (int round = 0; round < kRounds; ++round) {
    std::vector<Paint> sum(colors.size(), Paint{0, 0, 0, 0});
    std::vector<float> total(colors.size());
    for (const std::size_t k : drawn) {
      const std::size_t c = nearest(colors, fill(k));
      sum[c] = sum[c] + fill(k) * weight(k);
      total[c] += weight(k);
    }
    for (std::size_t c = 0; c < colors.size(); ++c) {
      if (total[c] > 0) colors[c] = sum[c] * (1 / total[c]);
    }
  }
  // A mean of two logo colours is neither: the most seen fill near each mean takes its place.
  std::vector<Paint> shown = colors;
  std::vector<float> most(colors.size());
  for (const std::size_t k : drawn) {
    const std::size_t c = nearest(colors, fill(k));
    if (weight(k) > most[c]) most[c] = weight(k), shown[c] = fill(k);
  }
  return shown;
}

// The paint along most of the rim is the background; what hangs together with the rim in it is not drawn.
void remove_background(PaintMap& map) {
  const int w = map.width, h = map.height;
  std::vector<std::int64_t> seen(map.paints.size());
  std::vector<std::int32_t> front;
  for (std::int32_t i = 0; i < w * h; ++i) {
    const int x = i % w, y = i / w;
    if (x == 0 || y == 0 || x == w - 1 || y == h - 1) ++seen[map.at[i]], front.push_back(i);
  }
  const auto background = static_cast<std::int32_t>(std::max_element(seen.begin(), seen.end()) - seen.begin());
  if (map.paints[background].fill.a < kSeen) return;
  PaintEntry unseen = map.paints[background];
  unseen.fill = {0, 0, 0, 0};
  const auto removed = static_cast<std::int32_t>(map.paints.size());
  map.paints.push_back(unseen);
  std::erase_if(front, [&](std::int32_t i) { return map.at[i] != background; });
  for (const std::int32_t i : front) map.at[i] = removed;
  while (!front.empty()) {
    const std::int32_t i = front.back();
    front.pop_back();
    const int x = i % w, y = i / w;
    const auto visit = [&](bool inside, std::int32_t n) {
      if (!inside || map.at[n] != background) return;
      map.at[n] = removed;
      front.push_back(n);
    };
    visit(x > 0, i - 1);
    visit(x + 1 < w, i + 1);
    visit(y > 0, i - w);
    visit(y + 1 < h, i + w);
  }
}

}  // namespace

void recolor(PaintMap& map, const TraceParams& params) {
  if (params.background.kind == Background::Kind::remove) remove_background(map);
  if (!params.palette.empty()) {
    std::vector<Paint> colors;
    for (const image::Rgba& color : params.palette) colors.push_back(to_paint(color));
    draw_with(map, colors);
  }
  if (params.max_colors > 0) {
    draw_with(map, representative_fills(map, static_cast<std::size_t>(params.max_colors)));
  }
}

}  // namespace imgmill::trace
