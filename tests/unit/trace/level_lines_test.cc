// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/level_lines.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <functional>

#include "trace/coverage.h"

using namespace imgmill;
using trace::Field;
using vector::Point;

namespace {

// Above 0 on the right of the line, as the screen is seen.
double area(const std::vector<Point>& line) {
  double twice = 0;
  for (std::size_t k = 0; k < line.size(); ++k) twice += cross(line[k], line[(k + 1) % line.size()]);
  return twice / 2;
}

Field sampled(int width, int height, const std::function<double(double, double)>& value) {
  Field field(width, height);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) field(x, y) = static_cast<float>(value(x + 0.5, y + 0.5));
  }
  return field;
}

Field covered(int width, int height, const std::vector<std::vector<Point>>& polygons) {
  std::vector<vector::Contour> contours;
  for (const std::vector<Point>& points : polygons) {
    vector::Contour contour{points[0], {}};
    for (std::size_t k = 1; k < points.size(); ++k) contour.segments.push_back(vector::line_to(points[k]));
    contours.push_back(contour);
  }
  Field field(width, height);
  for (const trace::Span& span : trace::cover(contours, width, height, {}).spans) {
    for (int k = 0; k < span.count; ++k) field(span.x + k, span.y) += span.cover;
  }
  return field;
}

std::vector<std::vector<Point>> lines_of(const Field& cover, int factor) {
  auto lines = trace::level_lines(trace::finer_shape(cover, factor, {}), 0.5f);
  for (auto& line : lines) {
    for (Point& p : line) p = p * (1.0 / factor);
  }
  return lines;
}

// The error of what the lines around a finer shape cover, root mean square over the pixels that aren't bare.
double error_of(const Field& cover) {
  const Field again = covered(cover.width, cover.height, lines_of(cover, 3));
  double squares = 0, count = 0;
  for (std::size_t i = 0; i < cover.at.size(); ++i) {
    if (cover.at[i] == 0 && again.at[i] == 0) continue;
    squares += (cover.at[i] - again.at[i]) * (cover.at[i] - again.at[i]);
    ++count;
  }
  return std::sqrt(squares / count);
}

}  // namespace

TEST_CASE("A level line runs around what is more, and the other way around a hole") {
  const Field ring = sampled(40, 30, [](double x, double y) {
    const double far = std::hypot(x - 20.3, y - 14.6);
    return std::min(far - 5, 11 - far);
  });
  const auto lines = trace::level_lines(ring, 0);
  REQUIRE(lines.size() == 2);
  const bool first_is_outer = area(lines[0]) > 0;
  const auto &outer = lines[first_is_outer ? 0 : 1], &inner = lines[first_is_outer ? 1 : 0];
  CHECK(area(outer) == Approx(3.14159 * 121).epsilon(0.01));
  CHECK(area(inner) == Approx(-3.14159 * 25).epsilon(0.02));
  for (const Point p : outer) CHECK(std::hypot(p.x - 20.3, p.y - 14.6) == Approx(11).margin(0.05));
  for (const Point p : inner) CHECK(std::hypot(p.x - 20.3, p.y - 14.6) == Approx(5).margin(0.05));
}

TEST_CASE("What reaches the sides of a field is closed there, and cells that touch at a corner go by their mean") {
  const Field full = sampled(4, 3, [](double, double) { return 1; });
  const auto around = trace::level_lines(full, 0.5f);
  REQUIRE(around.size() == 1);
  CHECK(area(around[0]) == Approx(12).epsilon(0.1));
  for (const bool is_dark : {false, true}) {
    for (const bool falling : {false, true}) {
      const Field corner = sampled(4, 4, [&](double x, double y) {
        const bool left = x < 2, upper = y < 2, inner = std::fabs(x - 2) < 1 && std::fabs(y - 2) < 1;
        if (!inner) return 0.0;
        return (left == upper) == falling ? 0.9 : (is_dark ? 0.3 : 0.0);
      });
      CHECK(trace::level_lines(corner, 0.5f).size() == (is_dark ? 1 : 2));
    }
  }
}

TEST_CASE("The lines around a finer shape cover each pixel as much as was asked for") {
  const auto slanted = [](double width, double slope) {
    const Point along{std::sqrt(1 - slope * slope), slope}, half = Point{-slope, along.x} * (width / 2);
    const Point from{4.3, 6.2}, to = from + along * 20;
    return std::vector<Point>{from - half, to - half, to + half, from + half};
  };
  for (const double width : {0.8, 1.0, 1.5, 2.2}) {
    for (const double slope : {0.0, 0.12, 0.5}) {
      INFO(width << " px wide, slope " << slope);
      const Field stroke = covered(32, 24, {slanted(width, slope)});
      CHECK(lines_of(stroke, 3).size() == 1);
      CHECK(error_of(stroke) < (width < 1 ? 0.14 : 0.08));
    }
  }
  // A small e: a bar of one pixel across a ring of one pixel.
  std::vector<Point> outer, upper, lower;
  for (int k = 0; k < 48; ++k) {
    const double turn = k * 2 * 3.14159265 / 48;
    outer.push_back({8.4 + 3.4 * std::cos(turn), 8.3 + 3.6 * std::sin(turn)});
    const Point inner{8.4 + 2.4 * std::cos(-turn), 8.3 + 2.6 * std::sin(-turn)};
    (inner.y < 8.3 ? upper : lower)
        .push_back({inner.x, inner.y < 8.3 ? std::min(inner.y, 7.8) : std::max(inner.y, 8.8)});
  }
  const Field e = covered(17, 17, {outer, upper, lower});
  CHECK(lines_of(e, 3).size() == 3);
  CHECK(error_of(e) < 0.08);
}
