// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// How close a compressed file is to its picture, as those will see it who open it. Decoders make colour that is stored
// at half the resolution whole in two ways: libavif (Chrome) interpolates, libheif (libvips, sharp, ImageMagick)
// repeats samples. For AVIF the score is the lower one of both, so that what was promised holds everywhere; of JPEG and
// WebP the common decoders interpolate alike.
#pragma once

#include "base/bytes.h"
#include "base/stage_clock.h"
#include "codec/encode.h"
#include "image/image.h"
#include "score/score.h"

namespace imgmill::compress {

// The file was made of the picture with these options. `clock` may be null. Throws as codec::decode does.
score::Score closeness(const image::Image& picture, base::ByteView file, const codec::EncodeOptions& options,
                       base::StageClock* clock);

}  // namespace imgmill::compress
