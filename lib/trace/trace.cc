// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/trace.h"

#include <optional>

#include "trace/color.h"
#include "trace/mono.h"
#include "trace/paints.h"
#include "trace/photo.h"
#include "trace/photo_engine.h"
#include "trace/pixel_art.h"
#include "trace/recolor.h"

namespace imgmill::trace {

namespace {

// Pixel art in the colours that the user allows.
Raster repainted(const Raster& raster, const TraceParams& params) {
  if (params.palette.empty() && params.max_colors == 0 && params.background.kind != Background::Kind::remove)
    return raster;
  PaintMap map{raster.width, raster.height, {}, {}, {}, {}, 0, false, false};
  for (const Sample& sample : raster.at) map.at.push_back(intern_paint(map.paints, to_paint(sample), 1, false, 0.5f));
  map.pure.assign(map.at.size(), 1);
  recolor(map, params);
  Raster out = raster;
  for (std::size_t i = 0; i < out.at.size(); ++i) out.at[i] = to_sample(map.paints[map.at[i]].fill);
  return out;
}

}  // namespace

Traced trace(const image::Image& image, const TraceParams& params, const Execution& execution) {
  const base::Stop& stop = execution.stop;
  const bool flattened = params.background.kind == Background::Kind::color && image.has_alpha();
  const Raster raster = to_raster(flattened ? image::flatten(image, params.background.color) : image);
  if (params.engine == Engine::mono) return {trace_mono(raster, params, stop, execution.clock), "mono"};
  if (params.engine == Engine::automatic) {
    if (const std::optional<int> scale = pixel_art_scale(raster)) {
      return {trace_pixel_art(repainted(raster, params), *scale, stop), "pixel"};
    }
    if (looks_like_photo(raster)) return {trace_photo(raster, params, execution), "photo"};
  }
  return {trace_color(raster, params, execution), "color"};
}

}  // namespace imgmill::trace
