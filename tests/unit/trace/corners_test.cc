// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/corners.h"

#include <catch2/catch.hpp>
#include <cmath>

using namespace imgmill;
using trace::Corner;
using trace::find_corners;
using vector::Point;

namespace {

// Points about a pixel apart along a closed polygon, the corners themselves rounded off as pixels do.
std::vector<Point> along(const std::vector<Point>& polygon) {
  std::vector<Point> points;
  for (std::size_t k = 0; k < polygon.size(); ++k) {
    const Point a = polygon[k], b = polygon[(k + 1) % polygon.size()];
    const double way = length(b - a);
    for (double d = 0.5; d < way; d += 1) points.push_back(a + (b - a) * (d / way));
  }
  return points;
}

}  // namespace

TEST_CASE("The corners of a polygon are found where its sides meet") {
  const std::vector<Point> polygon = {{10, 10}, {50.5, 14}, {44, 41}, {17, 47.3}};
  const std::vector<Corner> corners = find_corners(along(polygon), true, 0.5, 1);
  REQUIRE(corners.size() == polygon.size());
  for (const Corner& corner : corners) {
    double nearest = 1e9;
    for (const Point p : polygon) nearest = std::min(nearest, length(p - corner.at));
    CHECK(nearest < 0.05);
  }
}

TEST_CASE("Circles have no corners, small ones neither") {
  for (const double radius : {5.0, 8.0, 20.0, 100.0}) {
    std::vector<Point> points;
    const int count = static_cast<int>(2 * 3.14159265 * radius);
    for (int k = 0; k < count; ++k) {
      const double a = 2 * 3.14159265 * k / count;
      points.push_back({radius * std::cos(a), radius * std::sin(a)});
    }
    INFO("radius " << radius);
    CHECK(find_corners(points, true, 0.52, 1).empty());
  }
}

TEST_CASE("A gentle bend is a corner only where the threshold is lower") {
  const std::vector<Point> polygon = {{0, 0}, {30, 0}, {55, 13}, {55, 60}, {0, 60}};  // 27° at (30, 0)
  CHECK(find_corners(along(polygon), true, 0.6, 1).size() == 4);
  CHECK(find_corners(along(polygon), true, 0.3, 1).size() == 5);
}
