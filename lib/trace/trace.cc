// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/trace.h"

#include "trace/color.h"

namespace imgmill::trace {

Traced trace(const image::Image& image, const TraceParams& params, const base::Stop& stop, base::StageClock* clock) {
  const bool flattened = params.background.kind == Background::Kind::color && image.has_alpha();
  const Raster raster = to_raster(flattened ? image::flatten(image, params.background.color) : image);
  return {trace_color(raster, params, stop, clock), "color"};
}

}  // namespace imgmill::trace
