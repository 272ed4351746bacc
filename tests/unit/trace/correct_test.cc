// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/correct.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <cmath>

#include "trace/drawing.h"
#include "trace/ellipse.h"
#include "trace/rectangle.h"

using namespace imgmill;
using trace::Layer;
using trace::PaintMap;
using vector::Contour;
using vector::line_to;
using vector::Point;

namespace {

constexpr int kSide = 40;

Contour polygon(const std::vector<Point>& points) {
  Contour contour{points[0], {}};
  for (std::size_t k = 1; k < points.size(); ++k) contour.segments.push_back(line_to(points[k]));
  return contour;
}

// White paper beneath, and a red shape on it. What the map takes for which is told by the nearer colour.
struct Sheet {
  trace::Raster raster;
  PaintMap map;

  explicit Sheet(const test::Painter& color_at) : raster(trace::to_raster(test::paint(kSide, kSide, color_at))) {
    map.width = map.height = kSide;
    map.paints = {{trace::to_paint(test::kWhite), trace::to_paint(test::kWhite), 0, false, -1},
                  {trace::to_paint(test::kRed), trace::to_paint(test::kRed), 0, false, -1}};
    for (const trace::Sample& sample : raster.at) {
      const trace::Paint paint = trace::to_paint(sample);
      const float to[] = {distance2(paint, map.paints[0].paint), distance2(paint, map.paints[1].paint)};
      map.at.push_back(to[1] < to[0] ? 1 : 0);
      map.pure.push_back(to[0] < 1 || to[1] < 1);
    }
  }

  std::vector<Layer> layers(const std::vector<Contour>& shape) const {
    return {{0, {polygon({{0, 0}, {kSide, 0}, {kSide, kSide}, {0, kSide}})}}, {1, shape}};
  }
};

bool in_quad(const std::vector<Point>& corners, Point p) {
  for (std::size_t k = 0; k < corners.size(); ++k) {
    const Point a = corners[k], b = corners[(k + 1) % corners.size()];
    if (cross(b - a, p - a) < 0) return false;
  }
  return true;
}

}  // namespace

TEST_CASE("Corners that stand half a pixel off are moved to where the picture has them") {
  const std::vector<Point> truth{{8.3, 7.6}, {30.2, 10.4}, {27.7, 31.1}, {10.9, 28.2}};
  const Sheet sheet([&](double x, double y) { return in_quad(truth, {x, y}) ? test::kRed : test::kWhite; });
  std::vector<Layer> layers = sheet.layers({polygon({{8.7, 7.2}, {30.6, 10.8}, {27.3, 30.7}, {10.5, 28.6}})});
  trace::correct(layers, sheet.map, sheet.raster, 3, {});
  const Contour& shape = layers[1].contours[0];
  CHECK(length(shape.start - truth[0]) < 0.05);
  for (std::size_t k = 1; k < truth.size(); ++k) CHECK(length(shape.segments[k - 1].to - truth[k]) < 0.05);
  CHECK(layers[0].contours[0].start == Point{0, 0});
  CHECK(layers[0].contours[0].segments[1].to == Point{kSide, kSide});
}

TEST_CASE("Horizontal and vertical sides stay so while they move") {
  const Sheet sheet(
      [&](double x, double y) { return x > 9.25 && x < 25.75 && y > 6.5 && y < 30.3 ? test::kRed : test::kWhite; });
  std::vector<Layer> layers = sheet.layers({polygon({{9.5, 6.3}, {25.5, 6.3}, {25.5, 30.5}, {9.5, 30.5}})});
  trace::correct(layers, sheet.map, sheet.raster, 3, {});
  const Contour& shape = layers[1].contours[0];
  CHECK(shape.start.x == Approx(9.25).margin(0.03));
  CHECK(shape.start.y == Approx(6.5).margin(0.03));
  CHECK(shape.segments[0].to.y == shape.start.y);
  CHECK(shape.segments[1].to.x == shape.segments[0].to.x);
  CHECK(shape.segments[2].to.y == shape.segments[1].to.y);
  CHECK(shape.segments[2].to.x == shape.start.x);
}

TEST_CASE("A slanted ellipse stays one while its centre, its radii and its axis move") {
  const vector::Ellipse truth{{20.3, 18.6}, 14.2, 8.1, true, {0.8, 0.6}};
  const Sheet sheet([&](double x, double y) {
    const Point from = Point{x, y} - truth.centre;
    const Point in{dot(from, truth.axis) / truth.rx, dot(from, truth.across()) / truth.ry};
    return dot(in, in) < 1 ? test::kRed : test::kWhite;
  });
  const double size = length(Point{0.82, 0.55});
  std::vector<Layer> layers =
      sheet.layers({trace::contour_of(vector::Ellipse{{20.6, 18.3}, 13.8, 8.6, true, Point{0.82, 0.55} * (1 / size)})});
  trace::correct(layers, sheet.map, sheet.raster, 3, {});
  REQUIRE(layers[1].contours[0].ellipse);
  const vector::Ellipse& drawn = *layers[1].contours[0].ellipse;
  CHECK(length(drawn.centre - truth.centre) < 0.03);
  CHECK(drawn.rx == Approx(truth.rx).margin(0.04));
  CHECK(drawn.ry == Approx(truth.ry).margin(0.04));
  CHECK(std::fabs(cross(drawn.axis, truth.axis)) < 0.004);
  CHECK(length(drawn.axis) == Approx(1).margin(1e-12));
}

TEST_CASE("A rectangle with round corners stays one while its sides and its radius move") {
  const vector::Rectangle truth{{8.3, 7.6}, {31.8, 28.4}, 7.7};
  const Sheet sheet([&](double x, double y) {
    const Point middle = (truth.low + truth.high) * 0.5, half = (truth.high - truth.low) * 0.5;
    const Point q{std::fabs(x - middle.x) - half.x + truth.radius, std::fabs(y - middle.y) - half.y + truth.radius};
    return length(Point{std::max(q.x, 0.0), std::max(q.y, 0.0)}) < truth.radius ? test::kRed : test::kWhite;
  });
  std::vector<Layer> layers = sheet.layers({trace::contour_of(vector::Rectangle{{8.6, 7.4}, {31.5, 28.8}, 6.7})});
  trace::correct(layers, sheet.map, sheet.raster, 3, {});
  REQUIRE(layers[1].contours[0].rectangle);
  const vector::Rectangle& drawn = *layers[1].contours[0].rectangle;
  CHECK(length(drawn.low - truth.low) < 0.03);
  CHECK(length(drawn.high - truth.high) < 0.03);
  CHECK(drawn.radius == Approx(truth.radius).margin(0.15));
}

TEST_CASE("A slanted rectangle stays one while its sides, its radius and its slant move") {
  const vector::Rectangle truth = vector::Rectangle{{8.3, 9.6}, {31.8, 26.4}, 5.7}.turned(0.5);
  const Sheet sheet([&](double x, double y) {
    const Point p = truth.in({x, y}), middle = (truth.low + truth.high) * 0.5, half = (truth.high - truth.low) * 0.5;
    const Point q{std::fabs(p.x - middle.x) - half.x + truth.radius, std::fabs(p.y - middle.y) - half.y + truth.radius};
    return length(Point{std::max(q.x, 0.0), std::max(q.y, 0.0)}) < truth.radius ? test::kRed : test::kWhite;
  });
  std::vector<Layer> layers =
      sheet.layers({trace::contour_of(vector::Rectangle{{8.6, 9.4}, {31.5, 26.8}, 5}.turned(0.47))});
  trace::correct(layers, sheet.map, sheet.raster, 4, {});
  REQUIRE(layers[1].contours[0].rectangle);
  const vector::Rectangle& drawn = *layers[1].contours[0].rectangle;
  CHECK(length(drawn.out(drawn.low) - truth.out(truth.low)) < 0.05);
  CHECK(length(drawn.out(drawn.high) - truth.out(truth.high)) < 0.05);
  CHECK(drawn.radius == Approx(truth.radius).margin(0.15));
  CHECK(std::fabs(cross(drawn.axis, truth.axis)) < 0.002);
}

TEST_CASE("An arc gets the rise and the ends that the picture shows") {
  const Point centre{20.3, 26.4};
  const Sheet sheet([&](double x, double y) {
    return length(Point{x, y} - centre) < 13.2 && y < 24.1 ? test::kRed : test::kWhite;
  });
  const Contour begun{{7.7, 24.5}, {vector::arc_to(10.4, {32.9, 24.5}), line_to({7.7, 24.5})}};
  std::vector<Layer> layers = sheet.layers({begun});
  trace::correct(layers, sheet.map, sheet.raster, 4, {});
  const Contour& shape = layers[1].contours[0];
  const double half = std::sqrt(13.2 * 13.2 - 2.3 * 2.3);
  CHECK(length(shape.start - Point{centre.x - half, 24.1}) < 0.06);
  CHECK(length(shape.segments[0].to - Point{centre.x + half, 24.1}) < 0.06);
  CHECK(shape.segments[0].rise == Approx(13.2 - 2.3).margin(0.04));
}

TEST_CASE("A stroke thinner than a pixel gets its width") {
  const Sheet sheet([&](double, double y) { return y > 15.4 && y < 15.9 ? test::kRed : test::kWhite; });
  std::vector<Layer> layers = sheet.layers({polygon({{0, 15.2}, {kSide, 15.2}, {kSide, 16}, {0, 16}})});
  trace::correct(layers, sheet.map, sheet.raster, 4, {});
  const Contour& stroke = layers[1].contours[0];
  CHECK(stroke.segments[1].to.y - stroke.start.y == Approx(0.5).margin(0.03));
}

TEST_CASE("What shows nothing, and what is right, is not moved") {
  const std::vector<Point> truth{{8, 8}, {30, 8}, {30, 30}, {8, 30}};
  const Sheet sheet([&](double x, double y) { return in_quad(truth, {x, y}) ? test::kRed : test::kWhite; });
  std::vector<Layer> layers = sheet.layers({polygon(truth)});
  const Contour hidden = polygon({{12.3, 12.4}, {20.1, 12.9}, {20.3, 20.7}});
  layers.insert(layers.begin() + 1, {0, {hidden}});
  trace::correct(layers, sheet.map, sheet.raster, 3, {});
  CHECK(layers[1].contours[0].start == hidden.start);
  CHECK(layers[1].contours[0].segments[0].to == hidden.segments[0].to);
  CHECK(layers[2].contours[0].start == truth[0]);
  CHECK(layers[2].contours[0].segments[1].to == truth[2]);
}

TEST_CASE("A large picture that is all texture is left as it was drawn") {
  constexpr int kLarge = 520;
  for (const int period : {2, 40}) {
    trace::Raster raster{kLarge, kLarge, {}};
    PaintMap map;
    map.width = map.height = kLarge;
    map.paints = {{trace::to_paint(test::kWhite), trace::to_paint(test::kWhite), 0, false, -1},
                  {trace::to_paint(test::kRed), trace::to_paint(test::kRed), 0, false, -1}};
    for (int i = 0; i < kLarge * kLarge; ++i) {
      map.at.push_back(i % kLarge % period < period / 2 ? 0 : 1);
      raster.at.push_back(trace::to_sample(map.paints[map.at.back()].paint));
    }
    map.pure.assign(map.at.size(), 1);
    std::vector<Layer> layers{{0, {polygon({{0, 0}, {kLarge, 0}, {kLarge, kLarge}, {0, kLarge}})}}, {1, {}}};
    for (int x = period / 2; x < kLarge; x += period) {
      const double left = x + 0.3, right = x + period / 2;
      layers[1].contours.push_back(polygon({{left, 0}, {right, 0}, {right, kLarge}, {left, kLarge}}));
    }
    trace::correct(layers, map, raster, 2, {});
    CHECK((layers[1].contours[0].start.x == period / 2 + 0.3) == (period == 2));
  }
}

TEST_CASE("An interrupt is heard") {
  const Sheet sheet([](double x, double) { return x > 20 ? test::kRed : test::kWhite; });
  std::vector<Layer> layers = sheet.layers({polygon({{20, 0}, {kSide, 0}, {kSide, kSide}, {20, kSide}})});
  const std::atomic<bool> stopped = true;
  CHECK_THROWS(trace::correct(layers, sheet.map, sheet.raster, 3, base::Stop(&stopped)));
}
