// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/color.h"

#include <algorithm>
#include <utility>

#include "trace/denoise.h"
#include "trace/draw.h"
#include "trace/lcd_text.h"
#include "trace/mixtures.h"
#include "trace/recolor.h"

namespace imgmill::trace {

void ColorEngine::look(const Execution& execution) {
  base::StageClock::Scope scope(execution.clock, "cores");
  if (!without_fringes_) without_fringes_ = without_lcd_fringes(raster_, execution.stop);
  cores_ = find_cores(clear(), execution.stop);
  if (cores_->noise.noisy()) denoised_ = denoise(clear(), *cores_, execution.stop);
}

PaintMap ColorEngine::divide(const TraceParams& params, const Execution& execution, bool keep) {
  Division by{params.color_precision, params.layer_difference, !params.palette.empty() || params.max_colors > 0};
  if (divided_) {
    Division same = by;
    if (divided_->by.layer_difference == 0) same.layer_difference = 0;
    if (divided_->by == same) return divided_->map;
  }
  if (!cores_) look(execution);
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
  return draw_paints(map, picture(), params.filter_speckle * params.filter_speckle, fit, execution);
}

}  // namespace imgmill::trace
