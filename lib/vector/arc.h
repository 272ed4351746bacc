// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// An arc of a circle as a segment gives it, by its ends and its rise over the chord: its circle, and the points along
// it. Plain arithmetic and square roots, so that it is the same on every machine.
#pragma once

#include <vector>

#include "vector/document.h"

namespace imgmill::vector {

class Arc {
 public:
  // The ends apart, the rise not 0.
  Arc(Point from, Point to, double rise);

  Point centre() const { return centre_; }
  double radius() const { return radius_; }
  // At its start and its end, along the way travelled; unit vectors.
  Point leaving() const;
  Point arriving() const;
  // The fewest equal steps, a power of two of them, whose chords leave the arc by `flatness` px at most.
  int steps(double flatness) const;
  // The ends of `count` equal steps, a power of two; the arc's own end last.
  std::vector<Point> points(int count) const;
  // Curves of a quarter turn at most, which leave it by less than 3 · 10⁻⁴ of the radius.
  std::vector<Segment> cubics() const;

 private:
  // Cosine and sine of the turn of one of `count` equal steps.
  Point step(int count) const;

  Point from_, to_, centre_;
  double rise_, radius_;
  double slope_;  // the tangent of a quarter of the turn
};

// The way that a segment from there leaves its start and comes to its end, of any length.
Point leaving(Point from, const Segment& segment);
Point arriving(Point from, const Segment& segment);

}  // namespace imgmill::vector
