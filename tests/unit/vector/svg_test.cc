// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "vector/svg.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <cstdlib>
#include <random>

#include <fmt/format.h>

#include "vector/rasterise.h"

using namespace imgmill;
using vector::arc_to;
using vector::Contour;
using vector::cubic_to;
using vector::Document;
using vector::line_to;
using vector::Point;
using vector::Shape;
using vector::Solid;
using vector::write_svg;

namespace {

Document square(image::Rgba color) {
  Contour contour{{1, 1}, {line_to({3, 1}), line_to({3, 3}), line_to({1, 3}), line_to({1, 1})}};
  return {4, 4, {Shape{{contour}, Solid{color}}}, 1.0 / 8};
}

}  // namespace

TEST_CASE("Integer coordinates in a scaled viewBox, relative, nothing repeated") {
  CHECK(write_svg(square({255, 0, 0, 255}), {}) ==
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"4\" height=\"4\" viewBox=\"0 0 32 32\">"
        "<path fill=\"#f00\" d=\"M8 8h16v16h-16z\"/></svg>\n");
}

TEST_CASE("Black needs no fill, other colours the short form where there is one, opacity the fewest digits") {
  CHECK(write_svg(square({0, 0, 0, 255}), {}).find("fill") == std::string::npos);
  CHECK(write_svg(square({18, 52, 86, 255}), {}).find("fill=\"#123456\"") != std::string::npos);
  CHECK(write_svg(square({17, 34, 51, 128}), {}).find("fill=\"#123\" fill-opacity=\".5\"") != std::string::npos);
  CHECK(write_svg(square({0, 0, 0, 1}), {}).find("fill-opacity=\".004\"") != std::string::npos);
}

TEST_CASE("path_precision bounds the digits") {
  Document document = square({0, 0, 0, 255});
  document.width = document.height = 900;
  CHECK(write_svg(document, {5, false}).find("viewBox=\"0 0 7200 7200\"") != std::string::npos);
  CHECK(write_svg(document, {3, false}).find("viewBox=\"0 0 900 900\"") != std::string::npos);
}

TEST_CASE("Grouping by colour writes a fill once for a run of paths") {
  Document document = square({255, 0, 0, 255});
  document.shapes.push_back(document.shapes[0]);
  const std::string svg = write_svg(document, {5, true});
  CHECK(svg.find("<g fill=\"#f00\"><path d=") != std::string::npos);
  CHECK(svg.find("fill", svg.find("fill") + 1) == std::string::npos);
}

TEST_CASE("A blurred shape has a filter as wide as its blur is seen") {
  Document document = square({0, 0, 0, 102});
  document.shapes[0].blur = 0.5;
  CHECK(write_svg(document, {}) ==
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"4\" height=\"4\" viewBox=\"0 0 32 32\">"
        "<defs><filter id=\"a\" x=\"-.8\" y=\"-.8\" width=\"2.6\" height=\"2.6\">"
        "<feGaussianBlur stdDeviation=\"4\"/></filter></defs>"
        "<path fill-opacity=\".4\" filter=\"url(#a)\" d=\"M8 8h16v16h-16z\"/></svg>\n");
}

TEST_CASE("A colour is blurred as it is mixed elsewhere, and a group is blurred by itself") {
  Document document = square({255, 0, 0, 255});
  for (int k = 0; k < 2; ++k) document.shapes.push_back(document.shapes[0]);
  document.shapes[1].blur = 0.5;
  const std::string svg = write_svg(document, {5, true});
  CHECK(svg.find(" color-interpolation-filters=\"sRGB\"><feGaussianBlur") != std::string::npos);
  CHECK(svg.find("<g fill=\"#f00\"><path d=\"M8 8h16v16h-16z\"/></g><g fill=\"#f00\" filter=\"url(#a)\">"
                 "<path d=\"M8 8h16v16h-16z\"/></g><g fill=\"#f00\"><path d=") != std::string::npos);
}

TEST_CASE("What vanishes on the grid is left out") {
  Document document{
      4, 4, {Shape{{Contour{{1, 1}, {line_to({1.01, 1}), line_to({1, 1.01})}}}, Solid{{9, 9, 9, 255}}}}, 1.0 / 8};
  CHECK(write_svg(document, {}).find("<path") == std::string::npos);
}

TEST_CASE("A curve whose handles lie on its chord is a line") {
  Document document = square({0, 0, 0, 255});
  document.shapes[0].contours[0].segments[0] = cubic_to({1.5, 1}, {2.5, 1}, {3, 1});
  CHECK(write_svg(document, {}).find('c') == std::string(write_svg(document, {})).find("class"));
  CHECK(write_svg(document, {}).find("h16v16") != std::string::npos);
}

TEST_CASE("A curve that comes back to where it began is a loop") {
  const Contour drop{{1, 1}, {cubic_to({3, 1}, {1, 3}, {1, 1})}};
  const std::string svg = write_svg({4, 4, {Shape{{drop}, Solid{{9, 9, 9, 255}}}}, 1.0 / 8}, {});
  CHECK(svg.find("c16 0 0 16 0 0") != std::string::npos);
}

TEST_CASE("A gradient is written once, in the drawing's own units, however many shapes show it") {
  Document document = square({0, 0, 0, 255});
  document.shapes[0].fill = vector::LinearGradient{{1, 2}, {3, 2}, {{0, {255, 0, 0, 255}}, {1, {0, 0, 255, 128}}}};
  document.shapes.push_back(document.shapes[0]);
  const std::string svg = write_svg(document, {});
  CHECK(svg.find("<defs><linearGradient id=\"a\" gradientUnits=\"userSpaceOnUse\" x1=\"8\" x2=\"24\">"
                 "<stop stop-color=\"#f00\"/><stop offset=\"1\" stop-color=\"#00f\" stop-opacity=\".5\"/>"
                 "</linearGradient></defs><path fill=\"url(#a)\" d=") != std::string::npos);
  CHECK(svg.find("id=\"b\"") == std::string::npos);
}

TEST_CASE("A radial gradient that two shapes show is a circle where it can be, else an ellipse by its matrix") {
  Document document = square({0, 0, 0, 255});
  const std::vector<vector::ColorStop> stops{{0.25, {255, 255, 255, 255}}, {1, {0, 0, 0, 255}}};
  const auto shown_twice = [&](Point a, Point b) {
    document.shapes[0].fill = vector::RadialGradient{{2, 1}, a, b, stops};
    document.shapes = {document.shapes[0], document.shapes[0]};
    return write_svg(document, {});
  };
  CHECK(shown_twice({2, 0}, {0, 2})
            .find("<radialGradient id=\"a\" gradientUnits=\"userSpaceOnUse\" cx=\"16\" cy=\"8\" "
                  "r=\"16\"><stop offset=\".25\" stop-color=\"#fff\"/><stop offset=\"1\"/>") != std::string::npos);
  CHECK(shown_twice({2, 0}, {0, 1}).find("gradientTransform=\"matrix(16 0 0 8 16 8)\"") != std::string::npos);
  // The same ellipse by other conjugate half axes.
  const double k = std::sqrt(0.5);
  CHECK(shown_twice({2 * k, k}, {-2 * k, k}).find("matrix(16 0 0 8 16 8)") != std::string::npos);
}

TEST_CASE("A gradient of one shape is given by shares of its box, what is usual unsaid") {
  Document document = square({0, 0, 0, 255});
  const std::vector<vector::ColorStop> stops{{0, {255, 255, 255, 255}}, {1, {0, 0, 0, 255}}};
  const auto definition = [&](vector::Fill fill) {
    document.shapes[0].fill = std::move(fill);
    const std::string svg = write_svg(document, {});
    const std::size_t begin = svg.find("id=\"a\"") + 6;
    return svg.substr(begin, svg.find('>', begin) - begin);
  };
  CHECK(definition(vector::LinearGradient{{1, 2}, {3, 2}, stops}).empty());
  CHECK(definition(vector::LinearGradient{{2, 9}, {2.5, 9}, stops}) == " x1=\".5\" x2=\".75\"");
  CHECK(definition(vector::LinearGradient{{1, 1}, {1, 4}, stops}) == " x2=\"0\" y2=\"1.5\"");
  CHECK(definition(vector::RadialGradient{{2, 2}, {1, 0}, {0, 1}, stops}).empty());
  CHECK(definition(vector::RadialGradient{{2, 1}, {2, 0}, {0, 2}, stops}) == " cy=\"0\" r=\"1\"");
  CHECK(definition(vector::RadialGradient{{2, 1}, {2, 0}, {0, 1}, stops}) ==
        " gradientTransform=\"matrix(2 0 0 1 -.5 -.5)\"");
  // Groups have no box of their own.
  CHECK(write_svg(document, {5, true}).find("userSpaceOnUse") != std::string::npos);
}

TEST_CASE("Where viewers differ about a shape's box, its gradient is in the drawing's own units") {
  const vector::LinearGradient fill{{10, 8}, {50, 8}, {{0, {255, 0, 0, 255}}, {1, {0, 0, 255, 255}}}};
  const auto svg_of = [&](Contour contour) { return write_svg({64, 64, {Shape{{contour}, fill}}, 1.0 / 8}, {}); };
  // Its handles reach out to the right, the curve itself less.
  CHECK(svg_of({{10, 8}, {cubic_to({60, 8}, {60, 40}, {10, 40})}}).find("userSpaceOnUse") != std::string::npos);
  CHECK(svg_of({{10, 8}, {line_to({50, 8}), line_to({10, 40})}}).find("userSpaceOnUse") == std::string::npos);
}

TEST_CASE("A gradient looks alike in either units") {
  std::mt19937 random(5);
  const auto between = [&](double low, double high) {
    return std::uniform_real_distribution<double>(low, high)(random);
  };
  const auto draw = [](const Document& document) {
    const std::string svg = write_svg(document, {});
    return vector::rasterise(base::ByteView(reinterpret_cast<const std::uint8_t*>(svg.data()), svg.size()), 64, 64);
  };
  for (int round = 0; round < 60; ++round) {
    const Point low{between(4, 20), between(4, 20)}, high{between(30, 60), between(30, 60)};
    Contour contour{low, {line_to({high.x, low.y}), line_to(high), line_to({low.x, high.y})}};
    std::vector<vector::ColorStop> stops{{0, {255, 40, 0, 255}}, {0.4, {90, 200, 30, 255}}, {1, {0, 80, 255, 255}}};
    const Point middle{between(0, 64), between(0, 64)};
    vector::Fill fill = vector::LinearGradient{middle, middle + Point{between(-50, 50), between(20, 40)}, stops};
    if (round % 2 == 1) {
      const Point a{between(10, 40), between(-10, 10)};
      fill = vector::RadialGradient{middle, a, Point{-a.y, a.x} * between(0.3, 1), stops};
    }
    Document one{64, 64, {Shape{{contour}, fill}}, 1.0 / 8};
    Document two = one;  // a speck that shows it too, under the shape
    two.shapes.insert(two.shapes.begin(), one.shapes[0]);
    REQUIRE(write_svg(two, {}).find("userSpaceOnUse") != std::string::npos);
    const image::Image x = draw(one), y = draw(two);
    int most = 0;
    for (int row = int(low.y) + 2; row < int(high.y) - 1; ++row) {
      for (int column = int(low.x) + 2; column < int(high.x) - 1; ++column) {
        for (int c = 0; c < 4; ++c) {
          most = std::max(most, std::abs(x.row(row)[4 * column + c] - y.row(row)[4 * column + c]));
        }
      }
    }
    INFO("round " << round << "\n" << write_svg(one, {}));
    CHECK(most <= 4);
  }
}

TEST_CASE("An arc is one command with its radius, half a circle exactly, more than half by its flag") {
  const auto path = [](Contour contour) {
    const std::string svg = write_svg({64, 64, {Shape{{std::move(contour)}, Solid{{}}}}, 1.0 / 8}, {});
    const std::size_t begin = svg.find(" d=\"") + 4;
    return svg.substr(begin, svg.find('"', begin) - begin);
  };
  CHECK(path({{10, 20}, {arc_to(10, {30, 20})}}) == "M80 160a80 80 0 01160 0z");
  CHECK(path({{10, 20}, {arc_to(-9.99, {30, 20}), line_to({10, 20})}}) == "M80 160a80 80 0 00160 0z");
  CHECK(path({{10, 20}, {arc_to(16, {26, 20})}}) == "M80 160a80 80 0 11128 0z");
  // The rise follows a radius near half the chord too much for a whole number.
  CHECK(path({{10, 20}, {arc_to(16, {35, 20})}}) == "M80 160a103 103 0 11200 0z");
  CHECK(path({{10, 20}, {arc_to(13.75, {35, 20})}}) == "M80 160a100.45 100.45 0 11200 0z");
  // A shallow arc of a large circle is shorter as a curve, one that hardly rises is a line.
  CHECK(path({{10, 20}, {arc_to(0.25, {34, 20}), line_to({34, 40})}}) == "M80 160c64-3 128-3 192 0v160z");
  CHECK(path({{10, 20}, {arc_to(0.05, {34, 20}), line_to({34, 40})}}) == "M80 160h192v160z");
}

TEST_CASE("A stroke has a width instead of a fill, open lines are not closed, and a dot has no length") {
  Contour corner{{1, 1}, {line_to({3, 1}), line_to({3, 3})}}, dot{{2, 2}, {line_to({2, 2})}};
  corner.open = dot.open = true;
  const Document document{4, 4, {Shape{{corner, dot}, Solid{{17, 34, 51, 255}}, 0.5}}, 1.0 / 8};
  CHECK(write_svg(document, {})
            .find("<path fill=\"none\" stroke=\"#123\" stroke-width=\"4\" stroke-linecap=\"round\" "
                  "stroke-linejoin=\"round\" d=\"M8 8h16v16m-8-8h0\"/>") != std::string::npos);
}

TEST_CASE(
    "A whole ellipse is one element, or one arc in a path, next to which a closing line cuts hardly anything off") {
  const auto body = [](const std::vector<vector::Ellipse>& ellipses) {
    Shape shape{{}, Solid{{}}};
    for (const vector::Ellipse& e : ellipses) shape.contours.push_back({e.centre, {}, e});
    const std::string svg = write_svg({64, 64, {shape}, 1.0 / 8}, {});
    const std::size_t begin = svg.find('<', 1);
    return svg.substr(begin, svg.find("</svg>") - begin);
  };
  const vector::Ellipse circle{{20, 20}, 10, 10}, small{{20, 20}, 4.06, 4.06, false}, wide{{32, 30}, 25, 12};
  vector::Ellipse slanted{{32.3, 30.1}, 25, 12, true, {0.8, 0.6}};
  CHECK(body({circle}) == "<circle cx=\"160\" cy=\"160\" r=\"80\"/>");
  CHECK(body({wide}) == "<ellipse cx=\"256\" cy=\"240\" rx=\"200\" ry=\"96\"/>");
  CHECK(body({circle, small}) == "<path d=\"M80 159a80 80 0 110 2zm56-21a32.5 32.5 0 102-2z\"/>");
  CHECK(body({slanted}) == "<path d=\"M90 169a200 96 37 112 9z\"/>");
  slanted.axis = {0, 1};
  CHECK(body({slanted}) == "<path d=\"M208 411a200 96 90 115 6z\"/>");
  slanted.axis = {0.7071067811865476, -0.7071067811865476};
  CHECK(body({slanted}) == "<path d=\"M414 159a200 96-45 111-9z\"/>");
  CHECK(body({{{20, 20}, 0.05, 3, true, {0.8, 0.6}}}) == "");
}

TEST_CASE("A whole ellipse in a path is drawn as the element would be, between the places of the grid too") {
  const auto rasterised = [](const std::string& svg) {
    return vector::rasterise(base::ByteView(reinterpret_cast<const std::uint8_t*>(svg.data()), svg.size()), 512, 512);
  };
  for (const double degrees : {0.0, 33.0, 90.0, 141.7}) {
    for (const bool clockwise : {true, false}) {
      const double turn = degrees * 3.14159265358979 / 180;
      const vector::Ellipse e{{32.37, 30.81}, 25.02, 12.27, clockwise, {std::cos(turn), std::sin(turn)}};
      Document document{64, 64, {Shape{{{e.centre, {}, e}, {{1, 1}, {line_to({2, 1}), line_to({1, 2})}}}, Solid{{}}}}};
      document.resolution = 1.0 / 8;
      const image::Image drawn = rasterised(write_svg(document, {}));
      const image::Image expected = rasterised(fmt::format(
          "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"64\" height=\"64\" viewBox=\"0 0 64 64\"><path "
          "d=\"M1 1h1l-1 1z\"/><ellipse transform=\"translate({} {})rotate({})\" rx=\"{}\" ry=\"{}\"/></svg>",
          e.centre.x, e.centre.y, degrees, e.rx, e.ry));
      int most = 0;
      for (std::size_t k = 3; k < 512 * 512 * 4; k += 4)
        most = std::max(most, std::abs(int{drawn.data()[k]} - int{expected.data()[k]}));
      CHECK(most < 77);  // 0.3 units of the grid
    }
  }
}
