// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Colour management: whatever profile a file carries, to sRGB.
#pragma once

#include "codec/raw.h"

namespace imgmill::codec {

// Makes raw.samples sRGB by raw.icc, in place: relative colorimetric with black point compensation. Ink samples
// become RGB, by the plain formula where there is no usable profile. A profile that is broken or of another colour
// space than the samples is a warning. Alpha stays as it is.
void convert_to_srgb(Raw& raw);

// Whether raw.icc is a profile for RGB that can be read, and the samples are of that kind.
bool is_in_rgb_profile(const Raw& raw);

// Whether that is a profile which says no more than sRGB does.
bool is_srgb_profile(base::ByteView icc);

}  // namespace imgmill::codec
