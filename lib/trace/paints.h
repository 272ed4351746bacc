// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The paints of a picture and which pixels show each of them pure: regions grow over the cores, smooth gradients are
// cut into bands by merging, equal colours become one paint. What is left over are the mixtures along the edges.
#pragma once

#include <cstdint>
#include <vector>

#include "base/stop.h"
#include "trace/cores.h"
#include "trace/gradient.h"
#include "trace/params.h"
#include "trace/regions.h"

namespace imgmill::trace {

inline constexpr std::int32_t kNoPaint = -1;
inline constexpr std::int64_t kMeant = 12;  // px that show a paint pure which is no stroke's guess

struct PaintEntry {
  Paint paint;                 // what the picture shows
  Paint fill;                  // what it is drawn with
  std::int64_t area = 0;       // px that show it pure
  bool varies = false;         // a gradient or a band of one: its pixels differ by more than rounding
  std::int32_t gradient = -1;  // into the map's gradients: what the picture shows and what it is drawn with; `paint`
                               // and `fill` are its mean then
};

struct PaintMap {
  int width = 0, height = 0;
  std::vector<std::int32_t> at;    // per pixel: index into `paints`, or kNoPaint for mixtures not yet explained
  std::vector<std::uint8_t> pure;  // per pixel: 1 where it shows its paint alone
  std::vector<PaintEntry> paints;
  std::vector<Gradient> gradients;
  float tolerance = 2;  // levels within which a pixel equals a paint
  bool noisy = false;
  bool shaded = false;  // what varies are smooth changes; else it may be texture
  bool given = false;   // the paints are all that may be drawn with
  bool flat = false;    // nothing varies, so that layer_difference had no say

  // What a paint shows at a pixel.
  Paint at_pixel(std::int32_t paint, int x, int y) const {
    const PaintEntry& entry = paints[static_cast<std::size_t>(paint)];
    return entry.gradient < 0 ? entry.paint : gradients[entry.gradient].at({x + 0.5, y + 0.5});
  }
  Paint at_pixel(std::int32_t paint, std::size_t pixel) const {
    const int row = static_cast<int>(pixel / width);
    return at_pixel(paint, static_cast<int>(pixel - static_cast<std::size_t>(row) * width), row);
  }

  // The colour a pixel stands for as one end of a mixture: its paint, or in a gradient its own colour.
  Paint local(const Raster& raster, std::size_t pixel) const {
    const PaintEntry& entry = paints[static_cast<std::size_t>(at[pixel])];
    return entry.varies && pure[pixel] ? to_paint(raster.at[pixel]) : entry.paint;
  }
};

PaintMap find_paints(const Raster& raster, const Cores& cores, const TraceParams& params, const base::Stop& stop);

// The index of a paint within `levels` of this one, added where there is none; its area is counted.
std::int32_t intern_paint(std::vector<PaintEntry>& paints, const Paint& paint, std::int64_t area, bool varies,
                          float levels);

// Distance in levels under which two colours are one paint: what color_precision stands for.
float same_paint_levels(const TraceParams& params);

// Noise at either end of a channel's range can go one way only, so a mean comes to lie inside; what is at the end
// shows it in many of its pixels, and what is only near it in few. `raster` is the picture before it was denoised.
void mend_extremes(PaintMap& map, const Raster& raster, const base::Stop& stop);

}  // namespace imgmill::trace
