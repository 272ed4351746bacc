// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Pictures with soft shadows, as librsvg draws them.
#include "trace/shadow.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <regex>

#include <fmt/format.h>

#include "trace/drawing.h"

using namespace imgmill;

namespace {

constexpr int kSize = 200;

image::Image picture(const std::string& ground, const std::string& body) {
  const std::string plate =
      ground.empty() ? "" : fmt::format("<rect width=\"{0}\" height=\"{0}\" fill=\"{1}\"/>", kSize, ground);
  return test::drawn(fmt::format("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{0}\">{1}{2}</svg>",
                                 kSize, plate, body),
                     kSize, kSize);
}

// The shape's shadow, `shape` having a place for what it is painted with.
std::string shadow_of(const std::string& shape, double sigma, double down, const std::string& paint) {
  return fmt::format(
      "<filter id=\"f{0}\" x=\"-1\" y=\"-1\" width=\"3\" height=\"3\" color-interpolation-filters=\"sRGB\">"
      "<feGaussianBlur stdDeviation=\"{0}\"/></filter><g filter=\"url(#f{0})\"><g transform=\"translate(0 "
      "{1})\">{2}</g></g>",
      sigma, down, fmt::format(fmt::runtime(shape), paint));
}

std::string in(const std::string& shape, const std::string& color) {
  return fmt::format(fmt::runtime(shape), "fill=\"" + color + '"');
}

const std::string kCard = "<rect x=\"40\" y=\"40\" width=\"110\" height=\"90\" rx=\"10\" {}/>";
const std::string kDisc = "<circle cx=\"96\" cy=\"92\" r=\"44\" {}/>";
const std::string kRing =
    "<path d=\"M96 36a60 60 0 100 120 60 60 0 000-120zm0 26a34 34 0 110 68 34 34 0 010-68z\" {}/>";
const std::string kBlackHalf = "fill-opacity=\".4\"";

int blurs(const std::string& svg) {
  const std::regex blur("<feGaussianBlur");
  return static_cast<int>(std::distance(std::sregex_iterator(svg.begin(), svg.end(), blur), std::sregex_iterator()));
}

// A tracing with so many blurred shapes, that close, in so few bytes.
std::string check_tracing(const image::Image& image, int layers, double ssim, std::size_t bytes) {
  const std::string svg = test::svg_of(image);
  INFO(svg);
  CHECK(blurs(svg) == layers);
  CHECK(svg.size() <= bytes);
  CHECK(score::compare(image, test::drawn(svg, kSize, kSize)).ssim >= ssim);
  return svg;
}

std::optional<trace::Lifted> lifted(const image::Image& image) {
  const trace::Raster raster = trace::to_raster(image);
  return trace::lift_shadows(raster, trace::find_cores(raster, {}), {});
}

}  // namespace

TEST_CASE("A shadow is told by how far it is moved and blurred, and how deep it is") {
  for (const double sigma : {3.0, 6.0, 12.0}) {
    for (const char* ground : {"#fff", "#eef1f6", ""}) {
      const auto found = lifted(picture(ground, shadow_of(kDisc, sigma, 5, kBlackHalf) + in(kDisc, "#d0452f")));
      INFO("sigma " << sigma << " on " << ground);
      REQUIRE(found);
      REQUIRE(found->shadows.size() == 1);
      REQUIRE(found->shadows[0].casters.size() == 1);
      REQUIRE(found->shadows[0].casters[0].layers.size() == 1);
      const auto& [blur, paint] = found->shadows[0].casters[0].layers[0];
      CHECK(std::fabs(blur.sigma - sigma) < 0.12 * sigma);
      CHECK(std::fabs(blur.shift.x) < 0.3);
      CHECK(std::fabs(blur.shift.y - 5) < 0.3);
      CHECK(std::fabs(paint.a - 0.4 * 255) < 4);
      CHECK((paint.r < 2 && paint.g < 2 && paint.b < 2));
    }
  }
}

TEST_CASE("The picture without its shadow is what was drawn without one") {
  for (const char* ground : {"#eef1f6", ""}) {
    const auto found = lifted(picture(ground, shadow_of(kDisc, 6, 5, kBlackHalf) + in(kDisc, "#d0452f")));
    const trace::Raster plain = trace::to_raster(picture(ground, in(kDisc, "#d0452f")));
    REQUIRE(found);
    int worst = 0;
    for (std::size_t i = 0; i < plain.at.size(); ++i) {
      const trace::Sample a = found->raster.at[i], b = plain.at[i];
      worst = std::max({worst, std::abs(a.r - b.r), std::abs(a.g - b.g), std::abs(a.b - b.b), std::abs(a.a - b.a)});
    }
    CHECK(worst <= 6);
  }
}

TEST_CASE("A soft shadow is one blurred shape beneath what casts it") {
  check_tracing(picture("#eef1f6", shadow_of(kDisc, 6, 5, kBlackHalf) + in(kDisc, "#d0452f")), 1, 0.998, 480);
  check_tracing(picture("", shadow_of(kCard, 8, 6, kBlackHalf) + in(kCard, "#2b7de9")), 1, 0.998, 480);
}

TEST_CASE("What has the ground's own colour is seen by its shadow alone, and is drawn") {
  const image::Image image = picture("#fff", shadow_of(kCard, 6, 4, kBlackHalf) + in(kCard, "#fff"));
  check_tracing(image, 1, 0.998, 560);
}

TEST_CASE("A shadow is seen through a hole of what casts it") {
  check_tracing(picture("#fff", shadow_of(kRing, 6, 5, kBlackHalf) + in(kRing, "#d0452f")), 1, 0.998, 620);
  check_tracing(picture("", shadow_of(kRing, 6, 5, kBlackHalf) + in(kRing, "#d0452f")), 1, 0.998, 620);
}

TEST_CASE("A hole may be larger than what is seen of the ground around it") {
  const std::string hoop = "<path d=\"M24 20h150v150h-150zm10 10v130h130v-130z\" {}/>";
  check_tracing(picture("#fff", shadow_of(hoop, 4, 4, kBlackHalf) + in(hoop, "#d0452f")), 1, 0.998, 700);
}

TEST_CASE("A hole that is in the shade all over is one too") {
  const std::string frame = "<path d=\"M40 40h120v90h-120zm30 38v14h60v-14z\" {}/>";
  check_tracing(picture("#fff", shadow_of(frame, 8, 5, kBlackHalf) + in(frame, "#d0452f")), 1, 0.998, 620);
}

TEST_CASE("Grey that is no shadow stays where it is") {
  const std::string grey =
      "<linearGradient id=\"g\" x2=\"0\" y2=\"1\"><stop stop-color=\"#ddd\"/><stop offset=\"1\" stop-color=\"#999\"/>"
      "</linearGradient><rect x=\"70\" y=\"60\" width=\"50\" height=\"40\" fill=\"url(#g)\"/>";
  const std::string shadow = shadow_of(kCard, 8, 5, kBlackHalf);
  check_tracing(picture("#fff", shadow + in(kCard, "#d0452f") + grey), 1, 0.998, 720);
}

TEST_CASE("A coloured shadow keeps its colour, and says that viewers must not mix it as light") {
  const std::string svg = check_tracing(
      picture("#fff", shadow_of(kCard, 8, 6, "fill=\"#2040ff\" fill-opacity=\".5\"") + in(kCard, "#d0452f")), 1, 0.997,
      560);
  CHECK(svg.find("color-interpolation-filters=\"sRGB\"") != std::string::npos);
}

TEST_CASE("Shadows of different kinds are found each by itself") {
  const std::string left = "<rect x=\"16\" y=\"20\" width=\"60\" height=\"130\" rx=\"8\" {}/>";
  const std::string right = "<circle cx=\"144\" cy=\"60\" r=\"26\" {}/>";
  const image::Image image = picture("#eef1f6", shadow_of(left, 3, 2, kBlackHalf) + shadow_of(right, 6, 9, kBlackHalf) +
                                                    in(left, "#fff") + in(right, "#d0452f"));
  check_tracing(image, 2, 0.998, 900);
}

TEST_CASE("Shadows of different kinds are told from each other where they meet") {
  const std::string left = "<rect x=\"20\" y=\"24\" width=\"70\" height=\"120\" rx=\"8\" {}/>";
  const std::string right = "<circle cx=\"138\" cy=\"80\" r=\"34\" {}/>";
  const image::Image image = picture("#eef1f6", shadow_of(left, 9, 6, kBlackHalf) + shadow_of(right, 4, 4, kBlackHalf) +
                                                    in(left, "#fff") + in(right, "#d0452f"));
  check_tracing(image, 2, 0.998, 900);
}

TEST_CASE("What lies in another's shadow casts none") {
  const std::string mark = "<rect x=\"156\" y=\"70\" width=\"8\" height=\"20\" fill=\"#333\"/>";
  check_tracing(picture("#eef1f6", shadow_of(kCard, 8, 6, kBlackHalf) + in(kCard, "#fff") + mark), 1, 0.998, 640);
}

TEST_CASE("A shadow of two layers is two blurred shapes") {
  const std::string paint = "fill-opacity=\".2\"";
  const image::Image image =
      picture("#fff", shadow_of(kCard, 12, 9, paint) + shadow_of(kCard, 2.5, 2, paint) + in(kCard, "#2b7de9"));
  check_tracing(image, 2, 0.997, 800);
}

TEST_CASE("Gradients are no shadows") {
  const auto ramp = [](double from, double to) {
    return [=](double x, double y) {
      const double t = std::clamp((y - from) / (to - from), 0.0, 1.0);
      const auto v = static_cast<std::uint8_t>(255 - std::lround(120 * t));
      const bool inside = std::hypot(x - 96, y - 100) < 40;
      return inside ? test::kRed : image::Rgba{v, v, v, 255};
    };
  };
  CHECK(!lifted(test::paint(kSize, kSize, ramp(40, 180), 4)));
  const auto glow = [](double x, double y) {
    const double t = std::clamp(1 - std::hypot(x - 96, y - 100) / 80, 0.0, 1.0);
    const auto v = static_cast<std::uint8_t>(255 - std::lround(140 * t));
    return std::hypot(x - 60, y - 100) < 20 ? test::kBlue : image::Rgba{v, v, v, 255};
  };
  CHECK(!lifted(test::paint(kSize, kSize, glow, 4)));
}

TEST_CASE("No shadow is blurred where that isn't wanted, or only given colours are") {
  const image::Image image = picture("#eef1f6", shadow_of(kDisc, 6, 5, kBlackHalf) + in(kDisc, "#d0452f"));
  trace::TraceParams off, palette, few;
  off.shadows = false;
  palette.palette = {test::kWhite, test::kBlack, test::kRed};
  few.max_colors = 3;
  for (const trace::TraceParams& params : {off, palette, few}) CHECK(blurs(test::svg_of(image, params)) == 0);
  // A tracer that has drawn with shadows draws without, and back.
  trace::Tracer tracer(image);
  for (const trace::TraceParams& params : {trace::TraceParams{}, off, trace::TraceParams{}, few}) {
    CHECK(vector::write_svg(tracer.trace(params, {}).document, {}) == test::svg_of(image, params));
  }
}
