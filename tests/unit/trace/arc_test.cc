// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/arc.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <random>

#include "trace/drawing.h"
#include "vector/arc.h"

using namespace imgmill;
using trace::CurvePoints;
using vector::Point;
using vector::Segment;

namespace {

// Points a pixel apart on a circle, from one angle to another, each up to `noise` px off.
CurvePoints on_circle(Point centre, double radius, double from, double to, double noise = 0) {
  std::mt19937 random(7);
  CurvePoints points;
  const int count = static_cast<int>(std::fabs(to - from) * radius) + 1;
  for (int k = 0; k <= count; ++k) {
    const double t = from + (to - from) * k / count;
    const double r = radius + noise * (2.0 * double(random()) / 4294967295.0 - 1);
    points.add(centre + Point{r * std::cos(t), r * std::sin(t)}, 0.15);
  }
  return points;
}

const vector::Contour& only_contour(const vector::Document& document) {
  REQUIRE(document.shapes.size() == 2);
  REQUIRE(document.shapes[1].contours.size() == 1);
  return document.shapes[1].contours[0];
}

std::vector<const Segment*> arcs_of(const vector::Contour& contour) {
  std::vector<const Segment*> arcs;
  for (const Segment& s : contour.segments) {
    if (s.is_arc()) arcs.push_back(&s);
  }
  return arcs;
}

double off_stadium(Point p, Point a, Point b, double radius) {
  const Point way = b - a;
  const double t = std::clamp(dot(p - a, way) / dot(way, way), 0.0, 1.0);
  return length(p - a - way * t) - radius;
}

}  // namespace

TEST_CASE("Circles are told from shallow and round runs, clockwise and not, through a little noise") {
  for (const double noise : {0.0, 0.05}) {
    for (const auto& [radius, from, to] :
         {std::tuple{40.0, 0.2, 1.4}, {40.0, 1.4, 0.2}, {150.0, 3.0, 3.6}, {12.0, 0.5, 4.0}, {30.0, 5.0, -0.3}}) {
      const CurvePoints points = on_circle({60.3, 70.9}, radius, from, to, noise);
      trace::Arc arc;
      REQUIRE(trace::fit_arc(points, 0, points.count() - 1, arc));
      CHECK(arc.radius == Approx(radius).epsilon(noise > 0 ? 0.02 : 1e-6));
      CHECK(length(arc.centre - Point{60.3, 70.9}) < (noise > 0 ? 0.02 * radius : 1e-4));
      CHECK((arc.rise > 0) == (to > from));
      const vector::Arc drawn(points.at.front(), points.at.back(), arc.rise);
      CHECK(drawn.radius() == Approx(radius).epsilon(noise > 0 ? 0.02 : 1e-6));
    }
  }
}

TEST_CASE("What is next to a line has no radius, what is no circle is none") {
  CurvePoints line, bend, gap, wave;
  for (int k = 0; k <= 40; ++k) line.add({double(k), 0.5 * k}, 0.15);
  trace::Arc arc;
  REQUIRE(trace::fit_arc(line, 0, 40, arc));
  CHECK(arc.radius == 0);
  for (int k = 0; k <= 40; ++k) bend.add({double(k), k < 20 ? 0.0 : 0.5 * (k - 20)}, 0.15);
  CHECK_FALSE(trace::fit_arc(bend, 0, 40, arc));
  const CurvePoints whole = on_circle({50, 50}, 30, 0, 1.5);
  for (int k = 0; k < whole.count(); ++k) {
    if (k < 15 || k > 22) gap.add(whole.at[k], 0.15);
  }
  CHECK_FALSE(trace::fit_arc(gap, 0, gap.count() - 1, arc));
  for (int k = 0; k < whole.count(); ++k) wave.add(whole.at[k] * (1 + 0.0018 * std::sin(k * 0.28)), 0.15);
  CHECK_FALSE(trace::fit_arc(wave, 0, wave.count() - 1, arc));
  CHECK_FALSE(trace::fit_arc(whole, 3, 6, arc));
}

TEST_CASE("A bar with round ends is drawn with two lines and two arcs, to a tenth of a pixel, whichever way it lies") {
  for (const auto& [a, b] : {std::pair{Point{35.2, 40.8}, Point{84.3, 78.1}}, {Point{90.6, 30.1}, Point{40.6, 85.5}}}) {
    constexpr double kRadius = 17.3;
    const image::Image picture = test::paint(128, 112, [&](double x, double y) {
      return off_stadium({x, y}, a, b, kRadius) < 0 ? test::kRed : test::kWhite;
    });
    const vector::Document document = trace::trace(picture, {}).document;
    const vector::Contour& shape = only_contour(document);
    CHECK(shape.segments.size() <= 5);
    CHECK(arcs_of(shape).size() >= 2);
    Point at = shape.start;
    for (const Segment& s : shape.segments) {
      CHECK_FALSE(s.cubic);
      if (s.is_arc()) {
        const vector::Arc arc(at, s.to, s.rise);
        CHECK(arc.radius() == Approx(kRadius).margin(0.1));
        CHECK(std::min(length(arc.centre() - a), length(arc.centre() - b)) < 0.15);
      }
      at = s.to;
    }
    CHECK(test::ssim_of_tracing(picture) > 0.9995);
  }
}

TEST_CASE("Half a disc is a line and an arc") {
  const image::Image picture = test::paint(96, 80, [&](double x, double y) {
    return length(Point{x, y} - Point{20.5, 40.3}) < 31.6 && x > 20.5 ? test::kBlue : test::kWhite;
  });
  const vector::Document document = trace::trace(picture, {}).document;
  const std::vector<const Segment*> arcs = arcs_of(only_contour(document));
  REQUIRE(arcs.size() == 1);
  CHECK(std::fabs(arcs[0]->rise) == Approx(31.6).margin(0.1));
}
