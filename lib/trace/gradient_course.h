// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Where samples lie on the course of a gradient, and the colours along it between even stops, for four of them at once.
#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "trace/four.h"
#include "trace/gradient.h"
#include "trace/gradient_profile.h"
#include "trace/gradient_samples.h"

namespace imgmill::trace {

inline Four bounded(Four v) { return smaller(larger(v, four(0.0f)), four(1.0f)); }

// A gradient's course, for four places at once.
class Course {
 public:
  explicit Course(const Gradient& g)
      : radial_(g.radial),
        origin_{float(g.origin.x), float(g.origin.y)},
        u_{float(g.u.x), float(g.u.y)},
        v_{float(g.v.x), float(g.v.y)} {}

  Four position(const GradientSamples::Block& b) const {
    const Four x = b.x - origin_.x, y = b.y - origin_.y, along = x * u_.x + y * u_.y;
    if (!radial_) return along;
    const Four across = x * v_.x + y * v_.y;
    return root(along * along + across * across);
  }
  // As Gradient::Along.
  struct Along {
    Four position, x, y;
  };
  Along along(const GradientSamples::Block& b) const {
    const Four x = b.x - origin_.x, y = b.y - origin_.y, along = x * u_.x + y * u_.y;
    if (!radial_) return {along, four(u_.x), four(u_.y)};
    const Four across = x * v_.x + y * v_.y, position = root(along * along + across * across);
    const Four per = 1.0f / larger(position, four(1e-9f));
    return {position, (along * u_.x + across * v_.x) * per, (along * u_.y + across * v_.y) * per};
  }

 private:
  struct Pair {
    float x, y;
  };
  bool radial_;
  Pair origin_, u_, v_;
};

// The colours between even stops.
class EvenColors {
 public:
  EvenColors() = default;
  explicit EvenColors(const std::array<Paint, kEven + 1>& stops) {
    for (int k = 0; k < kEven; ++k) {
      color_[k] = four(stops[k]);
      rise_[k] = four(stops[k + 1]) - color_[k];
      steep_[k] = sum(rise_[k] * rise_[k]) * (kEven * kEven);
    }
  }

  double error(const std::vector<GradientSamples::Block>& blocks, const std::vector<Four>& along) const {
    Four sums{};
    for (std::size_t n = 0; n < blocks.size(); ++n) {
      const GradientSamples::Block& b = blocks[n];
      const Places at = places(along[n]);
      for (int lane = 0; lane < 4; ++lane) {
        const Four off = b.color[lane] - color(at, lane);
        sums += off * off * b.weight[lane];
      }
    }
    return sum(sums);
  }

  // The square of their slope by the way, and how far off colours are, along that slope.
  struct Pull {
    Four steep, off;
  };
  Pull pull(const GradientSamples::Block& b, Four along) const {
    const Places at = places(along);
    Pull pull;
    for (int lane = 0; lane < 4; ++lane) {
      const int k = at.stop[lane];
      pull.steep[lane] = steep_[k];
      pull.off[lane] = sum((b.color[lane] - color(at, lane)) * rise_[k]) * kEven;
    }
    return pull;
  }

 private:
  struct Places {
    FourWhole stop;  // before it
    Four behind;     // that stop, in spans
  };
  static Places places(Four along) {
    const Four t = bounded(along) * float(kEven);
    const FourWhole k = whole(smaller(t, four(kEven - 0.5f)));
    return {k, t - fractional(k)};
  }
  Four color(const Places& at, int lane) const {
    return color_[at.stop[lane]] + rise_[at.stop[lane]] * at.behind[lane];
  }

  std::array<Four, kEven> color_{}, rise_{};
  std::array<float, kEven> steep_{};
};

}  // namespace imgmill::trace
