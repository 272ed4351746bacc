// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "vector/arc.h"

#include <catch2/catch.hpp>

using namespace imgmill;
using vector::Arc;
using vector::Point;
using vector::Segment;

TEST_CASE("An arc is of the circle that its rise tells, and bows to the left of its way where it turns clockwise") {
  const Arc half({10, 20}, {30, 20}, 10);  // over the top
  CHECK(length(half.centre() - Point{20, 20}) < 1e-9);
  CHECK(half.radius() == Approx(10));
  CHECK(length(half.leaving() - Point{0, -1}) < 1e-9);
  CHECK(length(half.arriving() - Point{0, 1}) < 1e-9);
  CHECK(length(half.points(2)[0] - Point{20, 10}) < 1e-9);
  CHECK(length(Arc({10, 20}, {30, 20}, -10).points(2)[0] - Point{20, 30}) < 1e-9);
}

TEST_CASE("Points and curves of shallow, round and nearly whole arcs are on the circle, all the way") {
  for (const double rise : {0.3, -2.0, 7.5, -9.9, 24.0, 80.0}) {
    const Point from{12.5, 8}, to{28, 17};
    const Arc arc(from, to, rise);
    CHECK(length(from - arc.centre()) == Approx(arc.radius()));
    for (const int count : {1, 2, 4, 32}) {
      const std::vector<Point> points = arc.points(count);
      REQUIRE(points.size() == static_cast<std::size_t>(count));
      CHECK(points.back() == to);
      Point at = from;
      const double step = length(points[0] - from);
      for (const Point p : points) {
        REQUIRE(length(p - arc.centre()) == Approx(arc.radius()));
        REQUIRE(length(p - at) == Approx(step));
        at = p;
      }
    }
    // Over the middle of the chord it stands as high as it should.
    const Point chord = to - from, middle = arc.points(2)[0] - (from + to) * 0.5;
    CHECK(cross(middle, chord) / length(chord) == Approx(rise));
    Point at = from;
    for (const Segment& s : arc.cubics()) {
      for (double t = 0.1; t < 1; t += 0.1) {
        const double u = 1 - t;
        const Point p = at * (u * u * u) + s.c1 * (3 * u * u * t) + s.c2 * (3 * u * t * t) + s.to * (t * t * t);
        REQUIRE(std::fabs(length(p - arc.centre()) / arc.radius() - 1) < 3e-4);
      }
      at = s.to;
    }
    CHECK(at == to);
  }
}

TEST_CASE("Steps are as many as the flatness asks for") {
  const Arc arc({0, 0}, {200, 0}, 100);
  for (const double flatness : {1.0, 0.1, 0.01}) {
    const int count = arc.steps(flatness);
    const double turn = 3.14159265 / count;
    CHECK(100 * (1 - std::cos(turn / 2)) <= flatness);
    CHECK(100 * (1 - std::cos(turn)) > flatness);
  }
}

TEST_CASE("Segments leave and arrive along their tangents") {
  CHECK(length(leaving({0, 0}, vector::arc_to(5, {10, 0})) - Point{0, -1}) < 1e-9);
  CHECK(leaving({1, 2}, vector::line_to({4, 6})) == Point{3, 4});
  CHECK(arriving({1, 2}, vector::line_to({4, 6})) == Point{3, 4});
  const Segment curve = vector::cubic_to({1, 1}, {2, 3}, {5, 5});
  CHECK(leaving({0, 0}, curve) == Point{1, 1});
  CHECK(arriving({0, 0}, curve) == Point{3, 2});
}
