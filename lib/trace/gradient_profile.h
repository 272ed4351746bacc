// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The colours along a gradient whose course is known, by its pixels' means over even bins: as many stops as pay for
// themselves, in hundredths, or even ones for comparing courses.
#pragma once

#include <algorithm>
#include <array>
#include <vector>

#include "trace/gradient.h"

namespace imgmill::trace {

inline constexpr int kBins = 32;

// Means over the pixels of a part of the way.
struct Bin {
  double weight = 0, t = 0;  // 0…1
  std::array<double, 4> color{};
  double slope_weight = 0;
  std::array<double, 4> slope{};  // of the colour by the way
};
using Bins = std::array<Bin, kBins>;

inline std::array<double, 4> channels(const Paint& p) { return {p.r, p.g, p.b, p.a}; }

// `weight`: that of all bins. `from`: where the first stop is; the last is at 1. `worth`: the least squared error that
// a stop saves. `settle`: move them until that is of no more use.
std::vector<GradientStop> fit_stops(const Bins& bins, double weight, double from, double worth, bool settle);

inline constexpr int kEven = 5;  // spans between even stops

std::vector<GradientStop> fit_even_stops(const Bins& bins, double weight);

// Of such stops, at a place of the way or, if it is beyond its ends, there.
inline int even_stop(double t) { return static_cast<int>(std::clamp(t, 0.0, 1 - 0.5 / kEven) * kEven); }
inline Paint even_color(const std::vector<GradientStop>& stops, double t) {
  const int k = even_stop(t);
  return stops[k].color + (stops[k + 1].color - stops[k].color) * float(std::clamp(t * kEven - k, 0.0, 1.0));
}
// … by the way.
inline Paint even_slope(const std::vector<GradientStop>& stops, double t) {
  const int k = even_stop(t);
  return (stops[k + 1].color - stops[k].color) * float(kEven);
}

}  // namespace imgmill::trace
