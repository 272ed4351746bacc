// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "compress/closeness.h"

#include "codec/codec.h"

namespace imgmill::compress {
namespace {

using Scope = base::StageClock::Scope;

score::Score compare(const image::Image& picture, base::ByteView file, bool repeat_chroma, const base::Stop& stop,
                     base::StageClock* clock) {
  const image::Image decoded = [&] {
    const Scope timed(clock, "redecode");
    codec::DecodeOptions as_it_is;
    as_it_is.limits.max_pixels = picture.pixels();
    as_it_is.keep_profile = true;
    as_it_is.repeat_chroma = repeat_chroma;
    as_it_is.stop = stop;
    return codec::decode(file, as_it_is).image;
  }();
  const Scope timed(clock, "score");
  return score::compare(picture, decoded, stop);
}

}  // namespace

score::Score closeness(const image::Image& picture, base::ByteView file, const codec::EncodeOptions& options,
                       base::StageClock* clock) {
  const score::Score score = compare(picture, file, false, options.stop, clock);
  const bool has_half_chroma = !options.lossless && options.chroma == codec::Chroma::half;
  if (!has_half_chroma || codec::sniff(file) != codec::Format::avif) return score;
  const score::Score repeated = compare(picture, file, true, options.stop, clock);
  return repeated.ssim < score.ssim ? repeated : score;
}

}  // namespace imgmill::compress
