// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/rectangle.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "trace/drawing.h"
#include "vector/arc.h"

using namespace imgmill;
using trace::CurvePoints;
using vector::Point;
using vector::Rectangle;

namespace {

// How far a point is outside.
double off(const Rectangle& r, Point place) {
  const Point p = r.in(place);
  const Point middle = (r.low + r.high) * 0.5, half = (r.high - r.low) * 0.5;
  const Point q{std::fabs(p.x - middle.x) - half.x + r.radius, std::fabs(p.y - middle.y) - half.y + r.radius};
  const Point over{std::max(q.x, 0.0), std::max(q.y, 0.0)};
  return length(over) + std::min(std::max(q.x, q.y), 0.0) - r.radius;
}

// Points along the outline, about a pixel apart.
CurvePoints around(const Rectangle& r) {
  CurvePoints points;
  const vector::Contour contour = trace::contour_of(r);
  Point at = contour.start;
  points.add(at, 0.15);
  for (const vector::Segment& s : contour.segments) {
    const int count = static_cast<int>(length(s.to - at)) + 1;
    if (s.is_arc()) {
      for (const Point p : vector::Arc(at, s.to, s.rise).points(16)) points.add(p, 0.15);
    } else {
      for (int k = 1; k <= count; ++k) points.add(at + (s.to - at) * (double(k) / count), 0.15);
    }
    at = s.to;
  }
  return points;
}

// Around its middle.
Rectangle slanted(Rectangle r, double degrees) { return r.turned(std::tan(degrees * 3.14159265358979 / 180)); }

Point middle(const Rectangle& r) { return r.out((r.low + r.high) * 0.5); }

image::Image picture_of(const Rectangle& r) {
  return test::paint(
      96, 80,
      [&](double x, double y) {
        return off(r, {x, y}) < 0 ? test::kRed : test::kWhite;
      },
      24);
}

}  // namespace

TEST_CASE("Rectangles with round corners are told from their points, with the way around") {
  for (const Rectangle& truth : {Rectangle{{10.2, 20.7}, {80.4, 60.1}, 8.3},
                                 {{5, 5}, {25, 65}, 3, false},
                                 {{10, 10}, {90, 40}, 15},
                                 {{10.5, 10.5}, {40.25, 70}, 1.2}}) {
    const std::optional<Rectangle> found = trace::fit_rectangle(around(truth), 0.3);
    REQUIRE(found);
    CHECK(length(found->low - truth.low) < 0.01);
    CHECK(length(found->high - truth.high) < 0.01);
    CHECK(found->radius == Approx(truth.radius).margin(0.02));
    CHECK(found->clockwise == truth.clockwise);
  }
}

TEST_CASE("Slanted ones are told too, those that are nearly upright as upright") {
  for (const Rectangle& truth :
       {slanted({{10.2, 20.7}, {80.4, 60.1}, 8.3}, 33), slanted({{5, 5}, {25, 65}, 3, false}, -12),
        slanted({{110, 10}, {190, 40}, 13}, 44), slanted({{10.5, 10.5}, {50.5, 50.5}, 6}, 3)}) {
    const std::optional<Rectangle> found = trace::fit_rectangle(around(truth), 0.3);
    REQUIRE(found);
    CHECK(length(middle(*found) - middle(truth)) < 0.01);
    CHECK(length(found->high - found->low - (truth.high - truth.low)) < 0.02);
    CHECK(found->radius == Approx(truth.radius).margin(0.02));
    CHECK(std::fabs(cross(found->axis, truth.axis)) < 1e-4);
    CHECK(length(found->axis) == Approx(1).margin(1e-12));
    CHECK(found->clockwise == truth.clockwise);
  }
  const auto upright = trace::fit_rectangle(around(slanted({{10, 20}, {80, 60}, 8}, 0.05)), 0.3);
  REQUIRE(upright);
  CHECK_FALSE(upright->is_slanted());
  CHECK_FALSE(trace::fit_rectangle(around(slanted({{110, 10}, {190, 40}, 15}, 44)), 0.3));  // two lines, two arcs
}

TEST_CASE("Sharp corners, corners of two radii and slanted sides are no such rectangle") {
  CHECK_FALSE(trace::fit_rectangle(around({{10, 10}, {60, 40}, 0.2}), 0.3));
  CurvePoints slanted, uneven;
  const CurvePoints points = around({{10, 10}, {60, 40}, 8});
  const CurvePoints wide = around({{10, 10}, {60, 40}, 14});
  for (const Point p : points.at) slanted.add({p.x + 0.03 * p.y, p.y}, 0.15);
  CHECK_FALSE(trace::fit_rectangle(slanted, 0.3));
  for (const Point p : points.at) {
    if (p.x < 35) uneven.add(p, 0.15);
  }
  for (const Point p : wide.at) {
    if (p.x >= 35) uneven.add(p, 0.15);
  }
  CHECK_FALSE(trace::fit_rectangle(uneven, 0.3));
}

TEST_CASE("One with round corners is drawn as one element, its numbers off by hardly anything") {
  for (const Rectangle& truth :
       {Rectangle{{12.3, 9.6}, {80.8, 66.1}, 14.4}, {{30.4, 20.3}, {70.4, 36.3}, 8}, {{20.5, 20.5}, {60.5, 50.5}, 4}}) {
    const image::Image picture = picture_of(truth);
    const vector::Document document = trace::trace(picture, {}).document;
    const vector::Contour& contour = test::upper_contour(document);
    REQUIRE(contour.rectangle);
    const Rectangle& drawn = *contour.rectangle;
    CHECK(length(drawn.low - truth.low) < 0.04);
    CHECK(length(drawn.high - truth.high) < 0.04);
    CHECK(drawn.radius == Approx(truth.radius).margin(0.1));
    CHECK(vector::write_svg(document, {}).find("<rect fill=") != std::string::npos);
    CHECK(test::ssim_of_tracing(picture) > 0.999);
  }
}

TEST_CASE("A slanted one is drawn as one, its numbers off by hardly anything, in a gradient's path too") {
  for (const Rectangle& truth :
       {slanted({{12.3, 19.6}, {80.8, 60.1}, 9.4}, 20), slanted({{30.4, 30.3}, {70.4, 46.3}, 5}, -40),
        slanted({{20.5, 20.5}, {60.5, 50.5}, 5}, 7.3)}) {
    const image::Image picture = picture_of(truth);
    const vector::Document document = trace::trace(picture, {}).document;
    const vector::Contour& contour = test::upper_contour(document);
    REQUIRE(contour.rectangle);
    const Rectangle& drawn = *contour.rectangle;
    CHECK(length(middle(drawn) - middle(truth)) < 0.03);
    CHECK(length(drawn.high - drawn.low - (truth.high - truth.low)) < 0.04);
    CHECK(drawn.radius == Approx(truth.radius).margin(0.1));
    CHECK(std::fabs(cross(drawn.axis, truth.axis)) < 0.002);
    CHECK(vector::write_svg(document, {}).find("<rect fill=\"#c8281e\" transform=\"rotate(") != std::string::npos);
    CHECK(test::ssim_of_tracing(picture) > 0.999);
    // As lines and arcs, where it must not turn what it is filled with.
    vector::Document faded = document;
    const vector::ColorStop red{0, test::kRed};
    faded.shapes[1].fill = vector::LinearGradient{{0, 0}, {96, 0}, {red, {1, red.color}}};
    const std::string svg = vector::write_svg(faded, {});
    CHECK(svg.find("transform") == std::string::npos);
    CHECK(score::compare(picture, test::drawn(svg, 96, 80)).ssim > 0.998);
  }
}

TEST_CASE("A hole with round corners goes the other way") {
  const Rectangle outer{{8.3, 8.3}, {88, 70}, 12}, inner{{20, 20}, {76.2, 58.4}, 6};
  const image::Image ring = test::paint(96, 80, [&](double x, double y) {
    return off(outer, {x, y}) < 0 && off(inner, {x, y}) > 0 ? test::kBlue : test::kClear;
  });
  const vector::Document document = trace::trace(ring, {}).document;
  REQUIRE(document.shapes.size() == 1);
  REQUIRE(document.shapes[0].contours.size() == 2);
  int clockwise = 0;
  for (const vector::Contour& contour : document.shapes[0].contours) {
    REQUIRE(contour.rectangle);
    clockwise += contour.rectangle->clockwise;
  }
  CHECK(clockwise == 1);
  CHECK(test::ssim_of_tracing(ring) > 0.998);
}
