// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/edges.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <random>

#include "trace/cores.h"
#include "trace/drawing.h"
#include "trace/mixtures.h"

using namespace imgmill;
using namespace imgmill::test;

namespace {

// Signed distances of the edge points that the picture's loops give from where the edge is known to be; points within
// `rim` px of the picture's border are left out.
std::vector<double> errors(const image::Image& picture, const std::function<double(vector::Point)>& distance,
                           double rim) {
  const trace::Raster raster = trace::to_raster(picture);
  const trace::TraceParams params;
  trace::PaintMap map = trace::find_paints(raster, trace::find_cores(raster, {}), params, {});
  trace::explain_mixtures(map, raster, params, {});
  trace::Parts parts = trace::find_parts(map, 1, {});
  const trace::EdgeFinder finder(map, parts, raster);
  std::vector<double> out;
  for (const trace::Loop& loop : trace::trace_loops(parts, map, {})) {
    for (std::size_t k = 0; k < loop.cracks.size(); ++k) {
      const trace::Pixel outer = trace::outer_pixel(loop.cracks[k]);
      if (parts.at(outer.x, outer.y) == trace::kOutside) continue;
      for (const trace::EdgePoint& p : finder.find(loop, k, 1)) {
        if (p.at.x < rim || p.at.y < rim || p.at.x > picture.width() - rim || p.at.y > picture.height() - rim) continue;
        out.push_back(distance(p.at));
      }
    }
  }
  return out;
}

double mean(const std::vector<double>& v) {
  double sum = 0;
  for (const double x : v) sum += x;
  return sum / double(v.size());
}

double rms(const std::vector<double>& v) {
  double sum = 0;
  for (const double x : v) sum += x * x;
  return std::sqrt(sum / double(v.size()));
}

}  // namespace

TEST_CASE("A straight antialiased edge is found to a few hundredths of a pixel at any angle") {
  std::mt19937 random(7);
  std::uniform_real_distribution<double> angle(0, 3.14159265), shift(-3, 3);
  for (int k = 0; k < 40; ++k) {
    const double a = angle(random), c = std::cos(a), s = std::sin(a), offset = 24 * (c + s) + shift(random);
    const auto distance = [&](vector::Point p) { return p.x * c + p.y * s - offset; };
    const image::Image picture = paint(
        48, 48,
        [&](double x, double y) {
          return distance({x, y}) < 0 ? kBlack : kWhite;
        },
        32);
    const std::vector<double> off = errors(picture, distance, 6);
    REQUIRE(off.size() > 30);
    INFO("angle " << a << ", offset " << offset);
    CHECK(std::fabs(mean(off)) < 0.02);
    CHECK(rms(off) < 0.05);
  }
}

TEST_CASE("The edge of a disc is found without bias") {
  for (const double radius : {6.0, 9.3, 15.7}) {
    const auto distance = [&](vector::Point p) { return std::hypot(p.x - 24.3, p.y - 23.6) - radius; };
    const image::Image picture = paint(
        48, 48,
        [&](double x, double y) {
          return distance({x, y}) < 0 ? kRed : kWhite;
        },
        32);
    const std::vector<double> off = errors(picture, distance, 1);
    INFO("radius " << radius);
    CHECK(std::fabs(mean(off)) < 0.03);
    CHECK(rms(off) < 0.08);
  }
}

TEST_CASE("The width of thin strokes is kept") {
  for (const double width : {1.0, 1.5, 2.0, 3.0}) {
    const double c = std::cos(0.3), s = std::sin(0.3);
    const auto across = [&](vector::Point p) { return (p.x - 30) * c + (p.y - 30) * s; };
    const auto distance = [&](vector::Point p) { return std::fabs(across(p)) - width / 2; };
    // A block of the same colour elsewhere, as the other letters of a word would be.
    const image::Image picture = paint(60, 60, [&](double x, double y) {
      const bool ink = distance({x, y}) < 0 || (x < 14 && y < 14);
      return ink ? kBlack : kWhite;
    });
    const std::vector<double> off = errors(
        picture, [&](vector::Point p) { return p.x < 17 && p.y < 17 ? 0 : distance(p); }, 6);
    REQUIRE(off.size() > 60);
    INFO("width " << width);
    CHECK(std::fabs(mean(off)) < 0.06);
    CHECK(rms(off) < 0.15);
  }
}
