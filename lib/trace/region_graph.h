// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Regions of one colour each and the borders between them, joined in rounds: those pairs whose union costs less than a
// bound, the cheapest first, by the borders as they were before the round; then the bound grows. Each round is linear
// in what is left, so that all of it is little more than the first.
#pragma once

#include <cstdint>
#include <vector>

#include "base/stop.h"
#include "trace/regions.h"

namespace imgmill::trace {

class RegionGraph {
 public:
  struct Node {
    Paint sum;  // of its pixels
    float area = 0;

    Paint mean() const { return sum * (1 / area); }
  };
  struct Edge {
    std::int32_t first, second;  // nodes
    float length;                // px of common border
  };

  // What a region costs besides the root of its border.
  static constexpr float kPerRegion = 3;

  std::vector<Node> nodes;
  std::vector<Edge> edges;  // at most one between two nodes

  // Joins pairs that cost less than `bound`: the squared error, in levels² over all pixels, that the union adds, over
  // kPerRegion + √(length of the border). Nodes and edges get new numbers; returns the new number of each old node.
  std::vector<std::int32_t> join(float bound, const base::Stop& stop);

  // Joins what has less than `min_area` px to the neighbour where that costs least; numbers as in join().
  std::vector<std::int32_t> absorb(float min_area, const base::Stop& stop);

  // Gives back what memory it needs for joining only.
  void shed();

 private:
  float cost(const Node& u, const Node& v, float length) const;
  void begin();
  std::int32_t find(std::int32_t node);
  void unite(std::int32_t a, std::int32_t b);
  std::vector<std::int32_t> renumber();

  std::vector<std::int32_t> parent_;
  // Kept between rounds for their memory:
  struct Candidate {
    std::int32_t edge;
    std::uint32_t key;
  };
  std::vector<Candidate> candidates_, sorted_;
  std::vector<Edge> by_first_;
  std::vector<std::uint32_t> begin_;
  std::vector<std::int32_t> seen_;
};

}  // namespace imgmill::trace
