// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/polyline.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

namespace imgmill::trace {
namespace {

using vector::Point;

std::vector<Point> simplified(const std::vector<Point>& points, double tolerance) {
  std::vector<Point> out;
  Polyline polyline(tolerance);
  polyline(points, out);
  return out;
}

double distance_to(Point p, Point a, Point b) {
  const Point d = b - a;
  const double along = std::min(std::max(dot(p - a, d) / std::max(dot(d, d), 1e-12), 0.0), 1.0);
  return length(p - (a + d * along));
}

double distance_to(Point p, const std::vector<Point>& line) {
  double least = 1e9;
  for (std::size_t k = 0; k + 1 < line.size(); ++k) least = std::min(least, distance_to(p, line[k], line[k + 1]));
  return least;
}

TEST_CASE("a staircase along a line is that line", "[polyline]") {
  std::vector<Point> points{{0, 0}};
  for (int k = 0; k < 60; ++k) {
    const double x = k + 0.5;
    points.push_back({x, std::floor(x / 3)});
  }
  points.push_back({60, 20});
  CHECK(simplified(points, 1).size() == 2);
}

TEST_CASE("a corner stands where its arms meet", "[polyline]") {
  std::vector<Point> points;
  for (int k = 0; k <= 20; ++k) points.push_back({k - 0.3, 0.2 * (k % 2)});
  for (int k = 1; k <= 20; ++k) points.push_back({20 + 0.2 * (k % 2), double(k)});
  const std::vector<Point> got = simplified(points, 0.75);
  REQUIRE(got.size() == 3);
  CHECK(length(got[1] - Point{20.1, 0.1}) < 0.2);
}

TEST_CASE("ends stay, and points are near the lines", "[polyline]") {
  std::vector<Point> points;
  for (int k = 0; k <= 200; ++k) points.push_back({k * 0.9, 30 * std::sin(k * 0.05) + 4 * std::sin(k * 0.31)});
  std::size_t last = points.size();
  for (const double tolerance : {0.3, 0.8, 2.0}) {
    const std::vector<Point> got = simplified(points, tolerance);
    CHECK(got.front() == points.front());
    CHECK(got.back() == points.back());
    CHECK(got.size() < last);
    last = got.size();
    for (const Point& p : points) CHECK(distance_to(p, got) <= 1.6 * tolerance);
  }
}

TEST_CASE("two points are a line, and what was there before stays", "[polyline]") {
  std::vector<Point> out{{9, 9}};
  Polyline polyline(1);
  polyline({{0, 0}, {1, 0}}, out);
  CHECK(out == std::vector<Point>{{9, 9}, {0, 0}, {1, 0}});
}

}  // namespace
}  // namespace imgmill::trace
