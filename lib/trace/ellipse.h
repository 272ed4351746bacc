// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Outlines that are circles or ellipses: told from their points, and drawn. The simplest that keeps to them is taken: a
// circle, an ellipse with its axes along x and y, any ellipse.
#pragma once

#include <optional>

#include "trace/cubic.h"
#include "vector/document.h"

namespace imgmill::trace {

// The one that keeps to the tolerance of every point of a closed outline, whose last point is the first.
std::optional<vector::Ellipse> fit_ellipse(const CurvePoints& points);

// How far outside it a place is, px, to first order.
double outside(const vector::Ellipse& ellipse, vector::Point place);

// Whether the points keep to it and are off by chance only: a third of the tolerance, the root of their mean square.
// No tolerance counts as more than `loosest`, px.
bool is_exact(const vector::Ellipse& ellipse, const CurvePoints& points, double loosest);

// Eight curves, which leave the ellipse by less than 10⁻⁵ of its radius.
vector::Contour contour_of(const vector::Ellipse& ellipse);

}  // namespace imgmill::trace
