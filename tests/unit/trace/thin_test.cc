// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Small writing, as librsvg draws it: letters of strokes, so that no font is needed.
#include <catch2/catch.hpp>
#include <set>

#include <fmt/format.h>

#include "trace/drawing.h"

using namespace imgmill;

namespace {

constexpr int kWidth = 150, kHeight = 72;

// "tee oak set", in letters 5 px high, where no pixel row is met.
std::string words(double down, const std::string& color, double stroke) {
  const std::string t = "m{} {}v6m-1.4-4.6h3.4", e = "m{} {}h3.6a1.9 1.9 0 1 0 -.7 1.6",
                    o = "m{} {}a1.9 2 0 1 0 3.8 0 1.9 2 0 1 0 -3.8 0z", k = "m{} {}v6.2m3-4l-2.9 2.2 3 2",
                    s = "m{} {}c-.6-1.2-3-1.1-3 .1 0 1.7 3.2.7 3.2 2.4 0 1.4-2.8 1.4-3.3.1";
  struct Glyph {
    std::string path;
    double across, down;
  };
  const std::vector<Glyph> glyphs{{t, 2, -2},    {e, 6.3, 2},  {e, 12.6, 2}, {o, 24, 2},   {e, 30.4, 2},
                                  {k, 37, -2.2}, {s, 51, 0.6}, {e, 54.3, 2}, {t, 61.6, -2}};
  std::string paths;
  for (double from : {4.3, 74.7}) {
    for (const Glyph& g : glyphs) {
      paths += fmt::format("<path d=\"M0 0{}\"/>", fmt::format(fmt::runtime(g.path), from + g.across, down + g.down));
    }
  }
  return fmt::format("<g fill=\"none\" stroke=\"{}\" stroke-width=\"{}\">{}</g>", color, stroke, paths);
}

image::Image picture(const std::string& body, bool clear = false, int height = kHeight) {
  const std::string plate = clear ? "" : "<rect width=\"150\" height=\"72\" fill=\"#fff\"/>";
  return test::drawn(fmt::format("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{}\" height=\"{}\">{}{}</svg>",
                                 kWidth, height, plate, body),
                     kWidth, height);
}

std::set<std::string> fills(const image::Image& image, const trace::TraceParams& params = {}) {
  std::set<std::string> found;
  for (const vector::Shape& shape : trace::trace(image, params).document.shapes) {
    const image::Rgba c = std::get<vector::Solid>(shape.fill).color;
    found.insert(fmt::format("{:02x}{:02x}{:02x}", c.r, c.g, c.b));
  }
  return found;
}

const std::string kLines =
    words(12.3, "#000", 1.1) + words(28.6, "#444", 1.1) + words(44.1, "#777", 1.2) + words(60.4, "#1a5fb4", 1.1);

}  // namespace

TEST_CASE("Small writing is traced in its strokes and with what these enclose") {
  CHECK(test::ssim_of_tracing(picture(words(12.3, "#000", 1.1) + words(40.6, "#000", 1.4))) >= 0.996);
  CHECK(test::ssim_of_tracing(picture(kLines)) >= 0.99);
  CHECK(test::ssim_of_tracing(picture(kLines, true)) >= 0.995);
}

TEST_CASE("What small writing encloses is left open") {
  std::size_t grounds = 0;
  for (const vector::Shape& shape : trace::trace(picture(words(12.3, "#000", 1.1)), {}).document.shapes) {
    if (shape.fill == vector::Fill{vector::Solid{test::kWhite}}) grounds += shape.contours.size();
  }
  CHECK(grounds == 1);
}

TEST_CASE("Small writing has one ink a line, which no pixel need show pure") {
  CHECK(fills(picture(kLines)) == std::set<std::string>{"ffffff", "050505", "444444", "777777", "1a5fb4"});
  CHECK(fills(picture(kLines, true)) == std::set<std::string>{"000000", "444444", "777777", "1a5fb4"});
}

TEST_CASE("Small writing gets no ink besides those asked for") {
  trace::TraceParams params;
  params.max_colors = 2;
  CHECK(fills(picture(kLines), params).size() == 2);
}

TEST_CASE("Faint lines beside small writing stay") {
  const std::string line = "<path d=\"M2 22.2L148 18.8\" stroke=\"#bbb\" stroke-width=\"1\"/>";
  const image::Image image = picture(words(12.3, "#000", 1.1) + line);
  const image::Image again = test::drawn(test::svg_of(image), kWidth, kHeight);
  const auto darkness = [](const image::Image& of) {
    double sum = 0;
    for (int y = 17; y < 25; ++y) {
      for (int x = 10; x < 140; ++x)
        sum += 255 - of.samples()[(static_cast<std::size_t>(y) * kWidth + x) * of.channels()];
    }
    return sum;
  };
  CHECK(darkness(again) == Approx(darkness(image)).epsilon(0.2));
  CHECK(score::compare(image, again).ssim >= 0.99);
}

TEST_CASE("Small writing that fills the picture is told from its ground") {
  std::string letters;
  for (double down = 5.3; down < kHeight - 5; down += 6.1) {
    for (double across = 2.4; across < kWidth - 7; across += 5.3) {
      letters += fmt::format("<path d=\"M{} {}h3.6a1.9 1.9 0 1 0 -.7 1.6\"/>", across, down);
    }
  }
  const std::string body = "<g fill=\"none\" stroke=\"#444\" stroke-width=\"1.1\">" + letters + "</g>";
  CHECK(test::ssim_of_tracing(picture(body)) >= 0.965);
  CHECK(test::ssim_of_tracing(picture(body, true)) >= 0.98);
}

TEST_CASE("Small writing that touches other colours is left to them both") {
  const std::string line = "<path d=\"M2 17.6h146\" stroke=\"#d22\" stroke-width=\"1.4\"/>";
  const image::Image image = picture(words(12.3, "#000", 1.1) + line);
  CHECK(fills(image).contains("dd2222"));
  CHECK(test::ssim_of_tracing(image) >= 0.99);
}

TEST_CASE("What a thin frame holds is not lost") {
  const std::string frame = "<path fill=\"none\" stroke=\"#1a5fb4\" d=\"M.5 .5h149v71H.5z\"/>";
  const std::string ring =
      "<path fill=\"none\" stroke=\"#1a5fb4\" stroke-width=\"1.3\" d=\"M75 .7a74.3 35.3 0 0 1 0 70.6 "
      "74.3 35.3 0 0 1 0-70.6z\"/>";
  const std::string box = "<path fill=\"none\" stroke=\"#000\" d=\"M3.5 8.5h140v26h-140z\"/>";
  const std::string dot = "<circle cx=\"130\" cy=\"28\" r=\"3\" fill=\"#d22\"/>";
  for (const std::string& body : {frame, ring, frame + words(20.3, "#1a5fb4", 1.1), ring + words(40.3, "#1a5fb4", 1.1),
                                  box + words(12.1, "#000", 1.1), box + dot + words(12.1, "#000", 1.1)}) {
    const image::Image image = picture(body);
    const image::Image again = test::drawn(test::svg_of(image), kWidth, kHeight);
    INFO(body.substr(0, 200));
    REQUIRE(again.channels() == 4);
    int least = 255;
    for (std::size_t i = 3; i < again.samples().size(); i += 4) least = std::min<int>(least, again.samples()[i]);
    CHECK(least > 250);  // nothing of the ground is missing
    CHECK(score::compare(image, again).ssim >= 0.99);
  }
}
