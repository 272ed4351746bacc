// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/regular.h"

#include <array>
#include <catch2/catch.hpp>
#include <cmath>

#include "trace/drawing.h"
#include "vector/arc.h"

using namespace imgmill;
using vector::Contour;
using vector::line_to;
using vector::Point;

namespace {

constexpr double kStep = 1.0 / 8;

Contour polygon(const std::vector<Point>& points) {
  Contour contour{points[0], {}};
  for (std::size_t k = 1; k < points.size(); ++k) contour.segments.push_back(line_to(points[k]));
  return contour;
}

std::vector<Point> points_of(const Contour& contour) {
  std::vector<Point> out{contour.start};
  for (const vector::Segment& s : contour.segments) out.push_back(s.to);
  if (out.back() == out.front()) out.pop_back();
  return out;
}

Point on_grid(Point p) { return {double(std::llround(p.x / kStep)), double(std::llround(p.y / kStep))}; }

// How many lines run exactly along x, along y or at 45° when they are written.
int regular_lines(const Contour& contour) {
  const std::vector<Point> points = points_of(contour);
  int count = 0;
  for (std::size_t k = 0; k < points.size(); ++k) {
    if (k < contour.segments.size() && (contour.segments[k].cubic || contour.segments[k].is_arc())) continue;
    const Point way = on_grid(points[(k + 1) % points.size()]) - on_grid(points[k]);
    count += way.x == 0 || way.y == 0 || std::fabs(way.x) == std::fabs(way.y);
  }
  return count;
}

double farthest(const std::vector<Point>& a, const std::vector<Point>& b) {
  double most = 0;
  for (std::size_t k = 0; k < a.size(); ++k) most = std::max(most, length(a[k] - b[k]));
  return most;
}

Contour regular(Contour contour) {
  trace::make_regular(contour, kStep);
  return contour;
}

}  // namespace

TEST_CASE("Lines that are hardly off from 45 degrees, or from the axes, are so exactly, their corners on the grid") {
  for (const std::vector<Point>& points :
       {std::vector<Point>{{20.03, 10.02}, {32.41, 22.37}, {20.05, 34.76}, {7.66, 22.4}},
        {{20.03, 10.02}, {32.41, 22.37}, {20.05, 34.76}, {7.66, 22.4}, {20.03, 10.02}},
        {{10.07, 5.05},
         {30.02, 5.1},
         {36.3, 11.31},
         {36.27, 25.06},
         {30.01, 31.3},
         {10.02, 31.25},
         {4.03, 25.3},
         {4, 11.1}},
        {{50.2, 40.3}, {60.26, 50.42}, {50.3, 60.4}, {47.2, 57.33}, {54.1, 50.41}, {47.15, 43.37}}}) {
    const Contour drawn = regular(polygon(points));
    CHECK(regular_lines(drawn) == int(points_of(drawn).size()));
    CHECK(farthest(points_of(drawn), points) < 0.15);
    for (const Point p : points_of(drawn)) CHECK(p == on_grid(p) * kStep);
    CHECK(drawn.segments.size() == points.size() - 1);
  }
}

TEST_CASE("Lines that are off by more, and short ones, stay where they are") {
  const std::vector<Point> askew{{10.03, 5.02}, {40.11, 5.3}, {60.3, 26.2}, {30.04, 30.01}};
  CHECK(points_of(regular(polygon(askew))) == askew);
  const std::vector<Point> small{{10.03, 5.02}, {13.2, 8.25}, {10.01, 12.03}, {7.02, 12.07}};
  CHECK(points_of(regular(polygon(small))) == small);
}

TEST_CASE("A point between a regular line and a curve lies on the line, as near to where it was as the grid allows") {
  for (double shift = 0; shift < 3 * kStep; shift += kStep / 9) {
    for (const double sense : {1.0, -1.0}) {
      const Point from{10.03 + shift, 50 + 5.06 * sense}, way{20 + 1.7 * shift, (20 + 1.7 * shift) * sense};
      const Contour mixed{from, {line_to(from + way), vector::cubic_to({33.1, 58.2}, {20, 60}, {15, 55.4})}};
      const Contour drawn = regular(mixed);
      CHECK(regular_lines(drawn) == 1);
      CHECK(farthest(points_of(drawn), points_of(mixed)) < 0.8 * kStep);
      CHECK(points_of(drawn)[2] == Point{15, 55.4});
      CHECK(drawn.segments[1].c1 == mixed.segments[1].c1);
    }
  }
}

TEST_CASE("Where the lines would meet too far off nothing is moved") {
  // Two that run along x, one behind the other, but not on one.
  const std::vector<Point> points{{10, 5.02}, {20, 5.02}, {29, 5.115}, {22, 17.3}};
  CHECK(points_of(regular(polygon(points))) == points);
}

TEST_CASE(
    "Points on the way of a line are left out, also where it leads there and back, and comes twice to one place") {
  const std::vector<Point> points{{10, 5.02}, {20, 5.02}, {29, 5.03}, {22, 12.04}, {18.1, 16}, {10, 16}};
  CHECK(points_of(regular(polygon(points))) == std::vector<Point>{{10, 5}, {29, 5}, {18, 16}, {10, 16}});
  const std::vector<Point> spur{{10, 5}, {31, 5}, {25, 5}, {25, 5}, {25, 15}, {10, 15}};
  CHECK(points_of(regular(polygon(spur))) == std::vector<Point>{{10, 5}, {25, 5}, {25, 15}, {10, 15}});
}

TEST_CASE("Round corners of nearly one radius get one, and are quarters of circles between lines along the axes") {
  // A square whose arcs have their middles where these radii put them, and ends that slid along the lines a little.
  const auto square = [](const std::array<double, 4>& radii, double slid) {
    const std::array<Point, 4> corners{{{10.02, 10.05}, {50.1, 10.05}, {50.1, 40.2}, {10.02, 40.2}}};
    Contour contour;
    for (std::size_t k = 0; k < 4; ++k) {
      const Point corner = corners[k], before = corners[(k + 3) % 4], after = corners[(k + 1) % 4];
      const Point in = (corner - before) * (1 / length(corner - before));
      const Point out = (after - corner) * (1 / length(after - corner));
      const double reach = radii[k] + slid, half = reach / std::sqrt(2.0);
      const double rise = half - radii[k] * (std::sqrt(2.0) - 1);
      k == 0 ? void(contour.start = corner - in * reach) : contour.segments.push_back(line_to(corner - in * reach));
      contour.segments.push_back(vector::arc_to(rise, corner + out * reach));
    }
    contour.segments.push_back(line_to(contour.start));
    return contour;
  };
  const auto radii_of = [](const Contour& drawn) {
    std::vector<double> radii;
    Point at = drawn.start;
    for (const vector::Segment& s : drawn.segments) {
      if (s.is_arc()) {
        radii.push_back(vector::Arc(at, s.to, s.rise).radius());
        const Point chord = on_grid(s.to) - on_grid(at);
        CHECK(std::fabs(chord.x) == std::fabs(chord.y));
      }
      at = s.to;
    }
    return radii;
  };
  for (const double slid : {0.0, 0.2, -0.2}) {
    for (const double radius : radii_of(regular(square({6.05, 5.98, 6.1, 5.93}, slid)))) CHECK(radius == Approx(6));
    const std::vector<double> two = radii_of(regular(square({6.05, 4.98, 5.93, 5.03}, slid)));
    for (std::size_t k = 0; k < two.size(); ++k) CHECK(two[k] == Approx(k % 2 == 0 ? 6 : 5));
  }
  const Contour askew = square({6, 6, 6, 6}, 0.8);  // arcs that don't touch the lines
  CHECK(farthest(points_of(regular(askew)), points_of(askew)) < 0.1);
}

TEST_CASE("Round corners between slanted lines get one radius too") {
  // The arcs between two slanted lines and a level one.
  const Point top{50.3, 10.2}, right{70.3, 60.1}, left{30.2, 60.1};
  const auto triangle = [&] {
    Contour contour;
    const std::array<Point, 3> corners{top, right, left};
    for (std::size_t k = 0; k < 3; ++k) {
      const Point before = corners[(k + 2) % 3], after = corners[(k + 1) % 3], corner = corners[k];
      const Point in = (corner - before) * (1 / length(corner - before));
      const Point out = (after - corner) * (1 / length(after - corner));
      const double tangent = cross(in, out) / (1 + dot(in, out)), radius = k == 0 ? 5.06 : 4.96;
      const Point from = corner - in * (radius * tangent), to = corner + out * (radius * tangent);
      const double rise = radius * (1 - 1 / std::sqrt(1 + tangent * tangent));
      k == 0 ? void(contour.start = from) : contour.segments.push_back(line_to(from));
      contour.segments.push_back(vector::arc_to(rise, to));
    }
    return contour;
  };
  const Contour drawn = regular(triangle());
  Point at = drawn.start;
  for (const vector::Segment& s : drawn.segments) {
    if (s.is_arc()) CHECK(vector::Arc(at, s.to, s.rise).radius() == Approx(5).margin(0.03));
    at = s.to;
  }
}

TEST_CASE("A cusp between two lines and the arc that they touch stays where it is") {
  // What a disc leaves of a corner: the lines meet behind the arc.
  Contour cusp{{30, 30}, {}};
  cusp.segments = {line_to({38, 30}), vector::arc_to(-8 * (1 - std::sqrt(0.5)), {30, 38}), line_to({30, 30})};
  CHECK(farthest(points_of(regular(cusp)), points_of(cusp)) < 0.1);
}

TEST_CASE("A lozenge, an arrow and a chamfered square are drawn at 45 degrees") {
  struct Case {
    test::Painter color_at;
    int lines;
  };
  const auto red_if = [](bool in) { return in ? test::kRed : test::kWhite; };
  for (const Case& c :
       {Case{[&](double x, double y) { return red_if(std::fabs(x - 24.3) + std::fabs(y - 23.9) < 17.4); }, 4},
        {[&](double x, double y) {
           const double tip = x + std::fabs(y - 24.2);
           return red_if(tip < 38.3 && tip > 29.6 && std::fabs(y - 24.2) < 15.7);
         },
         6},
        {[&](double x, double y) {
           const double u = std::fabs(x - 24.1), v = std::fabs(y - 23.7);
           return red_if(u < 17.3 && v < 16.6 && u + v < 26.9);
         },
         8}}) {
    const image::Image picture = test::paint(48, 48, c.color_at);
    const vector::Document document = trace::trace(picture, {}).document;
    REQUIRE(document.resolution == kStep);
    const Contour& drawn = test::upper_contour(document);
    CHECK(int(points_of(drawn).size()) == c.lines);
    CHECK(regular_lines(drawn) == c.lines);
    CHECK(test::ssim_of_tracing(picture) > 0.999);
  }
}
