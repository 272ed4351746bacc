// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/color.h"

#include <algorithm>

#include "trace/cores.h"
#include "trace/draw.h"
#include "trace/mixtures.h"
#include "trace/paints.h"
#include "trace/recolor.h"

namespace imgmill::trace {

vector::Document trace_color(const Raster& raster, const TraceParams& params, const Execution& execution) {
  Cores cores;
  {
    base::StageClock::Scope scope(execution.clock, "cores");
    cores = find_cores(raster, execution.stop);
  }
  PaintMap map;
  {
    base::StageClock::Scope scope(execution.clock, "paints");
    map = find_paints(raster, cores, params, execution.stop);
  }
  {
    base::StageClock::Scope scope(execution.clock, "mixtures");
    explain_mixtures(map, raster, params, execution.stop);
    recolor(map, params);
  }
  FitOptions fit = fit_options(params);
  // Ripples along the edges bend curves that are straight in the drawing.
  if (map.noisy) fit.tolerance = std::min(fit.tolerance * 1.2, kLoosest);
  return draw_paints(map, raster, params.filter_speckle * params.filter_speckle, fit, execution);
}

}  // namespace imgmill::trace
