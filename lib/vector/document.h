// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A drawing: ordered shapes, bottom first, in pixel units with y down. One representation of a path; no printing here.
#pragma once

#include <algorithm>
#include <cmath>
#include <optional>
#include <variant>
#include <vector>

#include "image/image.h"

namespace imgmill::vector {

struct Point {
  double x = 0, y = 0;
  friend Point operator+(Point a, Point b) { return {a.x + b.x, a.y + b.y}; }
  friend Point operator-(Point a, Point b) { return {a.x - b.x, a.y - b.y}; }
  friend Point operator*(Point a, double k) { return {a.x * k, a.y * k}; }
  friend Point operator*(double k, Point a) { return a * k; }
  friend bool operator==(const Point&, const Point&) = default;
};
inline double dot(Point a, Point b) { return a.x * b.x + a.y * b.y; }
inline double cross(Point a, Point b) { return a.x * b.y - a.y * b.x; }
inline double length(Point p) { return std::sqrt(dot(p, p)); }

// The angle from one direction to another without its sense, 0…π, to 1e-4. Plain arithmetic, so that it is the same on
// every machine; libm's atan2 is not (Abramowitz & Stegun 4.4.45).
inline double angle_between(Point a, Point b) {
  const double size = std::sqrt(dot(a, a) * dot(b, b));
  if (size == 0) return 0;
  const double cosine = std::min(std::fabs(dot(a, b)) / size, 1.0);
  const double acute =
      std::sqrt(1 - cosine) * (1.5707288 + cosine * (-0.2121144 + cosine * (0.0742610 + cosine * -0.0187293)));
  return dot(a, b) < 0 ? 3.14159265358979 - acute : acute;
}

// A line to `to`, a cubic Bézier with handles c1 and c2, or an arc of a circle.
struct Segment {
  bool cubic = false;
  Point c1, c2, to;
  double rise = 0;  // px from the middle of the chord to that of the arc; above 0 it turns clockwise on the screen

  bool is_arc() const { return rise != 0; }
};
inline Segment line_to(Point to) { return {false, {}, {}, to}; }
inline Segment cubic_to(Point c1, Point c2, Point to) { return {true, c1, c2, to}; }
inline Segment arc_to(double rise, Point to) { return {false, {}, {}, to, rise}; }

struct Ellipse {
  Point centre;
  double rx = 0, ry = 0;  // px: alike in a circle
  bool clockwise = true;  // on the screen; the other way around is a hole
  Point axis{1, 0};       // of length 1, the way that rx is measured; ry across

  bool is_slanted() const { return axis.y != 0; }
  Point across() const { return {-axis.y, axis.x}; }
  // The place on it that lies farthest in a direction, as seen from the centre.
  Point farthest(Point direction) const {
    const double a = rx * dot(axis, direction), b = ry * dot(across(), direction);
    return (axis * (rx * a) + across() * (ry * b)) * (1 / std::sqrt(a * a + b * b));
  }
  // From the centre to the sides of its box.
  Point half_box() const { return {farthest({1, 0}).x, farthest({0, 1}).y}; }
  // The length of its outline, or a little less where it is flat.
  double around() const { return 3.14 * (rx + ry); }
};

// With round corners of one radius: at most half of the shorter side.
struct Rectangle {
  Point low, high;        // along the axis and across it, from the origin
  double radius = 0;      // px
  bool clockwise = true;  // as of an ellipse
  Point axis{1, 0};       // of length 1, along two of its sides

  bool is_slanted() const { return axis.y != 0; }
  // px from its middle to where its corners would be, were they sharp.
  double reach() const { return length(high - low) / 2; }
  // From a place of the drawing to one along the axis and across it, and back.
  Point in(Point place) const { return {dot(place, axis), cross(axis, place)}; }
  Point out(Point p) const { return {p.x * axis.x - p.y * axis.y, p.x * axis.y + p.y * axis.x}; }
  // Around its middle, clockwise on the screen, by a small angle: its tangent.
  Rectangle turned(double by) const {
    const Point middle = out((low + high) * 0.5), half = (high - low) * 0.5;
    Rectangle r = *this;
    r.axis = (axis + Point{-axis.y, axis.x} * by) * (1 / std::sqrt(1 + by * by));
    r.low = r.in(middle)-half, r.high = r.in(middle) + half;
    return r;
  }
};

// Closed, unless it is open: an implied line leads from the last segment's end back to the start where they differ.
struct Contour {
  Point start;
  std::vector<Segment> segments;
  std::optional<Ellipse> ellipse = {};      // what the segments are, to one part in 10⁵ of its radius
  std::optional<Rectangle> rectangle = {};  // … or exactly
  bool open = false;                        // only of a stroke
};

inline Contour moved(Contour contour, Point by) {
  contour.start = contour.start + by;
  for (Segment& s : contour.segments) s.c1 = s.c1 + by, s.c2 = s.c2 + by, s.to = s.to + by;
  if (contour.ellipse) contour.ellipse->centre = contour.ellipse->centre + by;
  if (Rectangle* r = contour.rectangle ? &*contour.rectangle : nullptr) {
    const Point along = r->in(by);
    r->low = r->low + along, r->high = r->high + along;
  }
  return contour;
}

// As seen from the origin, so many times as large; more than 0.
inline Contour scaled(Contour contour, double by) {
  contour.start = contour.start * by;
  for (Segment& s : contour.segments) s.c1 = s.c1 * by, s.c2 = s.c2 * by, s.to = s.to * by, s.rise *= by;
  if (Ellipse* e = contour.ellipse ? &*contour.ellipse : nullptr) {
    e->centre = e->centre * by, e->rx *= by, e->ry *= by;
  }
  if (Rectangle* r = contour.rectangle ? &*contour.rectangle : nullptr) {
    r->low = r->low * by, r->high = r->high * by, r->radius *= by;
  }
  return contour;
}

struct Solid {
  image::Rgba color;
  friend bool operator==(const Solid&, const Solid&) = default;
};

struct ColorStop {
  double offset = 0;  // 0…1, ascending
  image::Rgba color;
  friend bool operator==(const ColorStop&, const ColorStop&) = default;
};

// Two stops at least; what lies before the first and after the last has their colour.
struct LinearGradient {
  Point from, to;
  std::vector<ColorStop> stops;
  friend bool operator==(const LinearGradient&, const LinearGradient&) = default;
};

// From the centre out to the ellipse with these half axes: a circle where they are alike in length and perpendicular.
struct RadialGradient {
  Point centre, a, b;
  std::vector<ColorStop> stops;
  friend bool operator==(const RadialGradient&, const RadialGradient&) = default;
};

using Fill = std::variant<Solid, LinearGradient, RadialGradient>;

// Filled by the non-zero rule: outer contours turn one way, holes the other. Or drawn along its contours, with round
// joins and caps.
struct Shape {
  std::vector<Contour> contours;
  Fill fill;
  double stroke = 0;  // px: the width of the line along the contours; 0 where they are filled
  double blur = 0;    // px: sigma of the Gaussian that softens all of it; 0 where it is sharp
};

inline constexpr double kBlurReach = 3;  // σ: farther out nothing of a blurred shape is seen

struct Document {
  int width = 0, height = 0;  // pixels of the traced picture
  std::vector<Shape> shapes;
  double resolution = 1.0 / 8;  // px: the coarsest coordinate step that keeps the tracing's error bound
};

}  // namespace imgmill::vector
