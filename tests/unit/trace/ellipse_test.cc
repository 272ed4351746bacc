// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/ellipse.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "trace/drawing.h"

using namespace imgmill;
using trace::CurvePoints;
using vector::Ellipse;
using vector::Point;

namespace {

// Points around, each by `off` px farther out at the ends of the axes than between them.
CurvePoints around(const Ellipse& e, double off = 0, double tolerance = 0.15) {
  CurvePoints points;
  const int count = std::max(static_cast<int>(3.2 * (e.rx + e.ry)), 12);
  for (int k = 0; k <= count; ++k) {
    const double t = 6.283185307 * (k % count) / count * (e.clockwise ? 1 : -1);
    const double out = off * std::cos(4 * t);
    points.add(e.centre + e.axis * ((e.rx + out) * std::cos(t)) + e.across() * ((e.ry + out) * std::sin(t)), tolerance);
  }
  return points;
}

image::Rgba dot_at(double x, double y, const Ellipse& e) {
  const Point from = Point{x, y} - e.centre;
  const double u = dot(from, e.axis) / e.rx, v = dot(from, e.across()) / e.ry;
  return u * u + v * v < 1 ? test::kRed : test::kWhite;
}

Ellipse slanted(Point centre, double rx, double ry, double degrees, bool clockwise = true) {
  const double turn = degrees * 3.14159265358979 / 180;
  return {centre, rx, ry, clockwise, {std::cos(turn), std::sin(turn)}};
}

}  // namespace

TEST_CASE("Circles and ellipses are told from their points, with the way around") {
  for (const Ellipse& truth :
       {Ellipse{{300.2, 40.7}, 30, 30}, Ellipse{{20, 31.5}, 2.2, 2.2, false}, Ellipse{{50.1, 60.4}, 40, 12.5},
        Ellipse{{80, 90}, 9, 30.3, false}, slanted({50.1, 60.4}, 40, 12.5, 33), slanted({80, 90}, 30.3, 5, -71, false),
        slanted({500, 400}, 101, 99.5, 45), slanted({20, 30}, 6, 4, 84)}) {
    const std::optional<Ellipse> found = trace::fit_ellipse(around(truth));
    REQUIRE(found);
    CHECK(length(found->centre - truth.centre) < 0.01);
    CHECK(found->rx == Approx(truth.rx).margin(0.01));
    CHECK(found->ry == Approx(truth.ry).margin(0.01));
    CHECK((found->rx == found->ry) == (truth.rx == truth.ry));
    if (truth.axis.x != 0 && truth.rx != truth.ry) CHECK(std::fabs(cross(found->axis, truth.axis)) < 0.001);
    CHECK(found->clockwise == truth.clockwise);
  }
}

TEST_CASE("What is nearly a circle, or nearly upright, is that") {
  const auto circle = trace::fit_ellipse(around(slanted({50, 50}, 20.02, 19.98, 30)));
  REQUIRE(circle);
  CHECK(circle->rx == circle->ry);
  const auto upright = trace::fit_ellipse(around(slanted({50, 50}, 25, 20, 0.3)));
  REQUIRE(upright);
  CHECK_FALSE(upright->is_slanted());
  CHECK(upright->rx > upright->ry);
  // It would be upright to the tolerance as well, but its points tell more.
  const auto told = trace::fit_ellipse(around(slanted({50, 50}, 25, 20, 1.5)));
  REQUIRE(told);
  CHECK(told->is_slanted());
}

TEST_CASE("What leaves an ellipse by more than the tolerance is none, nor are a few points") {
  CHECK(trace::fit_ellipse(around({{50, 50}, 20, 20}, 0.1)));
  CHECK_FALSE(trace::fit_ellipse(around({{50, 50}, 20, 20}, 0.25)));
  CurvePoints square;
  for (const Point p : {Point{0, 0}, {10, 0}, {10, 10}, {0, 10}, {0, 0}}) square.add(p, 5);
  CHECK_FALSE(trace::fit_ellipse(square));
  CurvePoints line;
  for (int k = 0; k < 20; ++k) line.add({double(k), 2.0 * k}, 0.15);
  CHECK_FALSE(trace::fit_ellipse(line));
}

TEST_CASE("An ellipse's curves are on it") {
  const Ellipse e = slanted({100, 60}, 80, 30, 25, false);
  const vector::Contour contour = trace::contour_of(e);
  REQUIRE(contour.segments.back().to == contour.start);
  Point from = contour.start;
  for (const vector::Segment& s : contour.segments) {
    for (double t = 0; t <= 1; t += 0.05) {
      const double u = 1 - t;
      const Point p = from * (u * u * u) + s.c1 * (3 * u * u * t) + s.c2 * (3 * u * t * t) + s.to * (t * t * t);
      const double x = dot(p - e.centre, e.axis) / e.rx, y = dot(p - e.centre, e.across()) / e.ry;
      REQUIRE(std::sqrt(x * x + y * y) == Approx(1).margin(1e-5));
      REQUIRE(std::fabs(trace::outside(e, p)) < 1e-3);
    }
    from = s.to;
  }
}

TEST_CASE("A disc is drawn as one circle where it is, also one of a few pixels, and a hole in it the other way") {
  for (const Ellipse& e : {Ellipse{{32.3, 30.8}, 20.4, 20.4}, Ellipse{{20.4, 25.7}, 2.6, 2.6}}) {
    const image::Image picture = test::paint(64, 64, [&](double x, double y) { return dot_at(x, y, e); });
    const vector::Document document = trace::trace(picture, {}).document;
    const vector::Contour& contour = test::upper_contour(document);
    REQUIRE(contour.ellipse);
    const Ellipse& drawn = *contour.ellipse;
    CHECK(length(drawn.centre - e.centre) < 0.03);
    CHECK(drawn.rx == Approx(e.rx).margin(0.03));
    CHECK(drawn.rx == drawn.ry);
    CHECK(vector::write_svg(document, {}).find("<circle fill=") != std::string::npos);
  }
  const Ellipse outer{{31, 33}, 25, 18}, inner{{33, 32}, 9, 9};
  const image::Image ring = test::paint(64, 64, [&](double x, double y) {
    if (dot_at(x, y, outer) == test::kWhite || dot_at(x, y, inner) == test::kRed) return test::kClear;
    return test::kBlue;
  });
  const std::string svg = test::svg_of(ring);
  CHECK(svg.find(" 0 11") != std::string::npos);
  CHECK(svg.find(" 0 10") != std::string::npos);
  CHECK(test::ssim_of_tracing(ring) > 0.999);
}

TEST_CASE(
    "What shows of a disc is drawn as all of it, where the rest lies beneath another part or out of the picture") {
  const Ellipse disc{{30.4, 34.2}, 22.3, 22.3};
  const auto in_disc = [&](double x, double y) { return dot_at(x, y, disc) == test::kRed; };
  const image::Image covered = test::paint(64, 64, [&](double x, double y) {
    if (x > 32 && x < 62 && y > 4 && y < 30) return test::kBlue;
    return in_disc(x, y) ? test::kRed : test::kWhite;
  });
  const image::Image cut = test::paint(64, 44, [&](double x, double y) { return dot_at(x, y, disc); });
  for (const image::Image& picture : {covered, cut}) {
    int ellipses = 0;
    const vector::Document document = trace::trace(picture, {}).document;
    for (const vector::Shape& shape : document.shapes) {
      for (const vector::Contour& contour : shape.contours) {
        if (!contour.ellipse) continue;
        ++ellipses;
        CHECK(length(contour.ellipse->centre - disc.centre) < 0.1);
        CHECK(contour.ellipse->rx == Approx(disc.rx).margin(0.1));
      }
    }
    CHECK(ellipses == 1);
    CHECK(test::ssim_of_tracing(picture) > 0.996);
  }
}

TEST_CASE("A slanted ellipse is drawn as one, where and as it is, also a flat one and what shows of a hidden one") {
  for (const Ellipse& e : {slanted({46.4, 49.2}, 38.4, 25.6, 30), slanted({46.4, 49.2}, 9.6, 6.4, 120),
                           slanted({46.4, 49.2}, 38.4, 7.7, 10), slanted({48, 48.3}, 38.4, 32, -3)}) {
    const image::Image picture = test::paint(96, 96, [&](double x, double y) { return dot_at(x, y, e); });
    const vector::Document document = trace::trace(picture, {}).document;
    const vector::Contour& contour = test::upper_contour(document);
    REQUIRE(contour.ellipse);
    const Ellipse& drawn = *contour.ellipse;
    CHECK(length(drawn.centre - e.centre) < 0.02);
    CHECK(drawn.rx == Approx(e.rx).margin(0.03));
    CHECK(drawn.ry == Approx(e.ry).margin(0.03));
    CHECK(std::fabs(cross(drawn.axis, e.axis)) < 0.002);
    CHECK(test::ssim_of_tracing(picture) > 0.9996);
  }
  const Ellipse e = slanted({30.4, 32.2}, 26, 17, 40);
  const image::Image covered = test::paint(64, 64, [&](double x, double y) {
    if (x > 34 && x < 60 && y > 4 && y < 30) return test::kBlue;
    return dot_at(x, y, e);
  });
  int slanted_ones = 0;
  for (const vector::Shape& shape : trace::trace(covered, {}).document.shapes) {
    for (const vector::Contour& contour : shape.contours) {
      if (!contour.ellipse) continue;
      slanted_ones += contour.ellipse->is_slanted();
      CHECK(length(contour.ellipse->centre - e.centre) < 0.1);
      CHECK(contour.ellipse->rx == Approx(e.rx).margin(0.15));
    }
  }
  CHECK(slanted_ones == 1);
}

TEST_CASE("A lens, which has corners, and a drop are no ellipses") {
  const auto lens = [](double x, double y) {
    const double across = (x - y + 3) * 0.7071, along = (x + y - 96) * 0.7071;
    const double reach = 12 - along * along / 60;
    return std::fabs(across) < reach ? test::kRed : test::kWhite;
  };
  const auto drop = [](double x, double y) {
    const double across = (x - y) * 0.7071, along = (x + y - 96) * 0.7071;
    return along * along / 900 + across * across / (240 + 5 * along) < 1 ? test::kRed : test::kWhite;
  };
  for (const test::Painter& painter : {test::Painter(lens), test::Painter(drop)}) {
    const image::Image picture = test::paint(96, 96, painter);
    for (const vector::Shape& shape : trace::trace(picture, {}).document.shapes) {
      for (const vector::Contour& contour : shape.contours) CHECK_FALSE(contour.ellipse);
    }
  }
}

TEST_CASE("A piece of a disc stays one where the rest of it would show, or would shine through at a rim") {
  const Ellipse disc{{30.4, 34.2}, 22.3, 22.3};
  for (const double right : {36.0, 52.7}) {  // what covers it ends before the disc would, or with it
    const image::Image picture = test::paint(64, 64, [&](double x, double y) {
      if (x > 28 && x < right && y > 6 && y < 60) return test::kBlue;
      return x < 30 ? dot_at(x, y, disc) : test::kWhite;
    });
    for (const vector::Shape& shape : trace::trace(picture, {}).document.shapes) {
      for (const vector::Contour& contour : shape.contours) CHECK_FALSE(contour.ellipse);
    }
  }
}
