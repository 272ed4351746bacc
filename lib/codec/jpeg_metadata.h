// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The segments of a JPEG file up to its first scan: what the decoder's API does not tell.
#pragma once

#include "base/bytes.h"

namespace imgmill::codec {

struct JpegMetadata {
  int width = 0, height = 0, components = 0;  // of the frame header
  bool progressive = false;
  int precision = 8;   // bits a sample
  bool adobe = false;  // an Adobe marker: four-component samples are stored inverted
  int orientation = 1;
  base::Bytes icc;   // joined from its APP2 segments; empty where one is missing
  base::Bytes exif;  // TIFF structure, of the first APP1 segment that has one
  base::Bytes xmp;   // without what "extended XMP" puts into further segments
};

// Throws Error{input} where the file ends before its first scan or has no frame header.
JpegMetadata read_jpeg_metadata(base::ByteView file);

}  // namespace imgmill::codec
