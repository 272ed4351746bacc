// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The photo engine: patches of one colour each, stacked, with coarse outlines.
#pragma once

#include "trace/execution.h"
#include "trace/params.h"
#include "trace/regions.h"
#include "vector/document.h"

namespace imgmill::trace {

vector::Document trace_photo(const Raster& raster, const TraceParams& params, const Execution& execution);

}  // namespace imgmill::trace
