// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// How a soft shadow comes from the shape that casts it: moved, blurred by a Gaussian, and of some depth; one such layer
// or two. Least squares by damped Gauss–Newton steps (Levenberg 1944) over the pixels in which the shadow shows; how a
// blurred shape changes with the width of the blur is known from its curvature (it spreads as heat does: ∂B/∂σ = σ ΔB).
#pragma once

#include <vector>

#include "base/stop.h"
#include "trace/field.h"
#include "vector/document.h"

namespace imgmill::trace {

struct Blur {
  double sigma = 0;     // px
  vector::Point shift;  // px
  double depth = 0;     // levels, where the shape is many σ wide
};

// What is seen of a shadow; the fields are of one size.
struct SoftShadow {
  const Field& caster;  // the share of each pixel that the shape covers
  const Field& depth;   // levels
  const Field& seen;    // 1 where it shows
  double most = 0;      // levels of a shadow that nothing shines through: two layers come to no more than that
};

struct BlurFit {
  std::vector<Blur> layers;
  double left = 1;  // of the squares of what is seen, the share that they don't explain
};

// Improves one or two layers that are right to about their half, in cells of `cell` px, by so many steps at most.
BlurFit fit_blur(const SoftShadow& shadow, const std::vector<Blur>& start, int cell, int steps, const base::Stop& stop);

// The shadow that a shape casts, levels per pixel.
Field cast(const Field& caster, const std::vector<Blur>& layers, double most);

}  // namespace imgmill::trace
