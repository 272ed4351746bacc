// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "vector/arc.h"

namespace imgmill::vector {
namespace {

// A quarter turn clockwise on the screen.
Point turned(Point p) { return {-p.y, p.x}; }

Point rotated(Point p, Point by) { return {p.x * by.x - p.y * by.y, p.x * by.y + p.y * by.x}; }

constexpr int kMostSteps = 1 << 12;

}  // namespace

Arc::Arc(Point from, Point to, double rise) : from_(from), to_(to), rise_(rise) {
  const Point chord = to - from;
  const double half = length(chord) / 2;
  const Point up = turned(chord) * (-0.5 / half);  // the side that it rises to if it turns clockwise
  const double below = (rise * rise - half * half) / (2 * rise);
  centre_ = (from + to) * 0.5 + up * below;
  radius_ = std::fabs(rise - below);
  slope_ = rise / half;
}

Point Arc::leaving() const { return turned(from_ - centre_) * ((rise_ > 0 ? 1 : -1) / radius_); }
Point Arc::arriving() const { return turned(to_ - centre_) * ((rise_ > 0 ? 1 : -1) / radius_); }

Point Arc::step(int count) const {
  const double size = std::sqrt(1 + slope_ * slope_);
  Point turn{1 / size, slope_ / size};  // a quarter of the whole turn
  for (int k = 4; k > count; k /= 2) turn = rotated(turn, turn);
  for (int k = 4; k < count; k *= 2) {
    const double cosine = std::sqrt((1 + turn.x) / 2);
    turn = {cosine, turn.y / (2 * cosine)};
  }
  return turn;
}

int Arc::steps(double flatness) const {
  const double square = slope_ * slope_;
  double cosine = (1 - square) / (1 + square);  // of half the turn of a step
  int count = 1;
  while (count < kMostSteps && radius_ * (1 - cosine) > flatness) {
    cosine = std::sqrt((1 + cosine) / 2);
    count *= 2;
  }
  return count;
}

std::vector<Point> Arc::points(int count) const {
  std::vector<Point> out;
  out.reserve(static_cast<std::size_t>(count));
  const Point by = step(count);
  Point spoke = from_ - centre_;
  for (int k = 1; k < count; ++k) {
    spoke = rotated(spoke, by);
    out.push_back(centre_ + spoke);
  }
  out.push_back(to_);
  return out;
}

std::vector<Segment> Arc::cubics() const {
  constexpr double kQuarter = 0.42, kHalf = 1.01;  // slopes of arcs of so much of a turn, and a little
  const double slope = std::fabs(slope_);
  const int count = slope <= kQuarter ? 1 : slope <= kHalf ? 2 : 4;
  const Point turn = step(count);
  const double half = turn.y / (1 + turn.x);
  const double handle = 4.0 / 3 * half / (1 + std::sqrt(1 + half * half));  // 4/3 · tan of a quarter of a step's turn
  std::vector<Segment> out;
  Point at = from_;
  for (const Point to : points(count)) {
    out.push_back(cubic_to(at + turned(at - centre_) * handle, to - turned(to - centre_) * handle, to));
    at = to;
  }
  return out;
}

Point leaving(Point from, const Segment& s) {
  if (s.is_arc()) return Arc(from, s.to, s.rise).leaving();
  return (s.cubic ? s.c1 : s.to) - from;
}

Point arriving(Point from, const Segment& s) {
  if (s.is_arc()) return Arc(from, s.to, s.rise).arriving();
  return s.to - (s.cubic ? s.c2 : from);
}

}  // namespace imgmill::vector
