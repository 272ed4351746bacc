// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Which patches are drawn with a gradient: where it beats levels of constant colour on bytes and squared error.
#pragma once

#include "base/stop.h"
#include "trace/gradient.h"
#include "trace/regions.h"

namespace imgmill::trace {

// `patches` labels connected patches of nearly one colour; −1 belongs to none and parts them. Patches that one gradient
// explains become one; the rest are merged into fewer. `price` is what a byte may save in squared error, levels².
// `noisy`: more pixels are looked at.
Shading shade(Regions& patches, const Raster& raster, double price, bool noisy, const base::Stop& stop);

}  // namespace imgmill::trace
