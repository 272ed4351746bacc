// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/color.h"

#include "trace/cores.h"
#include "trace/draw.h"
#include "trace/mixtures.h"
#include "trace/paints.h"
#include "trace/recolor.h"

namespace imgmill::trace {

vector::Document trace_color(const Raster& raster, const TraceParams& params, const base::Stop& stop,
                             base::StageClock* clock) {
  Cores cores;
  {
    base::StageClock::Scope scope(clock, "cores");
    cores = find_cores(raster, stop);
  }
  PaintMap map;
  {
    base::StageClock::Scope scope(clock, "paints");
    map = find_paints(raster, cores, params, stop);
  }
  {
    base::StageClock::Scope scope(clock, "mixtures");
    explain_mixtures(map, raster, params, stop);
    recolor(map, params);
  }
  return draw_paints(map, raster, params.filter_speckle * params.filter_speckle, fit_options(params), stop, clock);
}

}  // namespace imgmill::trace
