// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Greedy merging of neighbouring regions after the piecewise constant Mumford–Shah functional (Koepfler, Lopez, Morel
// 1994): always the pair whose union costs the least squared error per pixel of common boundary. Near-linear in the
// number of regions; the cost is ordered to within 1 %, which makes a bucket queue possible.
#pragma once

#include <vector>

#include "base/stop.h"
#include "trace/regions.h"

namespace imgmill::trace {

struct MergeOptions {
  // A pair merges while the squared error that this adds, by pixel of shared boundary, is below this. Of regions of one
  // level that is  n1·n2/(n1+n2)·|c1−c2|², c being premultiplied.
  float lambda = 0;
  // The colour of a region may change evenly in one direction; else it is one level.
  bool slopes = false;
  // What a region costs besides its boundary, as pixels of it.
  float per_region = 0;
  // By label: these neither merge nor take others in. Empty: none.
  std::vector<bool> pinned;
};

// Regions are neighbours where their pixels are (4-neighbourhood). Pixels labelled −1 belong to no region and part
// their neighbours. Leaves the labels 0…n−1 in the order of their first pixels, with area and mean colour of each.
void merge_regions(Regions& regions, const Raster& raster, const MergeOptions& options, const base::Stop& stop);

}  // namespace imgmill::trace
