// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/blocks.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <utility>
#include <vector>

namespace imgmill::trace {
namespace {

template <class Level>
Raster picture(int width, int height, const Level& level) {
  Raster raster{width, height, {}};
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const auto v = static_cast<std::uint8_t>(level(x, y));
      raster.at.push_back({v, v, v, 255});
    }
  }
  return raster;
}

struct Divided {
  RegionGraph graph;
  std::vector<std::int32_t> label;
};

Divided divide(const Raster& raster, float bound) {
  Divided out;
  out.label.assign(raster.at.size(), -1);
  divide_into_blocks(raster, {0, 0, raster.width, raster.height}, bound, out.graph, out.label.data(), raster.width);
  return out;
}

TEST_CASE("flat ground is the fewest blocks, whatever the size", "[blocks]") {
  CHECK(divide(picture(32, 32, [](int, int) { return 70; }), 1).graph.nodes.size() == 4);
  // 16 + 4 + 2 + 1 to the right: blocks don't stand out over the rim.
  const Divided odd = divide(picture(23, 16, [](int, int) { return 70; }), 1);
  CHECK(odd.graph.nodes.size() == 1 + 4 + 8 + 16);
  CHECK(divide(picture(1, 1, [](int, int) { return 70; }), 1).graph.nodes.size() == 1);
}

TEST_CASE("blocks hold their pixels' sums and end at an edge", "[blocks]") {
  const Raster raster = picture(37, 29, [](int x, int y) { return x + y < 30 ? 20 : 220; });
  const Divided got = divide(raster, 100);
  std::vector<Paint> sum(got.graph.nodes.size(), Paint{0, 0, 0, 0});
  std::vector<float> area(sum.size());
  for (std::size_t i = 0; i < raster.at.size(); ++i) {
    const auto label = static_cast<std::size_t>(got.label[i]);
    REQUIRE(label < sum.size());
    sum[label] = sum[label] + to_paint(raster.at[i]);
    ++area[label];
  }
  for (std::size_t k = 0; k < sum.size(); ++k) {
    CHECK(got.graph.nodes[k].sum == sum[k]);
    CHECK(got.graph.nodes[k].area == area[k]);
    CHECK((sum[k].r == 20 * area[k] || sum[k].r == 220 * area[k]));
  }
}

TEST_CASE("the squared error decides, at each size", "[blocks]") {
  for (const int side : {2, 4, 8, 16}) {
    // Halves four levels apart: off the mean by two in three channels.
    const Raster raster = picture(side, side, [&](int x, int) { return x < side / 2 ? 100 : 104; });
    const auto error = static_cast<float>(12 * side * side);
    CHECK(divide(raster, 1.01F * error).graph.nodes.size() == 1);
    CHECK(divide(raster, 0.99F * error).graph.nodes.size() == 4);
  }
}

TEST_CASE("each border between blocks comes up once, with its length", "[blocks]") {
  const Raster raster =
      picture(50, 41, [](int x, int y) { return (x - 20) * (x - 20) + (y - 20) * (y - 20) < 150 ? 30 : 90; });
  const Divided got = divide(raster, 50);
  std::map<std::pair<int, int>, int> sides, edges;
  for (int y = 0; y < raster.height; ++y) {
    for (int x = 0; x < raster.width; ++x) {
      const auto label = [&](int i, int j) { return got.label[static_cast<std::size_t>(j * raster.width + i)]; };
      const auto meet = [&](int a, int b) {
        if (a != b) ++sides[std::minmax(a, b)];
      };
      if (x + 1 < raster.width) meet(label(x, y), label(x + 1, y));
      if (y + 1 < raster.height) meet(label(x, y), label(x, y + 1));
    }
  }
  for (const RegionGraph::Edge& edge : got.graph.edges) {
    int& length = edges[std::minmax(edge.first, edge.second)];
    CHECK(length == 0);
    length = static_cast<int>(edge.length);
  }
  CHECK(edges == sides);
}

TEST_CASE("a tile is taken from its place", "[blocks]") {
  const Raster raster = picture(40, 40, [](int x, int y) { return x >= 8 && x < 24 && y >= 16 && y < 32 ? 50 : 250; });
  RegionGraph graph;
  std::vector<std::int32_t> label(40 * 40, -1);
  divide_into_blocks(raster, {8, 16, 16, 16}, 10, graph, label.data() + 16 * 40 + 8, 40);
  REQUIRE(graph.nodes.size() == 1);
  CHECK(graph.nodes[0].mean().r == 50);
  CHECK(std::count(label.begin(), label.end(), 0) == 256);
}

}  // namespace
}  // namespace imgmill::trace
