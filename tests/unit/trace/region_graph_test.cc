// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/region_graph.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <vector>

namespace imgmill::trace {
namespace {

RegionGraph::Node grey(float level, float area) {
  const float sum = level * area;
  return {{sum, sum, sum, 255 * area}, area};
}

TEST_CASE("two regions join below what their border is worth and not above", "[region_graph]") {
  // 4·4/8 · 3·4² = 96 over 3 + √4.
  RegionGraph graph;
  graph.nodes = {grey(10, 4), grey(14, 4)};
  graph.edges = {{0, 1, 4}};
  CHECK(graph.join(19, {}) == std::vector<std::int32_t>{0, 1});
  CHECK(graph.edges.size() == 1);
  CHECK(graph.join(19.5F, {}) == std::vector<std::int32_t>{0, 0});
  REQUIRE(graph.nodes.size() == 1);
  CHECK(graph.edges.empty());
  CHECK(graph.nodes[0].area == 8);
  CHECK(graph.nodes[0].mean() == Paint{12, 12, 12, 255});
}

TEST_CASE("the cheapest join first, and what is dear by then stays", "[region_graph]") {
  // The middle one is nearer to the second; together they are too far from the first.
  RegionGraph graph;
  graph.nodes = {grey(0, 10), grey(9, 10), grey(14, 10)};
  graph.edges = {{0, 1, 1}, {1, 2, 1}};
  CHECK(graph.join(400, {}) == std::vector<std::int32_t>{0, 1, 1});
  REQUIRE(graph.edges.size() == 1);
  CHECK(graph.edges[0].length == 1);
}

TEST_CASE("borders of what has joined add up", "[region_graph]") {
  RegionGraph graph;
  graph.nodes = {grey(0, 5), grey(100, 5), grey(101, 5), grey(0, 5)};
  graph.edges = {{1, 0, 2}, {2, 0, 3}, {1, 2, 1}, {3, 2, 4}};
  CHECK(graph.join(10, {}) == std::vector<std::int32_t>{0, 1, 1, 2});
  REQUIRE(graph.edges.size() == 2);
  CHECK(graph.edges[0].length == 5);
  CHECK(graph.edges[1].length == 4);
}

TEST_CASE("a chain of what is alike joins in one round, whatever its order", "[region_graph]") {
  RegionGraph graph;
  for (int k = 0; k < 1000; ++k) graph.nodes.push_back(grey(50, 1));
  for (int k = 999; k > 0; --k) graph.edges.push_back({k, k - 1, 1});
  graph.join(1, {});
  REQUIRE(graph.nodes.size() == 1);
  CHECK(graph.nodes[0].area == 1000);
}

TEST_CASE("small regions go to the neighbour where they cost least", "[region_graph]") {
  RegionGraph graph;
  graph.nodes = {grey(0, 9), grey(90, 2), grey(200, 9), grey(250, 1)};
  graph.edges = {{0, 1, 1}, {1, 2, 1}, {2, 3, 1}};
  CHECK(graph.absorb(3, {}) == std::vector<std::int32_t>{0, 0, 1, 1});
  CHECK(graph.nodes[0].mean().r == Approx(180.0 / 11));
}

TEST_CASE("small regions among themselves join until they are large enough", "[region_graph]") {
  RegionGraph graph;
  for (int k = 0; k < 64; ++k) graph.nodes.push_back(grey(static_cast<float>(k / 8 * 20 + k % 8), 1));
  for (int k = 1; k < 64; ++k) graph.edges.push_back({k - 1, k, 1});
  graph.absorb(5, {});
  CHECK(graph.nodes.size() == 8);
  for (const RegionGraph::Node& node : graph.nodes) CHECK(node.area >= 5);
  graph.absorb(1000, {});
  CHECK(graph.nodes.size() == 1);  // nobody is left beside it
}

TEST_CASE("joining leaves when it is told to", "[region_graph]") {
  const std::atomic<bool> flag{true};
  RegionGraph graph;
  graph.nodes = {grey(0, 1), grey(1, 1)};
  CHECK_THROWS_AS(graph.join(1, base::Stop(&flag)), base::Error);
  CHECK_THROWS_AS(graph.absorb(2, base::Stop(&flag)), base::Error);
}

}  // namespace
}  // namespace imgmill::trace
