// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// One decoder a format, as the registry in codec.cc lists them. Each checks the size against the limits from the
// header, before it allocates or decodes pixels; each throws what decode() and read_header() promise.
#pragma once

#include "base/bytes.h"
#include "codec/codec.h"
#include "image/limits.h"

namespace imgmill::codec {

Header read_png_header(base::ByteView file, const image::Limits& limits);
Decoded decode_png(base::ByteView file, const DecodeOptions& options);

Header read_jpeg_header(base::ByteView file, const image::Limits& limits);
Decoded decode_jpeg(base::ByteView file, const DecodeOptions& options);

Header read_webp_header(base::ByteView file, const image::Limits& limits);
Decoded decode_webp(base::ByteView file, const DecodeOptions& options);

Header read_avif_header(base::ByteView file, const image::Limits& limits);
Decoded decode_avif(base::ByteView file, const DecodeOptions& options);

// Everything else, through libvips.
Header read_other_header(base::ByteView file, const image::Limits& limits);
Decoded decode_other(base::ByteView file, const DecodeOptions& options);

}  // namespace imgmill::codec
