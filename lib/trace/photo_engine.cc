// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/photo_engine.h"

#include <algorithm>
#include <utility>

#include "trace/borders.h"
#include "trace/draw.h"
#include "trace/paints.h"
#include "trace/patches.h"
#include "trace/photo.h"
#include "trace/recolor.h"

namespace imgmill::trace {
namespace {

// How much coarser the outlines of a photo's patches may be than those of a drawing: they follow noise, not edges.
constexpr double kCoarser = 2;

// px by which a patch's outline may leave the pixels' edges.
double tolerance(const TraceParams& params) { return std::clamp(0.15 * params.length_threshold, 0.3, 1.5); }

PaintMap paints_of(Regions regions) {
  PaintMap map{regions.width, regions.height, std::move(regions.label), {}, {}, {}, 2, false, false};
  map.pure.assign(map.at.size(), 1);
  for (const Region& region : regions.regions)
    map.paints.push_back({region.paint, region.paint, region.area, true, -1});
  return map;
}

bool drawn_as_seen(const TraceParams& params) {
  return params.palette.empty() && params.max_colors == 0 && params.background.kind != Background::Kind::remove;
}

bool opaque(const Regions& regions) {
  return std::all_of(regions.regions.begin(), regions.regions.end(),
                     [](const Region& r) { return r.paint.a >= kSolid; });
}

}  // namespace

vector::Document trace_photo(const Raster& raster, const TraceParams& params, const Execution& execution) {
  Regions regions;
  {
    base::StageClock::Scope scope(execution.clock, "paints");
    regions = segment_photo(raster, photo_options(params, raster.width, raster.height), execution);
    settle_borders(regions, raster, execution);
  }
  if (drawn_as_seen(params) && opaque(regions)) {
    base::StageClock::Scope scope(execution.clock, "curves");
    return draw_patches(std::move(regions), tolerance(params), execution);
  }
  PaintMap map;
  {
    base::StageClock::Scope scope(execution.clock, "paints");
    map = paints_of(std::move(regions));
    recolor(map, params);
  }
  FitOptions fit = fit_options(params);
  fit.tolerance *= kCoarser;
  fit.corrections = 0;         // what a patch shows is a mean, and where two meet is no edge
  constexpr int kSpeckle = 1;  // px: the segmentation has merged what is small already
  return draw_paints(map, raster, kSpeckle, fit, {}, execution);
}

}  // namespace imgmill::trace
