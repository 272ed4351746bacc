// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A colour that depends on the place: stops along a line, or outwards from a centre. Places in pixels, the centre of
// the first pixel is (0.5, 0.5); colours premultiplied.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "trace/regions.h"
#include "vector/document.h"

namespace imgmill::trace {

struct GradientStop {
  double at = 0;  // 0…1, ascending
  Paint color;
};

struct Slopes {
  Paint x{0, 0, 0, 0}, y{0, 0, 0, 0};
};

struct Gradient {
  bool radial = false;
  vector::Point origin;  // where a line begins, or the centre
  vector::Point u,
      v;  // per px: the way along a line is u·(p − origin); outwards it is |(u·(p − origin), v·(p − origin))|
  std::vector<GradientStop> stops;  // two at least

  // How far along a place is: 0 at the first stop's end, 1 at the last's; not bounded.
  double position(vector::Point p) const {
    const vector::Point q = p - origin;
    const double along = vector::dot(u, q);
    if (!radial) return along;
    const double across = vector::dot(v, q);
    return std::sqrt(along * along + across * across);
  }
  struct Along {
    double position;
    vector::Point way;  // its slopes
  };
  Along along(vector::Point p) const {
    const vector::Point q = p - origin;
    const double x = vector::dot(u, q);
    if (!radial) return {x, u};
    const double y = vector::dot(v, q), position = std::sqrt(x * x + y * y);
    return {position, (u * x + v * y) * (1 / std::max(position, 1e-9))};
  }
  Paint at(vector::Point p) const {
    const double t = position(p);
    return color_along(t, stop_behind(t));
  }

  // The first stop that is not before position t, or how many there are.
  std::size_t stop_behind(double t) const {
    std::size_t k = 0;
    while (k < stops.size() && t > stops[k].at) ++k;
    return k;
  }
  // The colour at position t with that stop behind it.
  Paint color_along(double t, std::size_t behind) const {
    if (behind == 0) return stops.front().color;
    if (behind == stops.size()) return stops.back().color;
    const GradientStop &a = stops[behind - 1], &b = stops[behind];
    return a.color + (b.color - a.color) * float((t - a.at) / std::max(b.at - a.at, 1e-9));
  }
  bool opaque() const;
};

// Which regions of a picture show a gradient.
struct Shading {
  std::vector<Gradient> gradients;
  std::vector<std::int32_t> index;  // per region: into `gradients`; −1 where it has one colour

  // Null: one colour.
  const Gradient* of(std::int32_t region) const {
    return index.empty() || index[region] < 0 ? nullptr : &gradients[index[region]];
  }
};

// As it is drawn: straight colours; what is transparent has the colour that it fades from.
vector::Fill to_fill(const Gradient& gradient);

}  // namespace imgmill::trace
