// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What can be asked of the tracer. Names and ranges are those that users of VTracer know; what each does in this
// pipeline stands in its field. The defaults are the balanced preset.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "base/fields.h"
#include "image/image.h"

namespace imgmill::trace {

enum class Engine { automatic, color, mono };

struct Background {
  enum class Kind { keep, remove, color } kind = Kind::keep;
  image::Rgba color;  // for Kind::color: what lies under transparent and translucent pixels
};

struct TraceParams {
  int color_precision = 6;
  int layer_difference = 16;
  int filter_speckle = 2;
  int corner_threshold = 60;
  double length_threshold = 5.0;
  int max_iterations = 10;
  int splice_threshold = 45;
  int path_precision = 5;
  int max_colors = 0;  // 0: no bound

  Engine engine = Engine::automatic;
  bool centerline =
      false;  // not with Engine::color: in one ink, lines by their middle and width instead of their outlines
  bool shadows = true;  // soft shadows are blurred shapes, which a program that knows no SVG filters can't show
  Background background;
  std::vector<image::Rgba> palette;  // empty: free; else exactly these colours
};

// The numeric parameters, in the order of --help.
std::span<const base::Field<TraceParams>> trace_fields();

}  // namespace imgmill::trace
