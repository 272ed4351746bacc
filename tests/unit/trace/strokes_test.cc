// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/strokes.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "trace/drawing.h"

using namespace imgmill;
using namespace imgmill::test;
using vector::Point;

namespace {

double distance_to(Point p, Point a, Point b) {
  const Point way = b - a;
  const double t = std::clamp(vector::dot(p - a, way) / vector::dot(way, way), 0.0, 1.0);
  return vector::length(p - (a + way * t));
}

struct Pen {
  Point from, to;
  double width;
};

// Lines with round caps.
Painter pens(std::vector<Pen> lines) {
  return [lines = std::move(lines)](double x, double y) {
    for (const Pen& pen : lines) {
      if (distance_to({x, y}, pen.from, pen.to) < pen.width / 2) return kBlack;
    }
    return kWhite;
  };
}

vector::Document centerlines(const Painter& art, int size = 128) {
  trace::TraceParams params;
  params.centerline = true;
  return trace::trace(paint(size, size, art), params).document;
}

double nearest_end(const vector::Contour& contour, Point p) {
  return std::min(vector::length(contour.start - p), vector::length(contour.segments.back().to - p));
}

}  // namespace

TEST_CASE("A line's ends and width are those of the pen") {
  for (const double width : {1.0, 1.7, 3.0, 6.5, 11.0}) {
    const Pen pen{{20.3, 31.8}, {101.6, 90.2}, width};
    const vector::Document document = centerlines(pens({pen}));
    REQUIRE(document.shapes.size() == 2);  // the paper
    const vector::Shape& line = document.shapes[1];
    CHECK(line.stroke == Approx(width).margin(0.12));
    REQUIRE(line.contours.size() == 1);
    CHECK(line.contours[0].open);
    CHECK(line.contours[0].segments.size() == 1);
    CAPTURE(width, line.contours[0].start.x, line.contours[0].start.y, line.contours[0].segments.back().to.x);
    CHECK(nearest_end(line.contours[0], pen.from) < 0.5);
    CHECK(nearest_end(line.contours[0], pen.to) < 0.5);
    for (const Point p : {line.contours[0].start, line.contours[0].segments[0].to}) {
      const Point way = pen.to - pen.from;
      CHECK(std::fabs(vector::cross(p - pen.from, way)) / vector::length(way) < 0.15);
    }
  }
}

TEST_CASE("A ring is a circle with the width of its line") {
  const vector::Document document = centerlines(
      [](double x, double y) { return std::fabs(std::hypot(x - 60.3, y - 66.6) - 40.4) < 1.65 ? kBlack : kWhite; });
  REQUIRE(document.shapes.size() == 2);
  CHECK(document.shapes[1].stroke == Approx(3.3).margin(0.1));
  REQUIRE(document.shapes[1].contours.size() == 1);
  REQUIRE(document.shapes[1].contours[0].ellipse);
  const vector::Ellipse& ring = *document.shapes[1].contours[0].ellipse;
  CHECK(vector::length(ring.centre - Point{60.3, 66.6}) < 0.05);
  CHECK(ring.rx == Approx(40.4).margin(0.05));
}

TEST_CASE("Lines go straight on through a crossing, and meet where they meet") {
  const std::vector<Pen> cross{{{20, 30}, {100, 95}, 4}, {{22, 100}, {104, 34}, 4}};
  const vector::Document document = centerlines(pens(cross));
  REQUIRE(document.shapes.size() == 2);
  REQUIRE(document.shapes[1].contours.size() == 2);
  for (const vector::Contour& contour : document.shapes[1].contours) {
    CAPTURE(contour.start.x, contour.start.y, contour.segments[0].to.x, contour.segments[0].to.y, contour.segments[0].cubic);
    CHECK(contour.segments.size() == 1);
  }

  const vector::Document fork =
      centerlines(pens({{{64, 64}, {64, 15}, 4}, {{64, 64}, {20, 100}, 4}, {{64, 64}, {108, 100}, 4}}));
  REQUIRE(fork.shapes.size() == 2);
  for (const vector::Contour& contour : fork.shapes[1].contours) CHECK(nearest_end(contour, {64, 64}) < 0.5);
}

TEST_CASE("Different pens are different shapes, a dot is a dot, a speck nothing") {
  const Painter lines = pens({{{20, 20}, {100, 20}, 2}, {{20, 60}, {100, 60}, 7}});
  const vector::Document document = centerlines([&](double x, double y) {
    const bool dot = std::hypot(x - 30.4, y - 100.2) < 4.6, speck = x >= 90 && x < 91 && y >= 100 && y < 101;
    return dot || speck ? kBlack : lines(x, y);
  });
  REQUIRE(document.shapes.size() == 4);
  CHECK(document.shapes[1].stroke == Approx(9.2).margin(0.3));
  REQUIRE(document.shapes[1].contours.size() == 1);
  CHECK(vector::length(document.shapes[1].contours[0].start - Point{30.4, 100.2}) < 0.15);
  CHECK(document.shapes[2].stroke == Approx(7).margin(0.15));
  CHECK(document.shapes[3].stroke == Approx(2).margin(0.15));
}

TEST_CASE("Drawn again it looks like the picture, antialiased or not, in colours or cut out") {
  trace::TraceParams params;
  params.centerline = true;
  const Painter art = pens({{{20, 30}, {100, 95}, 5}, {{22, 100}, {104, 34}, 3}, {{20, 15}, {110, 15}, 3}});
  CHECK(ssim_of_tracing(paint(128, 128, art), params) > 0.995);
  CHECK(ssim_of_tracing(paint(128, 128, art, 1), params) > 0.95);
  const auto tinted = [&](image::Rgba ink, image::Rgba paper) {
    return paint(128, 128, [=](double x, double y) { return art(x, y) == kBlack ? ink : paper; });
  };
  CHECK(ssim_of_tracing(tinted({250, 220, 60, 255}, {30, 40, 90, 255}), params) > 0.99);
  CHECK(ssim_of_tracing(tinted({30, 60, 190, 255}, kClear), params) > 0.99);
}
