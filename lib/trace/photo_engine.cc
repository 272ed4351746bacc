// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/photo_engine.h"

#include "trace/draw.h"
#include "trace/paints.h"
#include "trace/photo.h"
#include "trace/recolor.h"

namespace imgmill::trace {
namespace {

// How much coarser the outlines of a photo's patches may be than those of a drawing: they follow noise, not edges.
constexpr double kCoarser = 2;

PaintMap paints_of(Regions regions) {
  PaintMap map{regions.width, regions.height, std::move(regions.label), {}, {}, {}, 2, false, false};
  map.pure.assign(map.at.size(), 1);
  for (const Region& region : regions.regions)
    map.paints.push_back({region.paint, region.paint, region.area, true, -1});
  return map;
}

}  // namespace

vector::Document trace_photo(const Raster& raster, const TraceParams& params, const Execution& execution) {
  PaintMap map;
  {
    base::StageClock::Scope scope(execution.clock, "paints");
    map = paints_of(segment_photo(raster, photo_options(params, raster.width, raster.height), execution.stop));
    recolor(map, params);
  }
  FitOptions fit = fit_options(params);
  fit.tolerance *= kCoarser;
  fit.corrections = 0;         // what a patch shows is a mean, and where two meet is no edge
  constexpr int kSpeckle = 1;  // px: the segmentation has merged what is small already
  return draw_paints(map, raster, kSpeckle, fit, execution);
}

}  // namespace imgmill::trace
