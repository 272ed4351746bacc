// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "vector/bounds.h"

#include <catch2/catch.hpp>

using namespace imgmill::vector;

namespace {

Bounds of(Contour contour) { return bounds(Shape{{std::move(contour)}, Solid{}}, 1.0 / 8); }

}  // namespace

TEST_CASE("A box is in units of the grid, its points rounded to it") {
  const Bounds all = of({{1, 2.05}, {line_to({3, 2}), line_to({2, 7.01})}});
  CHECK(all.drawn.low == Point{8, 16});
  CHECK(all.drawn.high == Point{24, 56});
  CHECK(all.handles.low == all.drawn.low);
  CHECK(all.handles.high == all.drawn.high);
}

TEST_CASE("A curve counts by its own extremes, and its handles apart") {
  const Bounds all = of({{0, 0}, {cubic_to({8, 0}, {8, 8}, {0, 8})}});
  CHECK(all.drawn.high.x == Approx(48));  // three quarters of the way to the handles
  CHECK(all.handles.high == Point{64, 64});
  const Bounds bent = of({{0, 0}, {cubic_to({3, -4}, {6, 9}, {9, 0})}});
  double low = 0, high = 0;
  for (int k = 0; k <= 1000; ++k) {
    const double t = k / 1000.0, y = 8 * (3 * (1 - t) * (1 - t) * t * -4 + 3 * (1 - t) * t * t * 9);
    low = std::min(low, y), high = std::max(high, y);
  }
  CHECK(bent.drawn.low.y == Approx(low).margin(0.01));
  CHECK(bent.drawn.high.y == Approx(high).margin(0.01));
}

TEST_CASE("Arcs and whole ellipses count as they are drawn") {
  const Bounds half = of({{2, 8}, {arc_to(4, {10, 8})}});
  CHECK(half.drawn.low.y == Approx(32).margin(0.05));
  CHECK(half.drawn.high.y == Approx(64).margin(0.05));
  Contour round{{2, 8}, {arc_to(4, {10, 8}), arc_to(4, {2, 8})}};
  round.ellipse = Ellipse{{6, 8}, 4, 3};
  const Bounds whole = of(round);
  CHECK(whole.drawn.low == Point{16, 40});
  CHECK(whole.drawn.high == Point{80, 88});
  CHECK(whole.handles.high == whole.drawn.high);
  round.ellipse = Ellipse{{6, 8}, 5, 3, true, {0.8, 0.6}};  // reaches √((5 · .8)² + (3 · .6)²) = 4.386 to the side
  const Bounds slanted = of(round);
  CHECK(slanted.drawn.high == Point{48 + 35, 64 + 31});
  CHECK(slanted.handles.high.x > slanted.drawn.high.x);  // as an arc of a path, not as an element
}

TEST_CASE("What the grid leaves nothing of takes no room") {
  Shape shape{{Contour{{1, 1}, {line_to({3, 1}), line_to({3, 3})}}}, Solid{}};
  shape.contours.push_back({{50, 50}, {line_to({50.01, 50}), line_to({50, 50.01})}});
  CHECK(bounds(shape, 1.0 / 8).drawn.high == Point{24, 24});
}
