// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// From pictures to file bytes. One encoder a format, each through its own library with everything pinned that could
// make the bytes depend on the machine; the same picture and options give the same bytes.
#pragma once

#include "codec/codec.h"
#include "image/image.h"

namespace imgmill::codec {

enum class Chroma {
  half,  // 4:2:0: colour at half the resolution
  full,  // 4:4:4
};

enum class JpegTables {
  tuned,     // quantisation that keeps SSIM with fewer bytes; a quality means about the same closeness as below
  standard,  // the example tables of the JPEG standard (ITU-T T.81, Annex K), as libjpeg users know them
};

struct EncodeOptions {
  // 0–100, as the format's own library counts: libjpeg's scaling of the standard's tables, libwebp's -q, and for AVIF
  // libavif 1.x's scale, a linear map onto AV1's quantizers 63…0.
  int quality = 80;
  bool lossless = false;         // PNG always is; WebP and AVIF can be; JPEG throws
  Chroma chroma = Chroma::half;  // WebP is always 4:2:0 unless lossless
  JpegTables jpeg_tables = JpegTables::tuned;
  int webp_method = 4;   // 0–6, slower and smaller
  int avif_speed = 6;    // 0–10, faster and larger
  int avif_threads = 1;  // part of the recipe: libaom's bytes differ between one thread and several
  base::Stop stop;       // asked in the middle of a picture; AVIF's library can't be stopped
};

// The largest side that the format can hold.
int largest_side(Format format);

// Qualities with the same step give the same bytes: AV1's 63…0 quantizers, turned round, for AVIF; else the quality.
int quality_step(Format format, int quality);

// JPEG takes no alpha: flatten first. Throws Error{unsupported} for a picture that is too large for the format,
// Error{internal} where the library fails, bad_alloc, and what `options.stop` does.
EncodedImage encode(const image::Image& image, Format format, const EncodeOptions& options, const Metadata& metadata);

}  // namespace imgmill::codec
