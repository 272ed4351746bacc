// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A tile of a picture as square blocks of 1, 2, 4, 8 or 16 px, each as large as its four quarters are alike: what a
// photograph's regions are put together from. Smooth ground is few blocks, so what comes after costs as much as there
// is to see.
#pragma once

#include <cstdint>
#include <vector>

#include "trace/region_graph.h"
#include "trace/regions.h"

namespace imgmill::trace {

inline constexpr int kBlockTile = 256;  // px: width and height of a whole tile

struct Tile {
  int left = 0, top = 0, width = 0, height = 0;  // within the raster; at most kBlockTile each
};

// Four blocks are one while that adds less than `bound` to the squared error, in levels². Labels the tile's pixels, in
// rows of `stride`, with the numbers of the graph's nodes, which are the blocks. `graph` has no nodes before.
void divide_into_blocks(const Raster& raster, const Tile& tile, float bound, RegionGraph& graph, std::int32_t* label,
                        std::ptrdiff_t stride);

}  // namespace imgmill::trace
