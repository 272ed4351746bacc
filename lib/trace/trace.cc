// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/trace.h"

#include <optional>
#include <utility>

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

// Whether both lay the same colour under the picture, or none.
bool same_ground(const Background& a, const Background& b) {
  const bool flattened = a.kind == Background::Kind::color;
  return flattened == (b.kind == Background::Kind::color) && (!flattened || a.color == b.color);
}

}  // namespace

// The image over the background's colour, and what engines know of it.
struct Tracer::Picture {
  Picture(Raster r, const Background& b) : raster(std::move(r)), background(b), color(raster) {}

  const Raster raster;
  const Background background;
  std::optional<int> pixel_scale;
  bool is_photo = false, is_classified = false;
  ColorEngine color;

  // Which engine is automatic.
  void classify() {
    if (is_classified) return;
    pixel_scale = pixel_art_scale(raster);
    is_photo = !pixel_scale && looks_like_photo(raster);
    is_classified = true;
  }
};

Tracer::Tracer(const image::Image& image) : image_(image) {}
Tracer::~Tracer() = default;

Traced Tracer::trace(const TraceParams& params, const Execution& execution, bool last) {
  if (picture_ == nullptr || !same_ground(picture_->background, params.background)) {
    const bool flattened = params.background.kind == Background::Kind::color && image_.has_alpha();
    picture_ = std::make_unique<Picture>(
        to_raster(flattened ? image::flatten(image_, params.background.color) : image_), params.background);
  }
  const Raster& raster = picture_->raster;
  if (params.engine == Engine::mono || params.centerline)
    return {trace_mono(raster, params, execution.stop, execution.clock), "mono"};
  if (params.engine == Engine::automatic) {
    picture_->classify();
    if (picture_->pixel_scale) {
      return {trace_pixel_art(repainted(raster, params), *picture_->pixel_scale, execution.stop), "pixel"};
    }
    if (picture_->is_photo) return {trace_photo(raster, params, execution), "photo"};
  }
  return {picture_->color.draw(params, execution, !last), "color"};
}

Traced trace(const image::Image& image, const TraceParams& params, const Execution& execution) {
  return Tracer(image).trace(params, execution, true);
}

}  // namespace imgmill::trace
