// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// One arc of a circle through a run of points.
#pragma once

#include "trace/cubic.h"
#include "vector/document.h"

namespace imgmill::trace {

struct Arc {
  double rise = 0;  // as vector::Segment has it, between the ends of the run
  vector::Point centre;
  double radius = 0;  // px; 0 for what is next to a line
};

// Whether the points between two of them keep to one circle, which the ends come near: a corner stands less exactly
// than what is beside it.
bool fit_arc(const CurvePoints& points, int from, int to, Arc& arc);

}  // namespace imgmill::trace
