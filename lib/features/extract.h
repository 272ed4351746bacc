// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// From pixels to features.
#pragma once

#include "base/stop.h"
#include "features/features.h"
#include "image/image.h"

namespace imgmill::features {

inline constexpr int kFeaturesVersion = 3;  // raise it when results change: it is part of the cache's keys

// The picture may have 1, 3 or 4 channels and any size ≥ 1 × 1; jpeg_quality stays 1. Throws bad_alloc, and what `stop`
// does.
Features extract(const image::Image& picture, const base::Stop& stop = {});

}  // namespace imgmill::features
