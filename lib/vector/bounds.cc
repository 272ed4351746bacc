// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "vector/bounds.h"

#include "vector/arc.h"

namespace imgmill::vector {
namespace {

constexpr Box kNothing{{1e300, 1e300}, {-1e300, -1e300}};

void take(Box& box, Point p) {
  box.low = {std::min(box.low.x, p.x), std::min(box.low.y, p.y)};
  box.high = {std::max(box.high.x, p.x), std::max(box.high.y, p.y)};
}

class Measured {
 public:
  Measured(const Shape& shape, double step) : scale_(1 / step), alone_(shape.contours.size() == 1) {
    for (const Contour& contour : shape.contours) add(contour);
  }

  const Bounds& all() const { return all_; }

 private:
  void add(const Contour& contour) {
    if (contour.ellipse && add(*contour.ellipse)) return;
    Box box = kNothing, handles = kNothing;
    Point from = contour.start;
    take(box, grid(from));
    for (const Segment& s : contour.segments) {
      if (s.is_arc()) {
        Point at = from;
        for (const Segment& part : Arc(from, s.to, s.rise).cubics()) {
          cubic(box, handles, at, part);
          at = part.to;
          take(box, grid(at));
        }
      } else if (s.cubic) {
        cubic(box, handles, from, s);
      }
      from = s.to;
      take(box, grid(from));
    }
    if (box.low == box.high) return;  // nothing is left of it on this grid
    for (const Point p : {box.low, box.high}) take(all_.drawn, p), take(all_.handles, p);
    if (handles.low.x <= handles.high.x) take(all_.handles, handles.low), take(all_.handles, handles.high);
  }

  Point grid(Point p) const { return {std::round(p.x * scale_), std::round(p.y * scale_)}; }

  // False where the grid is too coarse for it.
  bool add(const Ellipse& e) {
    const Point centre = grid(e.centre), half = grid(e.half_box());
    if (half.x < 1 || half.y < 1) return false;
    // In a path it is an arc, and handles of the curves that a viewer makes of it may lie up to so much farther out.
    const Point wide = alone_ && !e.is_slanted() ? half : half * 1.1;
    for (const double side : {-1.0, 1.0}) {
      take(all_.drawn, centre + half * side), take(all_.handles, centre + wide * side);
    }
    return true;
  }

  // Where a curve turns, along x or along y.
  void cubic(Box& box, Box& handles, Point from, const Segment& s) const {
    const Point a = grid(from), b = grid(s.c1), c = grid(s.c2), d = grid(s.to);
    take(handles, b), take(handles, c);
    const auto at = [&](double t) {
      if (!(t > 0 && t < 1)) return;
      const double u = 1 - t;
      take(box, a * (u * u * u) + b * (3 * u * u * t) + c * (3 * u * t * t) + d * (t * t * t));
    };
    const auto turns = [&](double a, double b, double c, double d) {  // the derivative's zeros
      const double low = b - a, bent = d - 3 * c + 3 * b - a, half = c - 2 * b + a;
      if (std::fabs(bent) < 1e-9) return at(-low / (2 * half));
      const double root = half * half - bent * low;
      if (root < 0) return;
      at((-half - std::sqrt(root)) / bent);
      at((-half + std::sqrt(root)) / bent);
    };
    turns(a.x, b.x, c.x, d.x);
    turns(a.y, b.y, c.y, d.y);
  }

  const double scale_;
  const bool alone_;
  Bounds all_{kNothing, kNothing};
};

}  // namespace

Bounds bounds(const Shape& shape, double step) { return Measured(shape, step).all(); }

}  // namespace imgmill::vector
