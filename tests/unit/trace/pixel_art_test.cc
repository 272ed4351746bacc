// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/pixel_art.h"

#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace imgmill::trace {
namespace {

const std::map<char, Sample> kColors = {
    {'.', {0, 0, 0, 0}},       {'#', {0, 0, 0, 255}},     {'w', {255, 255, 255, 255}}, {'r', {220, 30, 40, 255}},
    {'y', {250, 210, 0, 255}}, {'b', {20, 90, 200, 255}}, {'h', {60, 30, 10, 128}}};

Raster sprite(const std::vector<std::string>& rows) {
  Raster raster{static_cast<int>(rows[0].size()), static_cast<int>(rows.size()), {}};
  for (const std::string& row : rows) {
    for (const char c : row) raster.at.push_back(kColors.at(c));
  }
  return raster;
}

// Blocks of k × k, cut off at width × height.
Raster enlarge(const Raster& small, int k, int width, int height) {
  Raster raster{width, height, {}};
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) raster.at.push_back(small(x / k, y / k));
  }
  return raster;
}
Raster enlarge(const Raster& small, int k) { return enlarge(small, k, small.width * k, small.height * k); }

int winding(const vector::Shape& shape, double x, double y) {
  int turns = 0;
  for (const vector::Contour& contour : shape.contours) {
    vector::Point from = contour.start;
    const auto edge = [&](vector::Point to) {
      if (from.x == to.x && from.x > x && (from.y < y) != (to.y < y)) turns += to.y > from.y ? 1 : -1;
      from = to;
    };
    for (const vector::Segment& segment : contour.segments) edge(segment.to);
    edge(contour.start);
  }
  return turns;
}

// What a renderer makes of outlines along the pixels' edges. Only opaque colours cover.
Raster render(const vector::Document& document) {
  Raster raster{document.width, document.height, {}};
  for (int y = 0; y < document.height; ++y) {
    for (int x = 0; x < document.width; ++x) {
      Sample sample{0, 0, 0, 0};
      int translucent = 0;
      for (const vector::Shape& shape : document.shapes) {
        if (winding(shape, x + 0.5, y + 0.5) == 0) continue;
        const Paint paint = to_paint(std::get<vector::Solid>(shape.fill).color);
        if (paint.a < 255) CHECK(sample.a == 0);  // else it would blend
        translucent += paint.a < 255;
        sample = {static_cast<std::uint8_t>(std::lround(paint.r)), static_cast<std::uint8_t>(std::lround(paint.g)),
                  static_cast<std::uint8_t>(std::lround(paint.b)), static_cast<std::uint8_t>(std::lround(paint.a))};
      }
      CHECK(translucent <= 1);
      raster.at.push_back(sample);
    }
  }
  return raster;
}

bool equal(const Raster& a, const Raster& b) {
  if (a.width != b.width || a.height != b.height) return false;
  for (std::size_t i = 0; i < a.at.size(); ++i) {
    const auto near = [](int p, int q) { return std::abs(p - q) <= 1; };  // premultiplied twice
    const Sample p = a.at[i], q = b.at[i];
    if (!(p.a == 255 ? p == q : p.a == q.a && near(p.r, q.r) && near(p.g, q.g) && near(p.b, q.b))) return false;
  }
  return true;
}

void check_exact(const Raster& raster, int scale) {
  const vector::Document document = trace_pixel_art(raster, scale, {});
  CHECK(equal(render(document), raster));
  const auto on_grid = [&](double v) { return std::fmod(v, document.resolution) == 0; };
  CHECK((on_grid(raster.width) && on_grid(raster.height) && on_grid(scale)));
  if (raster.width % scale == 0 && raster.height % scale == 0) CHECK(document.resolution == scale);
  for (const vector::Shape& shape : document.shapes) {
    REQUIRE(!shape.contours.empty());
    for (const vector::Contour& contour : shape.contours) {
      REQUIRE(contour.segments.size() >= 3);
      vector::Point from = contour.start;
      bool across = contour.segments[0].to.y == from.y;
      for (const vector::Segment& segment : contour.segments) {  // corners only: turns each time
        CHECK_FALSE(segment.cubic);
        CHECK((across ? segment.to.y == from.y : segment.to.x == from.x));
        CHECK_FALSE(segment.to == from);
        CHECK((segment.to.x <= raster.width && segment.to.y <= raster.height));
        CHECK((on_grid(segment.to.x) && on_grid(segment.to.y)));
        across = !across;
        from = segment.to;
      }
    }
  }
}

const Raster kFace = sprite({
    "....####....",
    "..##yyyy##..",
    ".#yyyyyyyy#.",
    ".#y#yyyy#y#.",
    "#yy#yyyy#yy#",
    "#yyyyyyyyyy#",
    "#y#yyyyyy#y#",
    "#yy######yy#",
    ".#yyyrryyy#.",
    "..##yyyy##..",
    "....####....",
});

Raster noise(int side, const std::string& palette, std::uint32_t seed) {
  Raster raster{side, side, {}};
  for (int i = 0; i < side * side; ++i) {
    seed = seed * 1664525U + 1013904223U;
    raster.at.push_back(kColors.at(palette[(seed >> 16) % palette.size()]));
  }
  return raster;
}

// An antialiased disc, and one without antialiasing.
Raster disc(int side, bool soft) {
  Raster raster{side, side, {}};
  for (int y = 0; y < side; ++y) {
    for (int x = 0; x < side; ++x) {
      const double in = side * 0.37 - std::hypot(x + 0.5 - side / 2.0, y + 0.5 - side / 2.0) + 0.5;
      const double a = soft ? std::clamp(in, 0.0, 1.0) : in > 0.5;
      const auto v = static_cast<std::uint8_t>(std::lround(255 - 200 * a));
      raster.at.push_back({v, v, 255, 255});
    }
  }
  return raster;
}

TEST_CASE("the size of the blocks is found", "[pixel_art]") {
  for (const int k : {2, 3, 8, 16, 37, 64}) CHECK(pixel_art_scale(enlarge(kFace, k)) == k);
  CHECK(pixel_art_scale(enlarge(kFace, 8, 93, 85)) == 8);  // the last blocks are cut off
  CHECK(pixel_art_scale(kFace) == 1);
  CHECK(pixel_art_scale(enlarge(kFace, 128)) == 64);
}

TEST_CASE("one odd pixel makes it no grid", "[pixel_art]") {
  Raster raster = enlarge(kFace, 20);
  raster.at[raster.at.size() / 2 + 7] = {9, 9, 9, 255};
  CHECK_FALSE(pixel_art_scale(raster));
}

TEST_CASE("stripes one way are blocks too", "[pixel_art]") {
  CHECK(pixel_art_scale(enlarge(sprite({"rr", "ww", "rr", "bb"}), 6)) == 6);
  CHECK(pixel_art_scale(enlarge(sprite({"rwrb", "rwrb"}), 6)) == 6);
}

TEST_CASE("drawings are no pixel art", "[pixel_art]") {
  for (const int side : {16, 24, 32, 64, 100, 128, 300}) {
    CAPTURE(side);
    CHECK_FALSE(pixel_art_scale(disc(side, true)));
  }
  CHECK_FALSE(pixel_art_scale(disc(128, false)));
  CHECK_FALSE(pixel_art_scale(disc(300, false)));
}

TEST_CASE("a gradient with levels of two pixels is no pixel art", "[pixel_art]") {
  Raster raster{400, 20, {}};
  for (int i = 0; i < 400 * 20; ++i) raster.at.push_back({static_cast<std::uint8_t>(i % 400 / 2), 0, 0, 255});
  CHECK_FALSE(pixel_art_scale(raster));
}

TEST_CASE("too many colours are no pixel art", "[pixel_art]") {
  Raster small{20, 20, {}};
  for (int i = 0; i < 400; ++i) {
    small.at.push_back({static_cast<std::uint8_t>(i * 37), static_cast<std::uint8_t>(i / 2), 40, 255});
  }
  CHECK_FALSE(pixel_art_scale(enlarge(small, 4)));
}

TEST_CASE("sprites are drawn exactly", "[pixel_art]") {
  check_exact(kFace, 1);
  check_exact(enlarge(kFace, 5), 5);
  check_exact(enlarge(kFace, 5, 58, 53), 5);
  check_exact(enlarge(kFace, 6, 68, 64), 6);  // two pixels of the last blocks
}

TEST_CASE("holes are cut where transparency shows, and only there", "[pixel_art]") {
  const Raster solid = sprite({"#####", "#ryr#", "#####"});
  check_exact(solid, 1);
  const vector::Document document = trace_pixel_art(solid, 1, {});
  REQUIRE(document.shapes.size() == 3);
  CHECK(document.shapes[0].contours.size() == 1);  // the frame fills its inside
  CHECK(document.shapes[1].contours.size() + document.shapes[2].contours.size() == 3);

  check_exact(sprite({"#####", "#r.r#", "#####"}), 1);
  check_exact(sprite({"#####", "#rhr#", "#####"}), 1);
  check_exact(sprite({"hhhhh", "hrwrh", "hhhhh"}), 1);
  check_exact(sprite({"#######", "#rrrrr#", "#r.yyr#", "#rrrrr#", "#######"}), 1);
  check_exact(sprite({"#######", "#rrrrr#", "#r#y#r#", "#rrrrr#", "#######"}), 1);
}

TEST_CASE("patches that touch at corners are drawn exactly", "[pixel_art]") {
  check_exact(sprite({"#.#", ".#.", "#.#"}), 1);
  check_exact(sprite({"####", "#.##", "##.#", "####"}), 1);
  check_exact(sprite({"#####", "#yr##", "#ry##", "#####"}), 1);
  for (std::uint32_t seed = 1; seed < 9; ++seed) {
    check_exact(noise(17, "#r", seed), 1);
    check_exact(noise(17, "#wryb", seed), 1);
    check_exact(noise(17, "##w.", seed), 1);
    check_exact(noise(17, "#####wh", seed), 1);
  }
}

TEST_CASE("one shape for each colour where the order allows", "[pixel_art]") {
  const vector::Document document = trace_pixel_art(sprite({"r#r#r", "#w#w#", "r#r#r"}), 1, {});
  CHECK(document.shapes.size() == 3);
}

TEST_CASE("a colour waits until all its patches can be drawn together", "[pixel_art]") {
  // There is more red than yellow to begin with, but one red patch lies in the yellow.
  const Raster raster = sprite({"rwrwr", "wwwww", "wyyyw", "wyryw", "wyyyw", "wwwww"});
  CHECK(trace_pixel_art(raster, 1, {}).shapes.size() == 3);
}

TEST_CASE("nothing is drawn of nothing", "[pixel_art]") {
  CHECK(trace_pixel_art(sprite({"...", "..."}), 1, {}).shapes.empty());
  check_exact(sprite({"r"}), 1);
}

TEST_CASE("outer contours turn clockwise and holes the other way", "[pixel_art]") {
  const vector::Document document = trace_pixel_art(sprite({"###", "#.#", "###"}), 1, {});
  REQUIRE(document.shapes.size() == 1);
  REQUIRE(document.shapes[0].contours.size() == 2);
  for (int i = 0; i < 2; ++i) {
    const vector::Contour& contour = document.shapes[0].contours[static_cast<std::size_t>(i)];
    double area = 0;
    vector::Point from = contour.start;
    for (const vector::Segment& segment : contour.segments) {
      area += cross(from, segment.to) / 2;
      from = segment.to;
    }
    area += cross(from, contour.start) / 2;
    CHECK(area == (i == 0 ? 9 : -1));
  }
}

TEST_CASE("pixel art leaves when it is told to", "[pixel_art]") {
  const std::atomic<bool> flag{true};
  CHECK_THROWS_AS(trace_pixel_art(kFace, 1, base::Stop(&flag)), base::Error);
}

}  // namespace
}  // namespace imgmill::trace
