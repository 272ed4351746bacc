// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The photo engine: patches of one colour each, stacked, with coarse outlines.
#pragma once

#include "base/stage_clock.h"
#include "base/stop.h"
#include "trace/params.h"
#include "trace/regions.h"
#include "vector/document.h"

namespace imgmill::trace {

vector::Document trace_photo(const Raster& raster, const TraceParams& params, const base::Stop& stop,
                             base::StageClock* clock);

}  // namespace imgmill::trace
