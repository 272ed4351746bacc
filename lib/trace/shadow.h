// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Soft shadows (drop shadows, glows) on a plain or transparent ground: what casts them is in the picture, so each is
// one blurred shape, which SVG can say, instead of bands or gradients that only come near.
#pragma once

#include <optional>
#include <vector>

#include "base/stop.h"
#include "trace/blur_fit.h"
#include "trace/cores.h"
#include "trace/parts.h"
#include "trace/regions.h"

namespace imgmill::trace {

// On one ground, of all that is close together.
struct Shadow {
  struct Layer {
    Blur blur;    // its depth aside
    Paint paint;  // of the shape before it is blurred
  };
  struct Caster {
    Raster shape;               // black on transparent
    std::vector<Layer> layers;  // lowest first
    bool bare = false;          // whether something of the ground's colour is part of it
  };

  std::vector<Caster> casters;
  vector::Point at;          // where the left upper corner of their shapes lies
  Paint ground;              // that it falls on
  Pixel on{0, 0};            // a pixel of that,
  std::vector<Pixel> holes;  // and one of each patch of it that is seen through what casts the shadow
};

// A picture, and the shadows that were taken away from it.
struct Lifted {
  Raster raster;
  std::vector<Shadow> shadows;
};

// Nothing where there are none, or none that a blurred shape explains to about a level.
std::optional<Lifted> lift_shadows(const Raster& raster, const Cores& cores, const base::Stop& stop);

}  // namespace imgmill::trace
