// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Where an outline turns sharply. Straight lines are fitted to the arms before and after each point; a corner is a turn
// that short and long arms agree on (on an arc the turn grows with the arm), and stands where the two lines meet.
#pragma once

#include <vector>

#include "vector/document.h"

namespace imgmill::trace {

struct Corner {
  std::size_t index = 0;  // of the nearest point
  vector::Point at;       // where the arms meet
};

// `points` about one pixel apart. A turn of at least `angle` radians is a corner. `scale` lengthens the
// arms where the points are rough. In order of index.
std::vector<Corner> find_corners(const std::vector<vector::Point>& points, bool closed, double angle, double scale);

}  // namespace imgmill::trace
