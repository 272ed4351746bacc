// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Raster to drawing.
#pragma once

#include <memory>
#include <string_view>

#include "image/image.h"
#include "trace/execution.h"
#include "trace/params.h"
#include "vector/document.h"

namespace imgmill::trace {

// Bumped whenever the same input and parameters give other bytes.
inline constexpr int kTraceVersion = 14;

struct Traced {
  vector::Document document;
  std::string_view engine;  // "color", "mono", "pixel" or "photo": what really ran
};

// Of one image, which outlives it, several drawings with different parameters: what they have in common is found out
// once. Each is the one that trace() gives. Not for several threads at once.
class Tracer {
 public:
  explicit Tracer(const image::Image& image);
  ~Tracer();
  Tracer(const Tracer&) = delete;
  Tracer& operator=(const Tracer&) = delete;

  // `last`: no other follows, so nothing needs to be kept for it. Throws as trace() does.
  Traced trace(const TraceParams& params, const Execution& execution = {}, bool last = false);

 private:
  struct Picture;
  const image::Image& image_;
  std::unique_ptr<Picture> picture_;
};

// The same image and parameters give the same document, on any machine and number of threads. Throws
// Error{timeout, cancelled} through the execution's stop, Error{usage} for parameters out of their range.
Traced trace(const image::Image& image, const TraceParams& params, const Execution& execution = {});

}  // namespace imgmill::trace
