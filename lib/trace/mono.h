// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The mono engine: one ink on one paper, as in scans of text, stamps and line art. A threshold parts the two and
// potrace draws the outlines; where the edges are antialiased, the picture is interpolated to a finer grid first, so
// that the threshold finds them between the pixels.
#pragma once

#include "base/stage_clock.h"
#include "base/stop.h"
#include "trace/params.h"
#include "trace/regions.h"
#include "vector/document.h"

namespace imgmill::trace {

// The paper is what most of the rim shows; it is a shape beneath the ink, unless it is transparent or the background
// is to be removed. A picture of one tone on transparency is all ink.
vector::Document trace_mono(const Raster& raster, const TraceParams& params, const base::Stop& stop,
                            base::StageClock* clock);

}  // namespace imgmill::trace
