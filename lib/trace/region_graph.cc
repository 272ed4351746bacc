// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/region_graph.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace imgmill::trace {

float RegionGraph::cost(const Node& u, const Node& v, float length) const {
  return u.area * v.area * distance2(u.mean(), v.mean()) / ((u.area + v.area) * (std::sqrt(length) + kPerRegion));
}

void RegionGraph::begin() {
  parent_.resize(nodes.size());
  std::iota(parent_.begin(), parent_.end(), 0);
}

std::int32_t RegionGraph::find(std::int32_t node) {
  while (parent_[node] != node) node = parent_[node] = parent_[parent_[node]];
  return node;
}

// Two roots; the first takes the second in.
void RegionGraph::unite(std::int32_t a, std::int32_t b) {
  Node &into = nodes[a], &from = nodes[b];
  into.sum = into.sum + from.sum;
  into.area += from.area;
  parent_[b] = a;
}

std::vector<std::int32_t> RegionGraph::join(float bound, const base::Stop& stop) {
  constexpr int kKeys = 256;
  stop.check();
  begin();
  candidates_.clear();
  begin_.assign(kKeys + 1, 0);
  const float scale = kKeys / bound;
  for (std::size_t e = 0; e < edges.size(); ++e) {
    const Edge& edge = edges[e];
    const float now = cost(nodes[edge.first], nodes[edge.second], edge.length);
    if (!(now < bound)) continue;
    const auto key = std::min(static_cast<std::uint32_t>(now * scale), std::uint32_t{kKeys - 1});
    candidates_.push_back({static_cast<std::int32_t>(e), key});
    ++begin_[key + 1];
  }
  std::partial_sum(begin_.begin(), begin_.end(), begin_.begin());
  sorted_.resize(candidates_.size());
  for (const Candidate& candidate : candidates_) sorted_[begin_[candidate.key]++] = candidate;
  stop.check();
  for (const Candidate& candidate : sorted_) {
    const Edge& edge = edges[candidate.edge];
    std::int32_t a = find(edge.first), b = find(edge.second);
    if (a == b || !(cost(nodes[a], nodes[b], edge.length) < bound)) continue;
    if (nodes[a].area < nodes[b].area) std::swap(a, b);
    unite(a, b);
  }
  return renumber();
}

std::vector<std::int32_t> RegionGraph::absorb(float min_area, const base::Stop& stop) {
  std::vector<std::int32_t> numbers(nodes.size());
  std::iota(numbers.begin(), numbers.end(), 0);
  for (;;) {
    stop.check();
    begin();
    struct Best {
      std::int32_t node = -1;
      float cost = 0;
    };
    std::vector<Best> best(nodes.size());
    const auto offer = [&](std::int32_t small, std::int32_t other, float now) {
      Best& known = best[small];
      if (nodes[small].area < min_area && (known.node < 0 || now < known.cost)) known = {other, now};
    };
    for (const Edge& edge : edges) {
      const float now = cost(nodes[edge.first], nodes[edge.second], edge.length);
      offer(edge.first, edge.second, now);
      offer(edge.second, edge.first, now);
    }
    bool any = false;
    for (std::size_t i = 0; i < best.size(); ++i) {
      if (best[i].node < 0) continue;
      std::int32_t a = find(best[i].node), b = find(static_cast<std::int32_t>(i));
      if (a == b || nodes[b].area >= min_area) continue;
      unite(a, b);
      any = true;
    }
    if (!any) return numbers;
    const std::vector<std::int32_t> next = renumber();
    for (std::int32_t& number : numbers) number = next[number];
  }
}

void RegionGraph::shed() {
  parent_ = {};
  candidates_ = {}, sorted_ = {};
  by_first_ = {};
  begin_ = {};
  seen_ = {};
  nodes.shrink_to_fit();
  edges.shrink_to_fit();
}

// Numbers what is left from 0 on and leaves one edge between two.
std::vector<std::int32_t> RegionGraph::renumber() {
  std::vector<std::int32_t> number(nodes.size());
  std::int32_t left = 0;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (parent_[i] == static_cast<std::int32_t>(i)) {
      nodes[left] = nodes[i];
      number[i] = left++;
    }
  }
  for (std::size_t i = 0; i < number.size(); ++i) {
    if (parent_[i] != static_cast<std::int32_t>(i)) number[i] = number[find(static_cast<std::int32_t>(i))];
  }
  nodes.resize(left);

  // Counting sort by the lower end.
  begin_.assign(static_cast<std::size_t>(left) + 1, 0);
  std::size_t kept = 0;
  for (const Edge& edge : edges) {
    const auto [low, high] = std::minmax(number[edge.first], number[edge.second]);
    if (low == high) continue;
    edges[kept++] = {low, high, edge.length};
    ++begin_[low + 1];
  }
  std::partial_sum(begin_.begin(), begin_.end(), begin_.begin());
  by_first_.resize(kept);
  for (std::size_t e = 0; e < kept; ++e) by_first_[begin_[edges[e].first]++] = edges[e];
  edges.clear();
  seen_.assign(left, -1);
  std::int32_t node = -1, first = 0;
  for (const Edge& edge : by_first_) {
    if (edge.first != node) node = edge.first, first = static_cast<std::int32_t>(edges.size());
    std::int32_t& seen = seen_[edge.second];
    if (seen >= first) {
      edges[seen].length += edge.length;
    } else {
      seen = static_cast<std::int32_t>(edges.size());
      edges.push_back(edge);
    }
  }
  return number;
}

}  // namespace imgmill::trace
