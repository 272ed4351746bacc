// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/trace.h"

#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <cmath>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <thread>

#include "codec/codec.h"
#include "codec/encode.h"
#include "trace/cores.h"
#include "trace/drawing.h"

using namespace imgmill;
using namespace imgmill::test;

namespace {

// A small scene: overlapping shapes, a ring, a thin stroke, three colours that meet.
image::Rgba scene(double x, double y) {
  const double ring = std::hypot(x - 90, y - 40);
  if (ring < 28 && ring > 18) return kBlue;
  if (std::fabs((x - 20) * 0.6 - (y - 100) * 0.8) < 1.2 && x < 110) return kBlack;
  if (std::hypot(x - 45, y - 50) < 30) return kRed;
  if (y > 95) return {250, 190, 40, 255};
  return kWhite;
}

std::set<std::string> colors_of(const std::string& svg) {
  std::set<std::string> colors;
  std::size_t at = 0;
  const auto shape = [&](std::size_t from) {
    return std::min({svg.find("<path", from), svg.find("<circle", from), svg.find("<ellipse", from)});
  };
  while ((at = shape(at)) != std::string::npos) {
    const std::size_t end = std::min(svg.find(" d=", at), svg.find(" cx=", at)), fill = svg.find("fill=\"", at);
    colors.insert(fill < end ? svg.substr(fill + 6, svg.find('"', fill + 6) - fill - 6) : "#000");
    at = end;
  }
  return colors;
}

}  // namespace

TEST_CASE("A flat scene is traced nearly to the pixel, in little") {
  const image::Image picture = paint(128, 128, scene);
  CHECK(ssim_of_tracing(picture) > 0.99);
  CHECK(svg_of(picture).size() < 1400);
}

TEST_CASE("What is quicker is coarser, what is closer is larger: the presets' parameters mean what they say") {
  const image::Image picture = paint(128, 128, scene);
  trace::TraceParams speed, quality;
  speed.length_threshold = 8;
  quality.length_threshold = 2;
  CHECK(ssim_of_tracing(picture, quality) > ssim_of_tracing(picture, speed));
  CHECK(svg_of(picture, quality).size() > svg_of(picture, speed).size());
}

TEST_CASE("Nothing shines through between neighbours") {
  const image::Image picture = paint(128, 128, scene);
  std::string svg = svg_of(picture);
  const std::size_t body = svg.find('>') + 1;
  svg.insert(body, "<rect width=\"100%\" height=\"100%\" fill=\"#f0f\"/>");
  const image::Image over_magenta = drawn(svg, 128, 128), plain = drawn(svg_of(picture), 128, 128);
  int shining = 0;
  for (std::size_t i = 0; i < plain.samples().size(); ++i) {
    shining += std::abs(int(plain.samples()[i]) - int(over_magenta.samples()[i])) > 12;
  }
  CHECK(shining < 12);
}

TEST_CASE("Transparency stays, and translucent areas keep their opacity") {
  const image::Rgba glass{20, 120, 60, 128};
  const image::Image picture = paint(96, 96, [&](double x, double y) {
    if (std::hypot(x - 40, y - 44) < 25) return kRed;
    if (x > 60 && x < 84 && y > 20 && y < 80) return glass;
    return kClear;
  });
  const std::string svg = svg_of(picture);
  CHECK(svg.find("fill-opacity=\".5\"") != std::string::npos);
  const image::Image result = drawn(svg, 96, 96);
  CHECK(result.row(2)[4 * 2 + 3] == 0);
  CHECK(result.row(44)[4 * 40 + 3] == 255);
  CHECK(std::abs(int(result.row(50)[4 * 72 + 3]) - 128) <= 1);
  CHECK(score::compare(picture, result).ssim > 0.99);
}

TEST_CASE("Translucent neighbours don't add up") {
  const image::Image picture = paint(
      128, 48,
      [](double x, double) {
        return image::Rgba{200, 0, 0, std::uint8_t(x * 1.9)};
      },
      1);
  const image::Image result = drawn(svg_of(picture), 128, 48);
  int off = 0;
  for (int x = 2; x < 126; ++x) {
    off = std::max(off, std::abs(int(result.row(24)[4 * x + 3]) - int(picture.row(24)[4 * x + 3])));
  }
  CHECK(off < 48);  // the pixel that two bands share is a little thin; drawn over each other they would be off by 64
}

TEST_CASE("Lines of one pixel side by side are all there") {
  const image::Image picture = paint(
      120, 80, [](double x, double) { return int(x) % 4 == 0 ? kBlack : kWhite; }, 1);
  CHECK(ssim_of_tracing(picture) > 0.99);
}

TEST_CASE("A palette is kept to exactly") {
  trace::TraceParams params;
  params.palette = {{255, 255, 255, 255}, {0, 0, 0, 255}, {0, 0, 255, 255}};
  const std::set<std::string> colors = colors_of(svg_of(paint(128, 128, scene), params));
  CHECK(colors.size() >= 2);
  for (const std::string& color : colors) CHECK((color == "#fff" || color == "#000" || color == "#00f"));
}

TEST_CASE("Ink takes the nearest colour of a palette where no paper is drawn") {
  trace::TraceParams params;
  params.palette = {{20, 20, 40, 255}, {210, 50, 40, 255}};
  params.background.kind = trace::Background::Kind::remove;
  for (const int samples : {1, 8}) {  // of two colours only, and antialiased
    const image::Image picture = paint(
        80, 80, [](double x, double y) { return std::hypot(x - 40, y - 38) < 25 ? kRed : kWhite; }, samples);
    CHECK(colors_of(svg_of(picture, params)) == std::set<std::string>{"#d23228"});
  }
}

TEST_CASE("No more colours than asked for") {
  const image::Image picture = paint(
      96, 96,
      [](double x, double y) {
        return image::Rgba{std::uint8_t(x * 2.6), std::uint8_t(y * 2.6), 90, 255};
      },
      2);
  for (const int bound : {1, 2, 5}) {
    trace::TraceParams params;
    params.max_colors = bound;
    CHECK(colors_of(svg_of(picture, params)).size() <= std::size_t(bound));
  }
}

TEST_CASE("The background can go, what is enclosed stays") {
  trace::TraceParams params;
  params.background.kind = trace::Background::Kind::remove;
  const image::Image picture = paint(128, 128, [](double x, double y) {
    const double r = std::hypot(x - 64, y - 64);
    return r < 50 && r > 25 ? kBlue : kWhite;
  });
  const image::Image result = drawn(svg_of(picture, params), 128, 128);
  CHECK(result.row(3)[4 * 3 + 3] == 0);
  CHECK(result.row(64)[4 * 64 + 3] == 255);
  CHECK(result.row(64)[4 * 27 + 3] == 255);
}

TEST_CASE("A background colour lies under what is transparent") {
  trace::TraceParams params;
  params.background = {trace::Background::Kind::color, {10, 200, 30, 255}};
  const image::Image picture =
      paint(64, 64, [](double x, double y) { return std::hypot(x - 32, y - 32) < 20 ? kRed : kClear; });
  const image::Image result = drawn(svg_of(picture, params), 64, 64);
  CHECK(result.row(2)[4 * 2 + 1] == 200);
  CHECK(result.row(2)[4 * 2 + 3] == 255);
}

TEST_CASE("A ramp cut by shapes is one gradient, in little, and hardly differs") {
  const auto ramp = [](double x, double y) {
    if (std::hypot(x - 50, y - 60) < 24) return kWhite;
    if (std::fabs(x - y - 20) < 4) return kBlack;
    const double t = (x * 0.8 + y * 0.6) / 180;
    return image::Rgba{std::uint8_t(std::lround(20 + 200 * t)), std::uint8_t(std::lround(60 + 40 * t)),
                       std::uint8_t(std::lround(220 - 180 * t)), 255};
  };
  const image::Image picture = paint(128, 128, ramp);
  const std::string svg = svg_of(picture);
  CHECK(svg.find("<linearGradient") != std::string::npos);
  CHECK(svg.find("Gradient id=\"b\"") == std::string::npos);
  CHECK(svg.size() < 1100);
  CHECK(ssim_of_tracing(picture) > 0.99);
}

TEST_CASE("A gradient doesn't flow on into what has another colour there") {
  // From red over blue to green downwards; a thin strip carries on from where it is blue, and stays so.
  const auto level = [](double v) { return static_cast<std::uint8_t>(std::lround(std::clamp(v, 0.0, 255.0))); };
  const image::Image picture = paint(120, 160, [&](double x, double y) -> image::Rgba {
    const double t = (y - 10) / 70;
    const image::Rgba ramp{level(200 - 200 * t), level(100 * t - 100), level(100 * std::min(t, 2 - t) + 60), 255};
    if (x > 10 && x < 110 && y > 10 && y < 80) return ramp;
    if (x > 10 && x < 50 && y > 10 && y < 150) return ramp;
    if (x > 90 && x < 92 && y > 70 && y < 150) return {0, 0, 160, 255};
    return kWhite;
  });
  const trace::Traced traced = trace::trace(picture, {});
  // Its sides lie on the pixel grid; those that meet at a corner are no staircase.
  for (const vector::Segment& s : traced.document.shapes.at(1).contours.at(0).segments) CHECK_FALSE(s.cubic);
  const image::Image got = drawn(vector::write_svg(traced.document, {}), 120, 160);
  for (const int y : {110, 140}) {
    for (const int x : {90, 91}) {
      const std::uint8_t* p = got.samples().data() + (std::size_t(y) * 120 + x) * got.channels();
      CHECK(p[1] < 40);
      CHECK(p[2] > 110);
    }
  }
}

TEST_CASE("Dots as of small text are drawn where they are and as large as they are, faint specks are not") {
  constexpr int kDots = 8;
  constexpr double kWidth = 1.2, kHeight = 1.4;
  const auto left = [](int k) { return 5 + 9.13 * k; };
  const auto top = [](int k) { return 6 + 0.23 * k; };
  // Above a black bar, which tells what black is.
  const auto dots = [&](image::Rgba ink) {
    return test::paint(80, 30, [=](double x, double y) {
      if (y > 18 && y < 26 && x > 5 && x < 75) return kBlack;
      const int k = std::clamp(static_cast<int>((x - 4) / 9.13), 0, kDots - 1);
      const bool inside = x > left(k) && x < left(k) + kWidth && y > top(k) && y < top(k) + kHeight;
      return inside ? ink : kWhite;
    });
  };
  const auto contours = [&](const image::Image& picture, const trace::TraceParams& params) {
    std::vector<vector::Contour> all;
    for (const vector::Shape& shape : trace::trace(picture, params).document.shapes) {
      if (shape.fill == vector::Fill{vector::Solid{kWhite}}) continue;
      all.insert(all.end(), shape.contours.begin(), shape.contours.end());
    }
    return all;
  };
  int found = 0;
  for (const vector::Contour& contour : contours(dots(kBlack), {})) {
    double twice_area = 0;
    vector::Point middle{0, 0}, before = contour.start;
    for (const vector::Segment& s : contour.segments) {
      twice_area += cross(before, s.to);
      middle = middle + s.to * (1.0 / static_cast<double>(contour.segments.size()));
      before = s.to;
    }
    if (middle.y > 15) continue;
    const int k = static_cast<int>((middle.x - 4) / 9.13);
    INFO("dot " << k);
    CHECK(std::fabs(twice_area) / 2 == Approx(kWidth * kHeight).margin(0.2));
    CHECK(middle.x == Approx(left(k) + kWidth / 2).margin(0.15));
    CHECK(middle.y == Approx(top(k) + kHeight / 2).margin(0.15));
    ++found;
  }
  CHECK(found == kDots);
  trace::TraceParams no_specks;
  no_specks.filter_speckle = 6;
  CHECK(contours(dots(kBlack), no_specks).size() == 1);
  CHECK(contours(dots({200, 200, 200, 255}), {}).size() == 1);
}

TEST_CASE("Noise leaves no specks, and black is black") {
  std::uint32_t seed = 3;
  const image::Image clean = paint(128, 128, [](double x, double y) -> image::Rgba {
    if (std::hypot(x - 45, y - 50) < 30) return kBlack;
    return std::hypot(x - 80, y - 75) < 36 ? kRed : kWhite;
  });
  std::vector<std::uint8_t> samples(clean.samples().begin(), clean.samples().end());
  for (std::uint8_t& v : samples) {
    seed = seed * 1664525U + 1013904223U;
    v = static_cast<std::uint8_t>(std::clamp(int(v) + int(seed >> 24) % 13 - 6, 0, 255));
  }
  trace::TraceParams params;
  params.engine = trace::Engine::color;
  const std::string svg = svg_of(image::Image(128, 128, clean.channels(), samples), params);
  const std::set<std::string> colors = colors_of(svg);
  CHECK(colors.count("#000") == 1);
  CHECK(colors.count("#fff") == 1);
  CHECK(svg.size() < 900);
}

TEST_CASE("In a noisy picture a channel near its end stays near it") {
  const image::Rgba teal{4, 150, 137, 255};
  const image::Image clean = paint(
      128, 128, [&](double x, double y) -> image::Rgba { return std::hypot(x - 60, y - 64) < 40 ? teal : kWhite; });
  std::vector<std::uint8_t> samples(clean.samples().begin(), clean.samples().end());
  std::uint32_t seed = 3;
  const std::size_t channels = static_cast<std::size_t>(clean.channels());
  for (std::size_t i = 0; i < samples.size(); ++i) {
    seed = seed * 1664525U + 1013904223U;
    const bool on_teal = samples[i - i % channels] < 100;
    const int noise = on_teal ? 1 : 6;  // or the mean of what is cut off would be another
    samples[i] =
        static_cast<std::uint8_t>(std::clamp(int(samples[i]) + int(seed >> 24) % (2 * noise + 1) - noise, 0, 255));
  }
  trace::TraceParams params;
  params.engine = trace::Engine::color;
  const std::set<std::string> colors = colors_of(svg_of(image::Image(128, 128, clean.channels(), samples), params));
  CHECK(colors == std::set<std::string>{"#049689", "#fff"});
}

TEST_CASE("A JPEG's gradient is a gradient, and what is flat in it stays flat") {
  const auto through_jpeg = [](const image::Image& picture) {
    codec::EncodeOptions options;
    options.quality = 75;
    return codec::decode(codec::encode(picture, codec::Format::jpeg, options, {}).bytes, {}).image;
  };
  const auto scene_of = [](bool shaded) {
    return paint(160, 160, [=](double x, double y) -> image::Rgba {
      if (std::hypot(x - 110, y - 100) < 36) return kBlue;
      if (std::fabs(x - 40) < 9 && y > 20 && y < 140) return {250, 190, 40, 255};
      if (!shaded) return {240, 240, 236, 255};
      const auto v = static_cast<std::uint8_t>(std::lround(120 + 0.75 * y));
      return {v, static_cast<std::uint8_t>(v / 2 + 90), 200, 255};
    });
  };
  const auto count = [](const std::string& text, std::string_view part) {
    std::size_t n = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++n;
    return n;
  };
  trace::TraceParams params;
  params.engine = trace::Engine::color;
  const image::Image shaded = scene_of(true), flat = scene_of(false);
  const std::string of_shaded = svg_of(through_jpeg(shaded), params), of_flat = svg_of(through_jpeg(flat), params);
  CHECK(count(of_shaded, "<linearGradient") == 1);
  CHECK(score::compare(shaded, drawn(of_shaded, 160, 160)).ssim > 0.98);
  CHECK(count(of_flat, "Gradient") == 0);
  CHECK(count(of_flat, "fill=\"#") == 3);
  CHECK(score::compare(flat, drawn(of_flat, 160, 160)).ssim > 0.985);
}

TEST_CASE("A small busy picture is not taken for a noisy one, a small noisy one is") {
  std::uint32_t seed = 5;
  const image::Image busy = paint(64, 64, [](double x, double y) -> image::Rgba {
    const double t = std::hypot(std::fmod(x, 16) - 8, std::fmod(y, 16) - 8);
    const auto v = static_cast<std::uint8_t>(std::lround(std::clamp(180 - 3 * t * t, 40.0, 180.0)));
    return {v, static_cast<std::uint8_t>(v / 2 + 60), 90, 255};
  });
  CHECK_FALSE(trace::find_cores(trace::to_raster(busy), {}).noise.noisy());
  std::vector<std::uint8_t> samples(busy.samples().begin(), busy.samples().end());
  for (std::uint8_t& v : samples) {
    seed = seed * 1664525U + 1013904223U;
    v = static_cast<std::uint8_t>(std::clamp(int(v) + int(seed >> 24) % 13 - 6, 0, 255));
  }
  const image::Image rippled(64, 64, busy.channels(), samples);
  CHECK(trace::find_cores(trace::to_raster(rippled), {}).noise.noisy());
}

TEST_CASE("A bar is four lines, whatever part of a pixel its sides run through") {
  for (const double by : {0.0, 0.25, 0.5}) {
    const image::Image picture = paint(48, 48, [&](double x, double y) {
      return x > 20 + by && x < 25.75 && y > 10.25 && y < 40.5 ? kBlack : kWhite;
    });
    const trace::Traced traced = trace::trace(picture, {});
    REQUIRE(traced.document.shapes.size() == 2);
    const vector::Contour& bar = traced.document.shapes[1].contours.at(0);
    CHECK(bar.segments.size() <= 4);
    for (const vector::Segment& s : bar.segments) CHECK_FALSE(s.cubic);
    CHECK(ssim_of_tracing(picture) > 0.998);
  }
}

TEST_CASE("A shape that the rim of the picture cuts reaches the rim all along") {
  const auto color_at = [](double x, double y) {
    return std::hypot(x - 60, y - 30) < 40 || (x > 60 && x < 140 && y < 50) ? kBlack : kWhite;
  };
  const image::Image picture = paint(160, 96, color_at);
  const image::Image got = drawn(svg_of(picture), 640, 384);
  const image::Image ideal = paint(
      640, 384, [&](double x, double y) { return color_at(x / 4, y / 4); }, 4);
  int off = 0;
  for (int x = 0; x < 640; ++x) {
    off += std::abs(int(got.samples()[std::size_t(x) * got.channels()]) -
                    int(ideal.samples()[std::size_t(x) * ideal.channels()])) > 60;
  }
  CHECK(off < 8);
}

TEST_CASE("A hairline is not broken where no pixel shows most of it") {
  // It climbs slowly, so that now one row of pixels shows it and now two share it.
  const image::Image picture = paint(120, 80, [&](double x, double y) {
    if (y > 68) return kBlack;
    return std::fabs(y - 20 - (x - 10) * 0.15) < 0.35 && x > 8 && x < 112 ? kBlack : kWhite;
  });
  const image::Image got = drawn(svg_of(picture), 120, 80);
  int broken = 0;
  for (std::size_t x = 14; x < 106; ++x) {
    int ink = 0;
    for (std::size_t y = 0; y < 67; ++y) ink += 255 - got.samples()[(y * 120 + x) * got.channels()];
    broken += ink < 40;
  }
  CHECK(broken == 0);
}

TEST_CASE("The way beneath a hairline is short") {
  const image::Image picture = paint(160, 160, [](double x, double y) -> image::Rgba {
    const bool low = y > 121.4;
    if (std::fabs(y - 120.7) < 0.7) return kBlack;
    return x > 20 && x < 140 && y > 30 && !low ? kRed : kWhite;
  });
  const trace::Traced traced = trace::trace(picture, {});
  std::size_t segments = 0;
  for (const vector::Shape& shape : traced.document.shapes) {
    for (const vector::Contour& contour : shape.contours) segments += contour.segments.size();
  }
  CHECK(segments < 30);
}

TEST_CASE("A gradient that doesn't pay is left to plain colour, and so are the colours of a palette") {
  const auto faint = [](double x, double) { return image::Rgba{std::uint8_t(100 + x / 32), 100, 100, 255}; };
  CHECK(svg_of(paint(96, 96, faint, 1)).find("Gradient") == std::string::npos);
  const auto strong = [](double x, double) { return image::Rgba{std::uint8_t(40 + x * 2), 100, 100, 255}; };
  const image::Image picture = paint(96, 96, strong, 1);
  REQUIRE(svg_of(picture).find("Gradient") != std::string::npos);
  trace::TraceParams params;
  params.max_colors = 4;
  CHECK(svg_of(picture, params).find("Gradient") == std::string::npos);
  params.max_colors = 0;
  params.palette = {kBlack, kWhite, kRed};
  CHECK(svg_of(picture, params).find("Gradient") == std::string::npos);
}

TEST_CASE("A glow that fades out is a gradient of opacity") {
  const auto glow = [](double x, double y) {
    const double r = std::hypot(x - 48, y - 48) / 46;
    return image::Rgba{250, 120, 20, std::uint8_t(r < 1 ? std::lround(255 * (1 - r)) : 0)};
  };
  const image::Image picture = paint(96, 96, glow, 2);
  const std::string svg = svg_of(picture);
  CHECK(svg.find("<radialGradient") != std::string::npos);
  CHECK(svg.find("stop-opacity") != std::string::npos);
  CHECK(ssim_of_tracing(picture) > 0.97);
}

TEST_CASE("What an open ring encloses is seen, though a straight way from end to end is hidden") {
  // The disc lies lowest, the open ring upon it; its inner edge is hidden by the two arcs, its opening by a third.
  const auto rings = [](double x, double y) {
    const double dx = x - 64, dy = y - 64, r = std::hypot(dx, dy);
    if (r > 42) return kWhite;
    if (r > 34) return dy < 0 && std::fabs(dx) < 0.45 * r ? kBlack : kBlue;
    if (r > 30) return dx < 0 ? image::Rgba{20, 160, 60, 255} : image::Rgba{240, 150, 20, 255};
    return kRed;
  };
  const image::Image picture = paint(128, 128, rings);
  const image::Image result = drawn(svg_of(picture), 128, 128);
  const auto red_at = [&](int x, int y) { return int(result.data()[(y * 128 + x) * result.channels()]); };
  for (const auto& [x, y] : {std::pair{64, 64}, {50, 60}, {80, 70}, {64, 85}}) CHECK(red_at(x, y) == kRed.r);
}

TEST_CASE("A gradient of two directions stays close, and closer with a smaller step") {
  const image::Image picture = paint(
      128, 128,
      [](double x, double y) {
        return image::Rgba{std::uint8_t(40 + x), std::uint8_t(60 + y * 0.7), 120, 255};
      },
      2);
  trace::TraceParams fine, coarse;
  fine.layer_difference = 8;
  coarse.layer_difference = 64;
  CHECK(ssim_of_tracing(picture, fine) > 0.96);
  CHECK(svg_of(picture, coarse).size() < svg_of(picture, fine).size());
}

TEST_CASE("Pictures of every odd shape are traced") {
  for (const auto& [width, height] : {std::pair{1, 1}, {1, 40}, {40, 1}, {2, 2}, {3, 7}, {5, 5}}) {
    INFO(width << " x " << height);
    CHECK(svg_of(paint(width, height, [](double x, double) { return x < 1 ? kRed : kBlue; })).find("</svg>") !=
          std::string::npos);
    CHECK(svg_of(paint(width, height, [](double, double) { return kClear; })).find("<path") == std::string::npos);
  }
  const image::Image plain = paint(
      30, 20, [](double, double) { return kRed; }, 1);
  CHECK(score::compare(plain, drawn(svg_of(plain), 30, 20)).ssim > 0.9999);
}

TEST_CASE("Noise is traced without end or crash") {
  std::uint32_t state = 1;
  std::vector<std::uint8_t> samples(64 * 64 * 4);
  for (std::uint8_t& v : samples) v = static_cast<std::uint8_t>((state = state * 1664525u + 1013904223u) >> 24);
  CHECK(svg_of(image::Image(64, 64, 4, samples)).size() > 100);
}

TEST_CASE("Pixel art is recognised, kept exactly, and keeps to a palette") {
  const image::Image picture = paint(
      64, 64,
      [](double x, double y) {
        const int column = int(x) / 8, row = int(y) / 8;
        return (column * 5 + row * 3) % 7 < 3 ? kRed : ((column + row) % 3 == 0 ? kBlue : kWhite);
      },
      1);
  const trace::Traced traced = trace::trace(picture, {});
  CHECK(traced.engine == "pixel");
  CHECK(score::compare(picture, drawn(svg_of(picture), 64, 64)).ssim == 1);
  trace::TraceParams params;
  params.palette = {{0, 0, 0, 255}, {255, 255, 255, 255}};
  for (const std::string& color : colors_of(svg_of(picture, params))) CHECK((color == "#fff" || color == "#000"));
}

TEST_CASE("A photograph is told from a drawing") {
  std::uint32_t state = 1;
  const image::Image noisy = paint(
      160, 160,
      [&](double x, double y) {
        const int grain = int((state = state * 1664525u + 1013904223u) >> 27);
        return image::Rgba{std::uint8_t(60 + x * 0.7 + grain), std::uint8_t(90 + y * 0.5 + grain),
                           std::uint8_t(80 + grain), 255};
      },
      1);
  CHECK(trace::trace(noisy, {}).engine == "photo");
  CHECK(trace::trace(paint(128, 128, scene), {}).engine == "color");
}

TEST_CASE("The same picture gives the same bytes") {
  const image::Image picture = paint(128, 128, scene);
  CHECK(svg_of(picture) == svg_of(picture));
}

TEST_CASE("A tracer draws as anew, whatever it drew before") {
  trace::TraceParams exact, coarse, few, sharp;
  sharp.length_threshold = 2, sharp.layer_difference = 5;
  coarse.color_precision = 3;
  few.max_colors = 2;
  trace::TraceParams over_green;
  over_green.background = {trace::Background::Kind::color, {20, 200, 90, 255}};
  const auto flat = paint(128, 128, scene);
  const auto smooth = paint(96, 96, [](double x, double y) {
    if (std::hypot(x - 60, y - 40) < 25)
      return image::Rgba{200, std::uint8_t(40 + y), 30, std::uint8_t(y < 40 ? 255 : 0)};
    return image::Rgba{std::uint8_t(40 + 2 * x), 80, std::uint8_t(200 - x), 255};
  });
  const auto near_colors = paint(96, 96, [](double x, double y) {
    if (std::hypot(x - 30, y - 50) < 18) return kRed;
    return std::hypot(x - 65, y - 50) < 18 ? image::Rgba{190, 50, 40, 255} : kWhite;
  });
  for (const image::Image& picture : {flat, smooth, near_colors}) {
    trace::Tracer tracer(picture);
    for (const trace::TraceParams& params : {exact, sharp, coarse, exact, few, exact, over_green, sharp}) {
      CHECK(vector::write_svg(tracer.trace(params).document, {params.path_precision, false}) ==
            svg_of(picture, params));
    }
  }
}

TEST_CASE("Pieces side by side, in any order, give the same bytes") {
  std::size_t most = 0;
  const base::ForEach on_threads = [&](std::size_t count, const std::function<void(std::size_t)>& piece) {
    most = std::max(most, count);
    std::atomic<std::size_t> left{count};
    const auto work = [&] {
      for (std::size_t k = left--; k > 0 && k <= count; k = left--) piece(k - 1);
    };
    std::thread other(work);
    work();
    other.join();
  };
  const image::Image picture = paint(128, 128, scene);
  CHECK(vector::write_svg(trace::trace(picture, {}, {{}, nullptr, on_threads}).document, {}) == svg_of(picture));
  CHECK(most > 1);
}

TEST_CASE("A stop is heard, and a passed deadline") {
  const image::Image picture = paint(128, 128, scene, 2);
  const std::atomic<bool> stopped{true};
  CHECK_THROWS_AS(trace::trace(picture, {}, {base::Stop(&stopped)}), base::Error);
  const std::atomic<bool> running{false};
  const base::Stop late(&running, base::Stop::Clock::now() - std::chrono::seconds(1));
  try {
    trace::trace(picture, {}, {late});
    FAIL("went on past its deadline");
  } catch (const base::Error& error) {
    CHECK(error.kind() == base::ErrorKind::timeout);
  }
}

TEST_CASE("The stages are timed") {
  base::StageClock clock;
  trace::trace(paint(64, 64, scene, 2), {}, {{}, &clock});
  CHECK(clock.stages().size() >= 4);
}
