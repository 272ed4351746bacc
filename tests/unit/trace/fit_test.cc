// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/fit.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "trace/drawing.h"
#include "vector/arc.h"

using namespace imgmill;
using trace::EdgePoint;
using vector::Contour;
using vector::Point;

namespace {

std::vector<Point> flattened(const Contour& contour) {
  std::vector<Point> points{contour.start};
  for (const vector::Segment& s : contour.segments) {
    const Point p0 = points.back();
    constexpr int kSteps = 400;
    for (int k = 1; k <= kSteps; ++k) {
      const double t = double(k) / kSteps, u = 1 - t;
      points.push_back(s.cubic ? p0 * (u * u * u) + s.c1 * (3 * u * u * t) + s.c2 * (3 * u * t * t) + s.to * (t * t * t)
                               : p0 + (s.to - p0) * t);
    }
  }
  return points;
}

double farthest(const std::vector<Point>& from, const std::vector<Point>& to) {
  double most = 0;
  for (const Point p : from) {
    double nearest = 1e9;
    for (const Point q : to) nearest = std::min(nearest, length(p - q));
    most = std::max(most, nearest);
  }
  return most;
}

std::vector<EdgePoint> crisp(const std::vector<Point>& points) {
  std::vector<EdgePoint> out;
  for (const Point p : points) out.push_back({p, 255, false, false, false});
  return out;
}

std::vector<Point> ellipse(double a, double b) {
  std::vector<Point> points;
  const int count = static_cast<int>(3.1416 * (a + b));
  for (int k = 0; k < count; ++k) {
    const double t = 6.28318531 * k / count;
    points.push_back({50 + a * std::cos(t), 50 + b * std::sin(t)});
  }
  return points;
}

}  // namespace

TEST_CASE("A closed curve keeps to its points within the tolerance, both ways") {
  for (const auto& [a, b] : {std::pair{40.0, 40.0}, {40.0, 25.0}, {12.0, 9.0}}) {
    const std::vector<Point> points = ellipse(a, b);
    trace::FitOptions options;
    const Contour contour = trace::fit_closed(crisp(points), options);
    std::vector<Point> dense = points;
    for (std::size_t k = 0; k < points.size(); ++k)
      dense.push_back((points[k] + points[(k + 1) % points.size()]) * 0.5);
    const std::vector<Point> curve = flattened(contour);
    INFO(a << " x " << b);
    CHECK(farthest(points, curve) < options.tolerance * 1.6);
    CHECK(farthest(curve, dense) < 0.6);  // dense points are half a pixel apart
    CHECK(contour.segments.size() <= 8);
  }
}

TEST_CASE("A tighter tolerance takes more segments and comes closer") {
  std::vector<Point> points = ellipse(46, 17);
  for (Point& p : points) p.y += 4 * std::cos(p.x / 9);  // no ellipse, which would be one piece
  trace::FitOptions tight, loose;
  tight.tolerance = 0.03;
  loose.tolerance = 0.6;
  const Contour close = trace::fit_closed(crisp(points), tight), coarse = trace::fit_closed(crisp(points), loose);
  CHECK(close.segments.size() > coarse.segments.size());
  CHECK(farthest(points, flattened(close)) < farthest(points, flattened(coarse)));
}

TEST_CASE("A rectangle becomes four lines") {
  std::vector<Point> points;
  for (double x = 10.5; x < 60; ++x) points.push_back({x, 10});
  for (double y = 10.5; y < 40; ++y) points.push_back({60, y});
  for (double x = 59.5; x > 10; --x) points.push_back({x, 40});
  for (double y = 39.5; y > 10; --y) points.push_back({10, y});
  const Contour contour = trace::fit_closed(crisp(points), {});
  REQUIRE(contour.segments.size() == 4);
  for (const vector::Segment& s : contour.segments) CHECK_FALSE(s.cubic);
  CHECK(farthest({{10, 10}, {60, 10}, {60, 40}, {10, 40}}, flattened(contour)) < 0.02);
}

TEST_CASE("The sides of a slanted square are lines, and its corners where they meet, though the points come in steps") {
  // As a renderer leaves them that looks at four lines a pixel.
  const double angle = GENERATE(0.05, 0.08, 0.17, 0.3);
  const Point along{std::cos(angle), std::sin(angle)}, across{-along.y, along.x};
  const double side = 60;
  const std::vector<Point> corners{{20, 20}, Point{20, 20} + along * side, Point{20, 20} + (along + across) * side,
                                   Point{20, 20} + across * side};
  const auto stepped = [](double v) { return std::floor(v * 4 + 0.5) / 4; };
  std::vector<Point> points;
  for (std::size_t c = 0; c < 4; ++c) {
    const Point from = corners[c], way = corners[(c + 1) % 4] - from;
    for (double far = 0.5; far < side; ++far) {
      Point p = from + way * (far / side);
      (c % 2 == 0 ? p.y : p.x) = stepped(c % 2 == 0 ? p.y : p.x);
      points.push_back(p);
    }
  }
  const Contour drawn = trace::fit_closed(crisp(points), {});
  CAPTURE(angle);
  REQUIRE(drawn.segments.size() == 4);
  for (const vector::Segment& s : drawn.segments) {
    CHECK_FALSE((s.cubic || s.is_arc()));
    double nearest = 1e9;
    for (const Point corner : corners) nearest = std::min(nearest, length(corner - s.to));
    CHECK(nearest < 0.06);
  }
}

TEST_CASE("A line doesn't lean towards the arc after it") {
  std::vector<Point> points;
  for (double y = 90.5; y > 40; --y) points.push_back({10, y});
  for (double a = 0.5 / 120; a < 1.2; a += 1.0 / 120) {
    points.push_back({130 - 120 * std::cos(a), 40 - 120 * std::sin(a)});
  }
  const Contour contour = trace::fit_open(crisp(points), {});
  CHECK(contour.segments.size() <= 3);
  for (const Point p : flattened(contour)) {
    if (p.y > 50) CHECK(std::fabs(p.x - 10) < 0.07);
  }
}

TEST_CASE("An open run begins and ends where its points do") {
  std::vector<Point> points;
  for (int k = 0; k < 40; ++k) points.push_back({double(k), 8 * std::sin(k * 0.12)});
  const Contour contour = trace::fit_open(crisp(points), {});
  CHECK(length(contour.start - points.front()) < 1e-9);
  CHECK(length(contour.segments.back().to - points.back()) < 1e-9);
  CHECK(farthest(points, flattened(contour)) < 0.2);
}

TEST_CASE("A single point makes no curve and no crash") {
  CHECK(trace::fit_closed(crisp({{3, 4}}), {}).segments.size() <= 1);
  CHECK(trace::fit_open(crisp({{3, 4}}), {}).segments.empty());
}

TEST_CASE("Lines and arcs of a smooth outline meet where they touch, wherever its points begin") {
  // A slanted bar with round ends.
  const Point a{40.2, 50.7}, b{90.9, 84.1};
  const Point along = (b - a) * (1 / length(b - a)), across{-along.y, along.x};
  constexpr double kRadius = 18.4;
  std::vector<Point> points;
  const auto add_line = [&](Point from, Point to) {
    for (int k = 0; k < 60; ++k) points.push_back(from + (to - from) * (k / 60.0));
  };
  const auto add_end = [&](Point centre, Point out, Point ahead) {
    for (int k = 0; k < 58; ++k) {
      const double t = 3.14159265 * k / 58;
      points.push_back(centre + out * (kRadius * std::cos(t)) + ahead * (kRadius * std::sin(t)));
    }
  };
  add_line(a - across * kRadius, b - across * kRadius);
  add_end(b, across * -1, along);
  add_line(b + across * kRadius, a + across * kRadius);
  add_end(a, across, along * -1);
  for (const int shift : {0, 31, 90}) {
    std::vector<Point> turned = points;
    std::rotate(turned.begin(), turned.begin() + shift, turned.end());
    const Contour contour = trace::fit_closed(crisp(turned), {});
    REQUIRE(contour.segments.size() == 4);
    for (const vector::Segment& s : contour.segments) {
      CHECK_FALSE(s.cubic);
      double nearest = 1e9;
      for (const Point end : {a, b}) {
        for (const double side : {-kRadius, kRadius}) nearest = std::min(nearest, length(s.to - end - across * side));
      }
      CHECK(nearest < 0.2);
    }
  }
}

TEST_CASE("Round corners between lines are arcs, though a cubic would run on into the line after them") {
  for (const double radius : {9.7, 12.3}) {
    // An angle with six round corners, the inner one among them: each with the way from it to the middle of its arc.
    const std::vector<std::pair<Point, Point>> corners{{{20.3, 15.6}, {1, 1}},     {{70.7, 15.6}, {-1, 1}},
                                                       {{70.7, 60.2}, {1, -1}},    {{110.4, 60.2}, {-1, 1}},
                                                       {{110.4, 120.9}, {-1, -1}}, {{20.3, 120.9}, {1, -1}}};
    const image::Image picture = test::paint(136, 136, [&](double x, double y) {
      bool in = x > 20.3 && x < 110.4 && y > 15.6 && y < 120.9 && !(x > 70.7 && y < 60.2);
      for (std::size_t k = 0; k < corners.size(); ++k) {
        const auto& [corner, way] = corners[k];
        const Point from{(x - corner.x) * way.x, (y - corner.y) * way.y};
        if (from.x < 0 || from.y < 0 || from.x > radius || from.y > radius) continue;
        const bool beyond = length(from - Point{radius, radius}) > radius;
        if (beyond) in = k == 2;
      }
      return in ? test::kBlue : test::kWhite;
    });
    const vector::Document document = trace::trace(picture, {}).document;
    const Contour& drawn = test::upper_contour(document);
    int arcs = 0;
    Point at = drawn.start;
    for (const vector::Segment& s : drawn.segments) {
      if (s.is_arc()) {
        ++arcs;
        CHECK(vector::Arc(at, s.to, s.rise).radius() == Approx(radius).margin(0.3));
      }
      at = s.to;
    }
    CHECK(arcs >= 5);
  }
}
