// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The colour engine: flat and smooth art, antialiased or not, clean or from JPEG.
#pragma once

#include <optional>

#include "trace/cores.h"
#include "trace/execution.h"
#include "trace/paints.h"
#include "trace/params.h"
#include "trace/regions.h"
#include "trace/shadow.h"
#include "vector/document.h"

namespace imgmill::trace {

// Of one picture, which outlives it. What is found out about the picture is kept for its next drawing, as far as the
// parameters that it depends on are the same; the drawing is the same as that of a new engine.
class ColorEngine {
 public:
  explicit ColorEngine(const Raster& raster) : raster_(raster) {}

  // `keep`: there may be a next drawing. Kept are up to 11 bytes for each pixel.
  vector::Document draw(const TraceParams& params, const Execution& execution, bool keep);

 private:
  // What the paints depend on.
  struct Division {
    int color_precision = 0;
    int layer_difference = 0;  // 0: it plays no part
    bool given_colors = false;
    bool shadows = false;
    friend bool operator==(const Division&, const Division&) = default;
  };
  struct Divided {
    Division by;
    PaintMap map;
  };

  PaintMap divide(const TraceParams& params, const Execution& execution, bool keep);

  // Finds the cores, in what is drawn in place of the picture if that has fringes, noise, or shadows that are asked for.
  void look(bool shadows, const Execution& execution);
  const Raster& clear() const { return without_fringes_ ? *without_fringes_ : raster_; }
  const Raster& picture() const { return denoised_ ? *denoised_ : lifted_ ? lifted_->raster : clear(); }

  const Raster& raster_;
  std::optional<Cores> cores_;
  bool looked_for_shadows_ = false;
  std::optional<Raster> without_fringes_;  // what is drawn in place of a picture with text for LCD screens,
  std::optional<Raster> denoised_;         // of a noisy one,
  std::optional<Lifted> lifted_;           // and of one with soft shadows, with them
  std::optional<Divided> divided_;
};

}  // namespace imgmill::trace
