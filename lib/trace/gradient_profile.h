// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The colours along a gradient whose course is known, by its pixels' means over even bins: as many stops as pay for
// themselves, in hundredths, or even ones for comparing courses.
#pragma once

#include <array>
#include <vector>

#include "trace/four.h"
#include "trace/gradient.h"

namespace imgmill::trace {

inline constexpr int kBins = 32;

// Means over the pixels of a part of the way.
struct Bin {
  double weight = 0, t = 0;  // 0…1
  Four color{};
  double slope_weight = 0;
  Four slope{};  // of the colour by the way
};
using Bins = std::array<Bin, kBins>;

// `weight`: that of all bins. `from`: where the first stop is; the last is at 1. `worth`: the least squared error that
// a stop saves. `settle`: move them until that is of no more use.
std::vector<GradientStop> fit_stops(const Bins& bins, double weight, double from, double worth, bool settle);

inline constexpr int kEven = 5;  // spans between even stops

std::array<Paint, kEven + 1> fit_even_stops(const Bins& bins, double weight);

}  // namespace imgmill::trace
