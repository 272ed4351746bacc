// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Where a picture may show plain ground in a soft shadow, and what may cast that: found by its colours alone, which all
// lie on one way from the ground's and change smoothly, before anything is known of the shadow's form.
#pragma once

#include <cstdint>
#include <vector>

#include "base/stop.h"
#include "trace/cores.h"
#include "trace/flood.h"
#include "trace/regions.h"
#include "trace/window.h"

namespace imgmill::trace {

// Levels within which two colours of a shadow are one.
inline constexpr float kSameShade = 3;

// The way that a shadow leads from a ground's colour.
struct Shade {
  Sample color;  // the ground's, opaque or clear,
  Paint ground;  // and as a paint
  Paint way;     // of length 1

  // Levels along the way; and what is there.
  float along(Sample s) const { return dot(to_paint(s) - ground, way); }
  Paint at(float depth) const { return ground + way * depth; }
  // Whether it is a colour of the shadow at that depth.
  bool is_at(Sample s, float depth) const { return distance2(to_paint(s), at(depth)) <= kSameShade * kSameShade; }
  // Whether ground of that colour is in the shadow, not only at its end.
  bool reaches(Sample s) const {
    constexpr float kEnd = 1.5f;  // levels
    return !(s == color) && along(s) > kEnd;
  }
  // Levels up to which there are colours: so deep is a shadow that nothing shines through.
  float most() const;
};

// What a pixel is to the shadows on one ground. Bytes, which are looked for faster than anything else.
using Role = std::uint8_t;
inline constexpr Role kUnknown = 0;
inline constexpr Role kGround = 1;  // in the shade or not
inline constexpr Role kCaster = 2;  // may cast a shadow
inline constexpr Role kOther = 3;

// What may cast a shadow, or several that meet, and that shadow.
struct Cast {
  std::vector<Run> runs;
  Window shape, all;  // without the shadow, and with it
};

struct ShadedGround {
  Shade shade;
  std::vector<Role> role;  // per pixel
  std::vector<Cast> casts;
};

// One for each ground that has any. For other pictures, next to no time.
std::vector<ShadedGround> find_shaded_grounds(const Raster& raster, const Cores& cores, const base::Stop& stop);

}  // namespace imgmill::trace
