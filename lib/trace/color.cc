// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/color.h"

#include <algorithm>
#include <utility>

#include "trace/denoise.h"
#include "trace/draw.h"
#include "trace/mixtures.h"
#include "trace/recolor.h"

namespace imgmill::trace {

PaintMap ColorEngine::divide(const TraceParams& params, const Execution& execution, bool keep) {
  Division by{params.color_precision, params.layer_difference, !params.palette.empty() || params.max_colors > 0};
  if (divided_) {
    Division same = by;
    if (divided_->by.layer_difference == 0) same.layer_difference = 0;
    if (divided_->by == same) return divided_->map;
  }
  if (!cores_) {
    base::StageClock::Scope scope(execution.clock, "cores");
    cores_ = find_cores(raster_, execution.stop);
    if (cores_->noise.noisy()) denoised_ = denoise(raster_, *cores_, execution.stop);
  }
  PaintMap map;
  {
    base::StageClock::Scope scope(execution.clock, "paints");
    map = find_paints(picture(), *cores_, params, execution.stop);
    if (map.noisy) mend_extremes(map, raster_, execution.stop);
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
  return draw_paints(map, picture(), params.filter_speckle * params.filter_speckle, fit, execution);
}

}  // namespace imgmill::trace
