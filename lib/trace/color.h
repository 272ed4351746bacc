// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The colour engine: flat and smooth art, antialiased or not, clean or from JPEG.
#pragma once

#include "trace/execution.h"
#include "trace/params.h"
#include "trace/regions.h"
#include "vector/document.h"

namespace imgmill::trace {

vector::Document trace_color(const Raster& raster, const TraceParams& params, const Execution& execution);

}  // namespace imgmill::trace
