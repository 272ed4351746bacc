// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The one EXIF tag that changes what a picture looks like.
#pragma once

#include "base/bytes.h"

namespace imgmill::codec {

// The orientation (tag 0x0112) in a TIFF-structured EXIF block, with or without its leading "Exif\0\0"; 1 where there
// is none or the block is damaged. Never reads outside `block`.
int exif_orientation(base::ByteView block);

}  // namespace imgmill::codec
