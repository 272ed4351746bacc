// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Outlines that are rectangles with round corners of one radius: told from their points, and drawn. Along x and y if
// that keeps to the points, else at any slant.
#pragma once

#include <optional>

#include "trace/cubic.h"
#include "vector/document.h"

namespace imgmill::trace {

// The rectangle with round corners that keeps to the tolerance of every point of a closed outline; where it is slanted,
// which fits more by chance, no tolerance counts as more than `sure` px.
std::optional<vector::Rectangle> fit_rectangle(const CurvePoints& points, double sure);

// Lines and quarters of circles, from the left end of the upper side.
vector::Contour contour_of(const vector::Rectangle& rectangle);

}  // namespace imgmill::trace
