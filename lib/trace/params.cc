// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/params.h"

namespace imgmill::trace {

std::span<const base::Field<TraceParams>> trace_fields() {
  using P = TraceParams;
  static constexpr base::Field<P> kFields[] = {
      {"color_precision", &P::color_precision, 1, 8, "bits",
       "Significant bits of a colour channel: colours closer than 2^(8 - N) levels are one region."},
      {"layer_difference", &P::layer_difference, 0, 255, "levels",
       "Colour step between the bands that a gradient is drawn with; lower means more bands."},
      {"filter_speckle", &P::filter_speckle, 0, 128, "px",
       "Patches smaller than N x N pixels are dropped, unless they stand out."},
      {"corner_threshold", &P::corner_threshold, 0, 180, "degrees",
       "Turn from which a bend is drawn as a corner; lower keeps more corners."},
      {"length_threshold", &P::length_threshold, 0, 10, "tolerance",
       "How far a curve may leave the measured edge: N x 0.03 px on a strong edge, more on a faint one."},
      {"max_iterations", &P::max_iterations, 1, 50, "count",
       "Rounds of refinement of a curve, and a fifth as many of the drawing; more is closer and slower."},
      {"splice_threshold", &P::splice_threshold, 0, 180, "degrees",
       "Turn up to which two curves that meet are joined smoothly."},
      {"path_precision", &P::path_precision, 1, 8, "digits",
       "Most significant digits in a coordinate; the writer uses fewer where the error bound allows."},
      {"max_colors", &P::max_colors, 0, 65536, "count", "Most colours in the drawing; 0 for no bound."},
  };
  return kFields;
}

}  // namespace imgmill::trace
