// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// By how much something that varies from run to run changed between two benchmarks of the same images. Every image
// counts alike. Runs of one round (all images once) may be off together, for the machine was as it was just then: what
// is left to chance is therefore told by what each whole round moves, not by single runs.
#pragma once

#include <vector>

#include "report/statistics.h"

namespace imgmill::bench {

struct Run {
  int round = 0;      // from 0
  double value = 0;   // more than 0
  double weight = 1;  // how far it can be trusted, more than 0
};

// Those of one image, at least one on each side.
struct Runs {
  std::vector<Run> before, now;
  double unit = 0;  // its change is that many times (now / before − 1); 0: the logarithm of now / before
};

// The value below and above which half of the weight lies; the median where all weigh the same. 0 of none.
double middle(std::vector<Run> runs);

struct Change {
  double mean = 0;
  double error = 0;  // its standard deviation, were it all run again
  int freedom = 0;   // degrees of freedom of that: rounds less one on each side, at least 1
  int rounds = 0;    // on the side that has fewer

  // Where the mean lies with 90 %, so below the low end in one of 20 cases. `doubt` is what else may move it, as a
  // standard deviation.
  report::Interval interval(double doubt) const;
};

// Mean over the images of their changes, each between the middles of its runs. There is at least one image.
Change change_of(const std::vector<Runs>& images);

}  // namespace imgmill::bench
