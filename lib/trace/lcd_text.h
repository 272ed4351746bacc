// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Text made for LCD screens (ClearType, FreeType's LCD modes, macOS up to 10.13). There red, green and blue lie side by
// side within a pixel, so its channels measure coverage a third of a pixel apart. Taken for one colour they are the
// fringes that such text has in a screenshot.
#pragma once

#include <optional>

#include "base/stop.h"
#include "trace/regions.h"

namespace imgmill::trace {

// The picture with such text in shades between its colour and the ground's, as it is antialiased otherwise: for each
// pixel the mean of what its channels measured. None where there is no such text, or too little to be sure of it; what
// has another reason to be coloured stays, and so does all that is not opaque.
std::optional<Raster> without_lcd_fringes(const Raster& raster, const base::Stop& stop);

}  // namespace imgmill::trace
