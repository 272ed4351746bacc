// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/coverage.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <random>

using namespace imgmill;
using trace::Coverage;
using vector::Contour;
using vector::cubic_to;
using vector::line_to;
using vector::Point;
using vector::Segment;

namespace {

constexpr int kWidth = 32, kHeight = 24;

std::vector<double> plane(const Coverage& coverage) {
  std::vector<double> out(kWidth * kHeight, 0);
  for (const trace::Span& span : coverage.spans) {
    REQUIRE(span.x >= 0);
    REQUIRE(span.x + span.count <= kWidth);
    for (int k = 0; k < span.count; ++k) out[span.y * kWidth + span.x + k] += span.cover;
  }
  return out;
}

std::vector<double> plane(const std::vector<Contour>& contours) {
  return plane(trace::cover(contours, kWidth, kHeight, {}));
}

double sum(const std::vector<double>& values) {
  double total = 0;
  for (const double v : values) total += v;
  return total;
}

// Clockwise on the screen, as parts are drawn.
Contour polygon(const std::vector<Point>& points) {
  Contour contour{points[0], {}};
  for (std::size_t k = 1; k < points.size(); ++k) contour.segments.push_back(line_to(points[k]));
  return contour;
}

Contour circle(Point centre, double r) {
  const double k = 0.5522847498 * r;
  const Point c = centre;
  Contour contour{{c.x + r, c.y}, {}};
  contour.segments = {cubic_to({c.x + r, c.y + k}, {c.x + k, c.y + r}, {c.x, c.y + r}),
                      cubic_to({c.x - k, c.y + r}, {c.x - r, c.y + k}, {c.x - r, c.y}),
                      cubic_to({c.x - r, c.y - k}, {c.x - k, c.y - r}, {c.x, c.y - r}),
                      cubic_to({c.x + k, c.y - r}, {c.x + r, c.y - k}, {c.x + r, c.y})};
  return contour;
}

// The area of a polygon within one pixel, by cutting it at the pixel's sides (Sutherland & Hodgman 1974).
double area_in_pixel(std::vector<Point> points, int x, int y) {
  const auto cut = [&](auto inside, auto meet) {
    std::vector<Point> out;
    for (std::size_t k = 0; k < points.size(); ++k) {
      const Point a = points[k], b = points[(k + 1) % points.size()];
      if (inside(a)) out.push_back(a);
      if (inside(a) != inside(b)) out.push_back(meet(a, b));
    }
    points = out;
  };
  const auto at_x = [](double at) {
    return [at](Point a, Point b) { return a + (b - a) * ((at - a.x) / (b.x - a.x)); };
  };
  const auto at_y = [](double at) {
    return [at](Point a, Point b) { return a + (b - a) * ((at - a.y) / (b.y - a.y)); };
  };
  cut([&](Point p) { return p.x >= x; }, at_x(x));
  cut([&](Point p) { return p.x <= x + 1; }, at_x(x + 1));
  cut([&](Point p) { return p.y >= y; }, at_y(y));
  cut([&](Point p) { return p.y <= y + 1; }, at_y(y + 1));
  double twice = 0;
  for (std::size_t k = 0; k < points.size(); ++k) twice += cross(points[k], points[(k + 1) % points.size()]);
  return std::fabs(twice) / 2;
}

}  // namespace

TEST_CASE("A triangle covers of every pixel the area that it cuts out, also beyond the rim") {
  std::mt19937 random(5);
  std::uniform_real_distribution<double> x(-8, kWidth + 8), y(-8, kHeight + 8);
  for (int round = 0; round < 50; ++round) {
    const std::vector<Point> corners{{x(random), y(random)}, {x(random), y(random)}, {x(random), y(random)}};
    const std::vector<double> covered = plane({polygon(corners)});
    for (int v = 0; v < kHeight; ++v) {
      for (int u = 0; u < kWidth; ++u) {
        REQUIRE(covered[v * kWidth + u] == Approx(area_in_pixel(corners, u, v)).margin(1e-4));
      }
    }
  }
}

TEST_CASE("A circle has the area of a circle, a hole is taken off, sides on the grid cover whole pixels") {
  const double area = 3.14159265 * 8 * 8;
  CHECK(sum(plane({circle({15.3, 11.8}, 8)})) == Approx(area).epsilon(0.006));
  Contour hole = polygon({{13, 10}, {13, 14}, {17, 14}, {17, 10}});
  CHECK(sum(plane({circle({15.3, 11.8}, 8), hole})) == Approx(area - 16).epsilon(0.006));
  const std::vector<double> square = plane({polygon({{3, 4}, {9, 4}, {9, 7}, {3, 7}})});
  CHECK(sum(square) == 18);
  CHECK(square[4 * kWidth + 3] == 1);
  CHECK(square[4 * kWidth + 9] == 0);
}

TEST_CASE("Pulls foretell how the coverage follows each point") {
  Contour shape{{6.2, 5.4}, {}};
  shape.segments = {line_to({22.7, 4.1}), cubic_to({29.3, 9.2}, {25.1, 17.6}, {18.4, 19.3}), line_to({7.1, 17.2})};
  const std::vector<double> before = plane({shape});
  const std::vector<std::uint8_t> everywhere(kWidth * kHeight, 1);
  const Coverage coverage = trace::cover({shape}, kWidth, kHeight, everywhere);
  constexpr double kStep = 1e-3;
  // The handles and ends of segment 1, whose points nothing else but its neighbours' ends share.
  for (int point = 1; point <= 2; ++point) {
    for (int axis = 0; axis < 2; ++axis) {
      Contour moved = shape;
      Point& handle = point == 1 ? moved.segments[1].c1 : moved.segments[1].c2;
      (axis == 0 ? handle.x : handle.y) += kStep;
      const std::vector<double> after = plane({moved});
      std::vector<double> foretold(before.size(), 0);
      for (const trace::Pull& pull : coverage.pulls) {
        if (pull.segment != 1) continue;
        foretold[pull.y * kWidth + pull.x] += pull.by[2 * point + axis];
      }
      double most = 0;
      for (std::size_t k = 0; k < before.size(); ++k) {
        REQUIRE((after[k] - before[k]) / kStep == Approx(foretold[k]).margin(0.02));
        most = std::max(most, std::fabs(foretold[k]));
      }
      CHECK(most > 0.1);
    }
  }
}

TEST_CASE("An arc covers what its circle does, and its pulls foretell how that follows its ends and its rise") {
  Contour half{{5.3, 12.2}, {vector::arc_to(7.25, {19.8, 12.2})}};
  CHECK(sum(plane({half})) == Approx(3.14159265 * 7.25 * 7.25 / 2).epsilon(0.008));
  for (const double rise : {2.0, -2.0, 6.5}) {
    const Contour shape{{6.2, 15.4}, {vector::arc_to(rise, {22.7, 9.1}), line_to({24, 21.5}), line_to({8, 21})}};
    const std::vector<double> before = plane({shape});
    const std::vector<std::uint8_t> everywhere(kWidth * kHeight, 1);
    const Coverage coverage = trace::cover({shape}, kWidth, kHeight, everywhere);
    constexpr double kStep = 1e-3;
    for (const std::size_t c : {0, 1, 2, 4, 5}) {
      Contour moved = shape;
      Segment& arc = moved.segments[0];
      double* const coordinates[] = {&moved.start.x, &moved.start.y, &arc.rise, nullptr, &arc.to.x, &arc.to.y};
      *coordinates[c] += kStep;
      const std::vector<double> after = plane({moved});
      // The segments beside it share its ends: the line back with its start, the next one with its end.
      std::vector<double> foretold(before.size(), 0);
      for (const trace::Pull& pull : coverage.pulls) {
        double& here = foretold[pull.y * kWidth + pull.x];
        if (pull.segment == 0) here += pull.by[c];
        if (pull.segment == 3 && c < 2) here += pull.by[2 + c];
        if (pull.segment == 1 && c > 3) here += pull.by[c - 4];
      }
      double most = 0;
      for (std::size_t k = 0; k < before.size(); ++k) {
        REQUIRE((after[k] - before[k]) / kStep == Approx(foretold[k]).margin(0.02));
        most = std::max(most, std::fabs(foretold[k]));
      }
      CHECK(most > 0.1);
    }
  }
}

TEST_CASE("Points that are no numbers, or far away, are left out without harm") {
  CHECK(sum(plane({polygon({{1e300, 0}, {NAN, 4}, {3, 9}})})) >= 0);
  CHECK(trace::cover({}, kWidth, kHeight, {}).spans.empty());
  CHECK(trace::cover({Contour{{3, 3}, {}}}, kWidth, kHeight, {}).spans.empty());
}
