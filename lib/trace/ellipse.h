// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Outlines that are circles, or ellipses with their axes along x and y: told from their points, and drawn.
#pragma once

#include <optional>

#include "trace/cubic.h"
#include "vector/document.h"

namespace imgmill::trace {

// The circle, or else the ellipse, that keeps to the tolerance of every point of a closed outline.
std::optional<vector::Ellipse> fit_ellipse(const CurvePoints& points);

// Eight curves, which leave the ellipse by less than 10⁻⁵ of its radius.
vector::Contour contour_of(const vector::Ellipse& ellipse);

}  // namespace imgmill::trace
