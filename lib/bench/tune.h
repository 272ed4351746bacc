// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The search for better parameters: one after the other is moved up and down by steps that shrink, for as long as what
// it costs falls. What misses the bound costs more from round to round, so that the search may first give up a little
// of it and then win it back where that is cheapest. It knows nothing of images: a trial is a function of numbers.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "bench/gate.h"

namespace imgmill::bench {

struct Knob {
  std::string name;
  double least = 0, most = 1;
  bool whole = true;  // only whole numbers
  double value = 0;   // where it starts
};

// Means over images.
struct Cost {
  bool failed = false;  // worse than everything else
  double bytes = 0, ssim = 0, ms = 0;
};

// What is wanted: a bound that is to hold, and within it as little or as much as there is.
struct Goal {
  enum class Kind {
    dominate,  // fewest bytes, with the SSIM of `start` at least and about its time at most
    ssim,      // fewest bytes, with SSIM `bound` at least
    bytes,     // most SSIM, within `bound` bytes
    time,      // most SSIM, within `bound` milliseconds
  } kind = Kind::dominate;
  double bound = 0;
  Cost start;
};

// By how much the bound is missed, 0 where it holds. One unit is about as bad as e times the bytes.
double missed(const Cost& cost, const Goal& goal);

struct Trial {
  std::vector<double> values;  // of the knobs, in their order
  Cost cost;
  std::size_t turned = 0;  // the knob that differs from the best before
  bool taken = false;      // the search goes on from here
};

// The best values within the bound, or the start where there are none, that were found in at most `most_trials` calls
// of `evaluate`, which is not called twice for the same values. `tell` hears of each trial and says whether to go on.
std::vector<double> tune(std::span<const Knob> knobs, const Goal& goal, int most_trials,
                         const std::function<Cost(std::span<const double>)>& evaluate,
                         const std::function<bool(const Trial&)>& tell);

// Why parameters with this gain over the start are not worth a preset of their own; empty where they are: the goal
// holds on images that the search never saw, and what was to become better surely did.
std::string why_not(const Gain& gain, const Goal& goal);

}  // namespace imgmill::bench
