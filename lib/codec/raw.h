// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What a decoder of one format hands over, and the one place where it becomes a picture: colour to sRGB, orientation,
// opaque alpha dropped.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "codec/codec.h"

namespace imgmill::codec {

struct Raw {
  int width = 0, height = 0;              // as stored
  int whole_width = 0, whole_height = 0;  // of the picture whose fraction this is; 0: this is all of it
  int channels = 3;                       // 3 (RGB), 4 (RGBA, straight) or, with `cmyk`, 4 ink samples (255 = full ink)
  bool cmyk = false;
  bool grey = false;  // R = G = B everywhere, by the file's colour type
  std::vector<std::uint8_t> samples;
  base::Bytes icc;  // the embedded profile as it stands in the file; empty where there is none
  base::Bytes exif, xmp;
  int orientation = 1;
  std::vector<std::string> warnings;
};

// Consumes `raw`. The header's width and height are those of the whole picture as displayed.
Decoded finish(Raw&& raw, const DecodeOptions& options, Format format, std::string format_name);

// Sizes of a picture as displayed: orientations 5…8 swap the sides.
Header displayed_header(Format format, std::string format_name, int width, int height, int orientation);

}  // namespace imgmill::codec
