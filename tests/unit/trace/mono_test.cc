// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/mono.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <cmath>
#include <string>

#include "trace/drawing.h"

using namespace imgmill;
using namespace imgmill::test;

namespace {

constexpr int kSize = 128;

// Rings, bars upright and slanted, a wedge.
bool in_art(double x, double y) {
  const double r = std::hypot(x - 32, y - 32);
  if (r < 20 && r > 13) return true;
  if (x > 62.3 && x < 67.1 && y > 10 && y < 54) return true;
  if (std::fabs((x - 96) * 0.8 - (y - 32) * 0.6) < 2 && y > 10 && y < 54) return true;
  return y > 72 && y < 116 && std::fabs(x - 60) < (y - 72) * 0.7 && std::fabs(x - 60) > (y - 72) * 0.7 - 6;
}

Painter art(image::Rgba ink, image::Rgba paper) {
  return [=](double x, double y) { return in_art(x, y) ? ink : paper; };
}

vector::Document traced(const image::Image& picture, const trace::TraceParams& params = {}) {
  return trace::trace_mono(trace::to_raster(picture), params, {}, nullptr);
}

image::Image drawn(const vector::Document& document) {
  return test::drawn(vector::write_svg(document, {}), document.width, document.height);
}

double ssim(const image::Image& picture, const trace::TraceParams& params = {}) {
  return score::compare(picture, drawn(traced(picture, params))).ssim;
}

image::Rgba color_of(const vector::Shape& shape) { return std::get<vector::Solid>(shape.fill).color; }

// Twice the signed area within the end points; positive is clockwise with y down.
double turn(const vector::Contour& contour) {
  double sum = 0;
  vector::Point at = contour.start;
  for (const vector::Segment& s : contour.segments) sum += vector::cross(at, s.to), at = s.to;
  return sum + vector::cross(at, contour.start);
}

std::size_t count_of(const vector::Document& document) {
  std::size_t count = 0;
  for (const vector::Shape& shape : document.shapes) count += shape.contours.size();
  return count;
}

}  // namespace

TEST_CASE("Antialiased line art is traced between the pixels, aliased art as near as its steps allow") {
  CHECK(ssim(paint(kSize, kSize, art(kBlack, kWhite))) > 0.995);
  CHECK(ssim(paint(kSize, kSize, art(kBlack, kWhite), 1)) > 0.9);
}

TEST_CASE("An antialiased edge lies where the coverage says, wherever it falls in its pixel") {
  for (const double edge : {30.1, 30.3, 30.5, 30.75, 30.9}) {
    const auto bar = [&](double x, double y) { return x > edge && x < 90 && y > 20 && y < 100 ? kBlack : kWhite; };
    const vector::Document document = traced(paint(kSize, kSize, bar, 32));
    REQUIRE(document.shapes.size() == 2);
    // Read off in the middle of the edge: potrace may round its corners.
    const image::Image result = test::drawn(vector::write_svg(document, {}), kSize * 8, kSize * 8);
    int left = 0;
    while (result.row(kSize * 4)[left * result.channels()] > 127) ++left;
    CHECK(left / 8.0 == Approx(edge).margin(0.2));
  }
}

TEST_CASE("1-bit art keeps its pixels' scale: straight edges are exact, the staircase of a slope is smoothed") {
  const auto square = [](double x, double y) { return x > 32 && x < 96 && y > 40 && y < 80 ? kBlack : kWhite; };
  CHECK(ssim(paint(kSize, kSize, square, 1)) > 0.999);
  const auto slope = [](double x, double y) { return y > 20 + x * 0.3 ? kBlack : kWhite; };
  const vector::Document document = traced(paint(kSize, kSize, slope, 1));
  REQUIRE(document.shapes.size() == 2);
  CHECK(document.shapes[1].contours.at(0).segments.size() < 16);
}

TEST_CASE("Outer contours run clockwise, holes the other way") {
  for (const int samples : {1, 8}) {
    const auto ring = [](double x, double y) {
      const double r = std::hypot(x - 64, y - 64);
      return r < 40 && r > 20 ? kBlack : kWhite;
    };
    const vector::Document document = traced(paint(kSize, kSize, ring, samples));
    REQUIRE(document.shapes.size() == 2);
    REQUIRE(document.shapes[1].contours.size() == 2);
    CHECK(turn(document.shapes[0].contours[0]) == Approx(2 * kSize * kSize));
    CHECK(turn(document.shapes[1].contours[0]) > 2000);
    CHECK(turn(document.shapes[1].contours[1]) < -1000);
  }
}

TEST_CASE("Light ink on dark ground is told by the rim") {
  for (const int samples : {1, 8}) {
    const vector::Document document = traced(paint(kSize, kSize, art({250, 220, 60, 255}, {20, 40, 90, 255}), samples));
    REQUIRE(document.shapes.size() == 2);
    CHECK(color_of(document.shapes[0]) == image::Rgba{20, 40, 90, 255});
    CHECK(color_of(document.shapes[1]) == image::Rgba{250, 220, 60, 255});
    CHECK(document.shapes[1].contours.size() == 5);
  }
}

TEST_CASE("The first pixel may be ink") {
  const auto corner = [](image::Rgba ink, image::Rgba paper) {
    return [=](double x, double y) { return x + y < 40 ? ink : paper; };
  };
  for (const int samples : {1, 8}) {
    const vector::Document opaque = traced(paint(kSize, kSize, corner(kBlue, kWhite), samples));
    REQUIRE(opaque.shapes.size() == 2);
    CHECK(color_of(opaque.shapes[0]) == kWhite);
    CHECK(color_of(opaque.shapes[1]) == kBlue);
    const vector::Document clear = traced(paint(kSize, kSize, corner(kBlue, kClear), samples));
    REQUIRE(clear.shapes.size() == 1);
    CHECK(color_of(clear.shapes[0]) == kBlue);
    CHECK(turn(clear.shapes[0].contours[0]) == Approx(1600).epsilon(0.05));
  }
}

TEST_CASE("A window in an opaque picture stays open") {
  const auto frame = [](double x, double y) { return std::hypot(x - 64, y - 64) < 40 ? kClear : kBlue; };
  for (const int samples : {1, 8}) {
    const vector::Document document = traced(paint(kSize, kSize, frame, samples));
    REQUIRE(document.shapes.size() == 1);
    CHECK(color_of(document.shapes[0]) == kBlue);
    CHECK(document.shapes[0].contours.size() == 2);
  }
}

TEST_CASE("Two colours of one lightness are told apart in 1-bit art") {
  const vector::Document document = traced(paint(kSize, kSize, art({255, 0, 0, 255}, {0, 76, 255, 255}), 1));
  REQUIRE(document.shapes.size() == 2);
  CHECK(color_of(document.shapes[1]) == image::Rgba{255, 0, 0, 255});
}

TEST_CASE("A threshold follows uneven light") {
  const auto lit = [](double x, double y) {
    const double paper = 70 + x * 1.4;
    const double level = std::round(in_art(x, y) ? paper * 0.25 : paper);
    const auto v = static_cast<std::uint8_t>(level);
    return image::Rgba{v, v, v, 255};
  };
  trace::TraceParams ink_only;
  ink_only.background.kind = trace::Background::Kind::remove;
  vector::Document document = traced(paint(kSize, kSize, lit, 8), ink_only);
  REQUIRE(document.shapes.size() == 1);
  document.shapes[0].fill = vector::Solid{kBlack};
  const image::Image clean = paint(kSize, kSize, art(kBlack, kWhite));
  CHECK(score::compare(clean, drawn(document)).ssim > 0.97);
}

TEST_CASE("What is transparent stays so, and the opaque is the ink") {
  for (const int samples : {1, 8}) {
    const image::Image picture = paint(kSize, kSize, art(kRed, kClear), samples);
    const vector::Document document = traced(picture);
    REQUIRE(document.shapes.size() == 1);
    CHECK(color_of(document.shapes[0]) == kRed);
    CHECK(ssim(picture) > (samples == 1 ? 0.9 : 0.99));
  }
}

TEST_CASE("A transparent rim around a card keeps the card beneath its ink") {
  const image::Image picture = paint(kSize, kSize, [](double x, double y) {
    if (std::hypot(x - 64, y - 64) > 60) return kClear;
    return std::hypot(x - 64, y - 64) < 25 ? kBlue : image::Rgba{250, 230, 120, 255};
  });
  REQUIRE(traced(picture).shapes.size() == 2);
  CHECK(ssim(picture) > 0.99);
}

TEST_CASE("Near black and near white of a scan become black and white, a colour that was chosen stays") {
  const auto scan = [](double x, double y) {  // pixels of varied levels
    const int grain = (int(x) * 7 + int(y) * 13) % 11;
    const auto v = static_cast<std::uint8_t>(in_art(x, y) ? 6 + grain : 244 + grain);
    return image::Rgba{v, v, v, 255};
  };
  const vector::Document snapped = traced(paint(kSize, kSize, scan, 4));
  REQUIRE(snapped.shapes.size() == 2);
  CHECK(color_of(snapped.shapes[0]) == kWhite);
  CHECK(color_of(snapped.shapes[1]) == kBlack);
  const vector::Document chosen = traced(paint(kSize, kSize, art({17, 17, 17, 255}, {250, 250, 250, 255})));
  CHECK(color_of(chosen.shapes.at(0)) == image::Rgba{250, 250, 250, 255});
  CHECK(color_of(chosen.shapes.at(1)) == image::Rgba{17, 17, 17, 255});
}

TEST_CASE("Background, palette and number of colours bound what is drawn") {
  for (const int samples : {1, 8}) {
    const image::Image picture = paint(kSize, kSize, art(kBlack, kWhite), samples);
    trace::TraceParams params;
    params.background.kind = trace::Background::Kind::remove;
    REQUIRE(traced(picture, params).shapes.size() == 1);
    CHECK(color_of(traced(picture, params).shapes[0]) == kBlack);
    params = {};
    params.max_colors = 1;
    CHECK(traced(picture, params).shapes.size() == 1);
    params = {};
    params.palette = {kBlue, {240, 240, 200, 255}};
    REQUIRE(traced(picture, params).shapes.size() == 2);
    CHECK(color_of(traced(picture, params).shapes[0]) == params.palette[1]);
    CHECK(color_of(traced(picture, params).shapes[1]) == kBlue);
    params.palette = {{128, 128, 128, 255}, {255, 0, 255, 255}};  // grey is nearest to both: the ink takes the other
    CHECK(color_of(traced(picture, params).shapes.at(0)) == params.palette[0]);
    CHECK(color_of(traced(picture, params).shapes.at(1)) == params.palette[1]);
  }
}

TEST_CASE("Speckles go by their size in the picture's own pixels") {
  const auto dots = [](double x, double y) {
    for (int side = 1; side <= 6; ++side) {
      if (x > side * 16 && x < side * 17 && y > 20 && y < 20 + side) return kBlack;
    }
    return y > 80 && y < 100.5 && x > 20 && x < 100 ? kBlack : kWhite;
  };
  trace::TraceParams params;
  std::size_t before = 100;
  for (const std::size_t size : {1, 3, 5}) {
    params.filter_speckle = static_cast<int>(size);
    for (const int samples : {1, 4}) {
      // Squares of 1…6 px beside the large bar, on the rectangle of the paper.
      const image::Image picture = paint(kSize, kSize, dots, samples);
      const std::size_t count = count_of(traced(picture, params));
      CHECK(count == 2 + 6 - (size - 1));
      before = count;
    }
  }
  CHECK(before == 4);
}

TEST_CASE("A higher corner threshold rounds corners, a longer tolerance takes fewer curves") {
  const image::Image picture = paint(kSize, kSize, art(kBlack, kWhite));
  const image::Image aliased = paint(kSize, kSize, art(kBlack, kWhite), 1);
  const auto lines = [&](int corner_threshold) {
    trace::TraceParams params;
    params.corner_threshold = corner_threshold;
    int count = 0;
    const vector::Document document = traced(aliased, params);
    for (const vector::Contour& c : document.shapes.back().contours) {
      for (const vector::Segment& s : c.segments) count += !s.cubic;
    }
    return count;
  };
  CHECK(lines(0) > lines(60));
  CHECK(lines(60) > lines(180));
  CHECK(lines(180) == 0);
  trace::TraceParams fine, coarse;
  fine.length_threshold = 1;
  coarse.length_threshold = 10;
  const auto segments = [&](const trace::TraceParams& params) {
    std::size_t count = 0;
    const vector::Document document = traced(picture, params);
    for (const vector::Contour& c : document.shapes.back().contours) count += c.segments.size();
    return count;
  };
  CHECK(segments(fine) > segments(coarse));
}

TEST_CASE("Pictures without ink, of one pixel, or wholly transparent") {
  const vector::Document white = traced(paint(9, 7, [](double, double) { return kWhite; }));
  REQUIRE(white.shapes.size() == 1);
  CHECK(color_of(white.shapes[0]) == kWhite);
  CHECK(white.width == 9);
  CHECK(white.height == 7);
  CHECK(traced(paint(5, 5, [](double, double) { return kClear; })).shapes.empty());
  CHECK(traced(paint(1, 1, [](double, double) { return kRed; })).shapes.size() == 1);
  CHECK(traced(paint(
                   3, 1, [](double x, double) { return x < 1.5 ? kBlack : kWhite; }, 4))
            .shapes.size() >= 1);
}

TEST_CASE("Tracing stops when it is asked to") {
  const std::atomic<bool> flag{true};
  const trace::Raster raster = trace::to_raster(paint(kSize, kSize, art(kBlack, kWhite), 4));
  CHECK_THROWS_AS(trace::trace_mono(raster, {}, base::Stop(&flag), nullptr), base::Error);
}
