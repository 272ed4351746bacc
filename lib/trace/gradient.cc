// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/gradient.h"

#include <algorithm>
#include <cmath>

namespace imgmill::trace {
namespace {

using vector::Point;

std::vector<vector::ColorStop> straight(const std::vector<GradientStop>& stops) {
  std::vector<vector::ColorStop> out;
  for (const GradientStop& stop : stops) out.push_back({std::clamp(stop.at, 0.0, 1.0), to_rgba(stop.color)});
  constexpr std::uint8_t kSeen = 3;  // alpha under which a premultiplied colour says little about the colour
  const auto take = [&](std::size_t to, std::size_t from) {
    if (out[to].color.a >= kSeen || out[from].color.a < kSeen) return;
    const std::uint8_t a = out[to].color.a;
    out[to].color = out[from].color;
    out[to].color.a = a;
  };
  for (std::size_t k = 1; k < out.size(); ++k) take(k, k - 1);
  for (std::size_t k = out.size() - 1; k-- > 0;) take(k, k + 1);
  return out;
}

}  // namespace

bool Gradient::opaque() const {
  return std::all_of(stops.begin(), stops.end(), [](const GradientStop& s) { return s.color.a >= kSolid; });
}

vector::Fill to_fill(const Gradient& g) {
  if (!g.radial) {
    const double length2 = vector::dot(g.u, g.u);
    return vector::LinearGradient{g.origin, g.origin + g.u * (1 / length2), straight(g.stops)};
  }
  // The ellipse's half axes are the columns of the inverse of (u, v).
  const double det = vector::cross(g.u, g.v);
  const Point a{g.v.y / det, -g.v.x / det}, b{-g.u.y / det, g.u.x / det};
  return vector::RadialGradient{g.origin, a, b, straight(g.stops)};
}

}  // namespace imgmill::trace
