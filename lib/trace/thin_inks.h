// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What small writing is written with. No pixel need show an ink pure: a stroke narrower than a pixel mixes it with the
// ground everywhere. One as wide as a pixel shows it somewhere, and at least one of a word's does.
#pragma once

#include <cstdint>
#include <vector>

#include "base/stop.h"
#include "trace/paints.h"
#include "trace/thin_groups.h"

namespace imgmill::trace {

// What a group shows of its ink.
struct ShownInk {
  const ThinGroup* group;
  std::int32_t paint;  // the ink as it was found
  Paint ink;           // as it is drawn
  float most = 0;      // the largest share of it in a pixel
};

// Gives one ink to what is written alike: words of which no pixel shows the ink found for them, but all nearly as much
// of it, are written with the most that they show. Dots and single letters are of the ink of the word next to them.
void choose_inks(const PaintMap& map, std::vector<ShownInk>& shown, const base::Stop& stop);

}  // namespace imgmill::trace
