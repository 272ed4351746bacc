// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Raster to drawing.
#pragma once

#include <string_view>

#include "image/image.h"
#include "trace/execution.h"
#include "trace/params.h"
#include "vector/document.h"

namespace imgmill::trace {

// Bumped whenever the same input and parameters give other bytes.
inline constexpr int kTraceVersion = 6;

struct Traced {
  vector::Document document;
  std::string_view engine;  // "color", "mono", "pixel" or "photo": what really ran
};

// The same image and parameters give the same document, on any machine and number of threads. Throws
// Error{timeout, cancelled} through the execution's stop, Error{usage} for parameters out of their range.
Traced trace(const image::Image& image, const TraceParams& params, const Execution& execution = {});

}  // namespace imgmill::trace
