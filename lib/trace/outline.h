// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The drawn outline of a part: exact where it borders on something lower, and a cheap way beneath the parts above it
// where it doesn't show.
#pragma once

#include <vector>

#include "trace/edges.h"
#include "trace/fit.h"
#include "trace/layers.h"
#include "trace/parts.h"

namespace imgmill::trace {

class OutlineDrawer {
 public:
  OutlineDrawer(const Parts& parts, const Layers& layers, const EdgeFinder& edges, const FitOptions& options)
      : parts_(parts), layers_(layers), edges_(edges), options_(options) {}

  // Appends the loop's contour, if it has one: a hole that is filled from above has none.
  void draw(const Loop& loop, std::vector<vector::Contour>& out) const;

 private:
  const Parts& parts_;
  const Layers& layers_;
  const EdgeFinder& edges_;
  const FitOptions& options_;
};

}  // namespace imgmill::trace
