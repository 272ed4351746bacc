// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Which colours a drawing is painted with, where the user bounds them: a palette, a number of colours, no background.
// Only the fills change; where the edges run is still read from the paints that the picture shows.
#pragma once

#include "trace/paints.h"
#include "trace/params.h"

namespace imgmill::trace {

// `map` has a paint for every pixel. Paints that come to be drawn in one colour become one paint.
void recolor(PaintMap& map, const TraceParams& params);

}  // namespace imgmill::trace
