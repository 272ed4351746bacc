// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/lcd_text.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <variant>

#include "trace/drawing.h"

using namespace imgmill;
using image::Rgba;
using test::kBlack;
using test::kWhite;
using trace::Raster;

namespace {

constexpr int kWidth = 120, kHeight = 64;

// Four lines of slanted strokes, some 1.4 px wide, by twos with a bar like letters.
bool is_ink(double x, double y) {
  const double in_line = std::fmod(y, 16) - 3, letter = std::fmod(x - 0.2 * in_line, 11.3) - 3;
  if (in_line < 0 || in_line > 10 || x < 6 || x > kWidth - 8) return false;
  return std::fabs(letter) < 0.7 || std::fabs(letter - 4) < 0.7 ||
         (std::fabs(in_line - 5) < 0.6 && letter > 0 && letter < 4);
}

// Ink of the left half, of the right half, and the ground.
struct Colors {
  Rgba left = kBlack, right = kBlack, ground = kWhite;
};

test::Painter text(const Colors& colors) {
  return [colors](double x, double y) {
    return !is_ink(x, y) ? colors.ground : x < kWidth / 2 ? colors.left : colors.right;
  };
}

// As rendered for an LCD screen: each channel from its third of the pixel, softened by FreeType's default filter
// (FT_LCD_FILTER_DEFAULT: 8, 77, 86, 77 and 8 of 256 for the five thirds around it).
Raster for_lcd(const Colors& colors, bool red_first = true) {
  constexpr std::array<int, 5> kFilter{8, 77, 86, 77, 8};
  const auto stretched = [&](double x, double y) { return text(colors)(x / 3, y); };
  const Raster thirds = trace::to_raster(test::paint(3 * kWidth, kHeight, stretched, 8));
  Raster raster{kWidth, kHeight, {}};
  for (int y = 0; y < kHeight; ++y) {
    for (int x = 0; x < kWidth; ++x) {
      const auto channel = [&](auto which, int third) {
        int sum = 128;
        for (int k = -2; k <= 2; ++k) {
          sum += kFilter[k + 2] * (thirds(std::clamp(3 * x + third + k, 0, 3 * kWidth - 1), y).*which);
        }
        return static_cast<std::uint8_t>(sum / 256);
      };
      using trace::Sample;
      raster.at.push_back({channel(&Sample::r, red_first ? 0 : 2), channel(&Sample::g, 1),
                           channel(&Sample::b, red_first ? 2 : 0), 255});
    }
  }
  return raster;
}

// Mean over the pixels and channels, levels.
double mean_difference(const Raster& a, const Raster& b) {
  double sum = 0;
  for (std::size_t k = 0; k < a.at.size(); ++k) {
    sum += std::abs(a.at[k].r - b.at[k].r) + std::abs(a.at[k].g - b.at[k].g) + std::abs(a.at[k].b - b.at[k].b);
  }
  return sum / (3.0 * static_cast<double>(a.at.size()));
}

// Levels by which a pixel's channels differ at most.
int most_colored(const Raster& raster) {
  int most = 0;
  for (const trace::Sample& s : raster.at) most = std::max(most, std::max({s.r, s.g, s.b}) - std::min({s.r, s.g, s.b}));
  return most;
}

Raster antialiased(const Colors& colors) { return trace::to_raster(test::paint(kWidth, kHeight, text(colors))); }

}  // namespace

TEST_CASE("Black text for LCD screens becomes grey, whichever side red is on") {
  for (const bool red_first : {true, false}) {
    INFO("red first: " << red_first);
    const Raster fringed = for_lcd({}, red_first);
    REQUIRE(most_colored(fringed) > 100);
    const auto found = trace::without_lcd_fringes(fringed, {});
    REQUIRE(found);
    CHECK(most_colored(*found) <= 3);
    // What is left is that the filter is wider than a pixel.
    CHECK(mean_difference(*found, antialiased({})) < 0.7 * mean_difference(fringed, antialiased({})));
  }
}

TEST_CASE("Text of two colours for LCD screens becomes shades of both on their ground") {
  const Colors colors{{230, 150, 40, 255}, {90, 200, 220, 255}, {40, 40, 60, 255}};
  const Raster fringed = for_lcd(colors);
  const auto found = trace::without_lcd_fringes(fringed, {});
  REQUIRE(found);
  CHECK(mean_difference(*found, antialiased(colors)) < 0.8 * mean_difference(fringed, antialiased(colors)));
}

TEST_CASE("Antialiased text, text on a transparent ground and fringes that are too few stay as they are") {
  CHECK_FALSE(trace::without_lcd_fringes(antialiased({}), {}));
  CHECK_FALSE(trace::without_lcd_fringes(antialiased({{230, 150, 40, 255}, {90, 200, 220, 255}, kWhite}), {}));
  CHECK_FALSE(trace::without_lcd_fringes(antialiased({kBlack, kBlack, test::kClear}), {}));
  Raster few = antialiased({});
  const Raster fringed = for_lcd({});
  std::copy_n(fringed.at.begin(), 5 * kWidth, few.at.begin());
  CHECK_FALSE(trace::without_lcd_fringes(few, {}));
}

TEST_CASE("Stripes of many colours are no text for LCD screens") {
  const auto stripes = [](double x, double y) {
    const int k = static_cast<int>(x / 1.7 + y / 40) % 9;
    return k > 2 ? kWhite : k == 0 ? test::kRed : k == 1 ? test::kBlue : Rgba{20, 150, 60, 255};
  };
  CHECK_FALSE(trace::without_lcd_fringes(trace::to_raster(test::paint(kWidth, kHeight, stripes)), {}));
}

TEST_CASE("Text for LCD screens is drawn in its own colour") {
  const Raster fringed = for_lcd({});
  std::vector<std::uint8_t> pixels;
  for (const trace::Sample& s : fringed.at) pixels.insert(pixels.end(), {s.r, s.g, s.b});
  const vector::Document drawing = trace::trace(image::Image(kWidth, kHeight, 3, std::move(pixels)), {}).document;
  REQUIRE(drawing.shapes.size() >= 2);
  for (const vector::Shape& shape : drawing.shapes) {
    const auto* solid = std::get_if<vector::Solid>(&shape.fill);
    REQUIRE(solid != nullptr);
    CHECK(std::abs(solid->color.r - solid->color.b) <= 3);
  }
}
