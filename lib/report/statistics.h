// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The usual figures of a sample. Pure functions; a sample has at least one value (two for what measures how it varies,
// which is 0 for one), all of them finite.
#pragma once

#include <span>

namespace imgmill::report {

double mean(std::span<const double> sample);

// The value below which the part `q` of 0–1 lies: between the two nearest of the sorted values at (n − 1)·q in
// proportion, as numpy.quantile and R's type 7 do.
double quantile(std::span<const double> sample, double q);
double median(std::span<const double> sample);

// Of the population that the sample stands for: over n − 1.
double standard_deviation(std::span<const double> sample);

// How far apart the middle half lies, as a part of the median: what a few odd values do not move. 0 where the median
// is.
double relative_spread(std::span<const double> sample);

}  // namespace imgmill::report
