// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/color.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "trace/denoise.h"
#include "trace/draw.h"
#include "trace/lcd_text.h"
#include "trace/mixtures.h"
#include "trace/recolor.h"

namespace imgmill::trace {

namespace {

// A shadow as it is drawn: the outlines of what casts it, blurred, and over them what is of the ground's colour there.
Overlay overlay_of(const Shadow& shadow, const Execution& execution) {
  Overlay overlay{{}, shadow.on, shadow.holes};
  std::vector<vector::Shape> covers;
  for (const Shadow::Caster& caster : shadow.casters) {
    std::vector<vector::Contour> outline;
    const vector::Document drawn = ColorEngine(caster.shape).draw({}, execution, false);
    for (const vector::Shape& shape : drawn.shapes) {
      for (const vector::Contour& contour : shape.contours) outline.push_back(moved(contour, shadow.at));
    }
    for (const Shadow::Layer& layer : caster.layers) {
      vector::Shape shape{{}, vector::Solid{to_rgba(layer.paint)}, 0, layer.blur.sigma};
      for (const vector::Contour& contour : outline) shape.contours.push_back(moved(contour, layer.blur.shift));
      overlay.shapes.push_back(std::move(shape));
    }
    if (caster.bare) covers.push_back({std::move(outline), vector::Solid{to_rgba(shadow.ground)}});
  }
  std::move(covers.begin(), covers.end(), std::back_inserter(overlay.shapes));
  return overlay;
}

}  // namespace

void ColorEngine::look(bool shadows, const Execution& execution) {
  base::StageClock::Scope scope(execution.clock, "cores");
  if (!without_fringes_) without_fringes_ = without_lcd_fringes(raster_, execution.stop);
  cores_ = find_cores(clear(), execution.stop);
  lifted_.reset();
  if (cores_->noise.noisy()) {
    denoised_ = denoise(clear(), *cores_, execution.stop);
  } else if (shadows) {
    lifted_ = lift_shadows(clear(), *cores_, execution.stop);
    if (lifted_) cores_ = find_cores(lifted_->raster, execution.stop);
  }
  looked_for_shadows_ = shadows;
}

PaintMap ColorEngine::divide(const TraceParams& params, const Execution& execution, bool keep) {
  const bool given_colors = !params.palette.empty() || params.max_colors > 0;  // which have no place for shades
  Division by{params.color_precision, params.layer_difference, given_colors, params.shadows && !given_colors};
  if (divided_) {
    Division same = by;
    if (divided_->by.layer_difference == 0) same.layer_difference = 0;
    if (divided_->by == same) return divided_->map;
  }
  if (!cores_ || looked_for_shadows_ != by.shadows) look(by.shadows, execution);
  PaintMap map;
  {
    base::StageClock::Scope scope(execution.clock, "paints");
    map = find_paints(picture(), *cores_, params, execution.stop);
    if (map.noisy) mend_extremes(map, clear(), execution.stop);
  }
  base::StageClock::Scope scope(execution.clock, "mixtures");
  explain_mixtures(map, picture(), params, execution.stop);
  if (map.flat) by.layer_difference = 0;
  if (keep) {
    divided_ = {by, map};
  } else {
    cores_.reset();
  }
  return map;
}

vector::Document ColorEngine::draw(const TraceParams& params, const Execution& execution, bool keep) {
  PaintMap map = divide(params, execution, keep);
  recolor(map, params);
  FitOptions fit = fit_options(params);
  // Ripples along the edges bend curves that are straight in the drawing.
  if (map.noisy) fit.tolerance = std::min(fit.tolerance * 1.4, kLoosest);
  std::vector<Overlay> shadows;
  if (lifted_) {
    for (const Shadow& shadow : lifted_->shadows) shadows.push_back(overlay_of(shadow, execution));
  }
  return draw_paints(map, picture(), params.filter_speckle * params.filter_speckle, fit, shadows, execution);
}

}  // namespace imgmill::trace
