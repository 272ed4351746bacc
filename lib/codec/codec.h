// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Between file bytes and pictures. The format is what the content says, never the extension. PNG, JPEG, WebP and AVIF
// are read by their own libraries; every other format through libvips, in a module that is loaded on first need.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/stop.h"
#include "image/image.h"
#include "image/limits.h"

namespace imgmill::codec {

enum class Format { png, jpeg, webp, avif, svg, other };  // other: whatever libvips can name

std::string_view to_string(Format format);

// By magic bytes; nullopt where these are no known image. A few dozen bytes are enough.
std::optional<Format> sniff(base::ByteView head);

struct Header {
  Format format = Format::other;
  std::string format_name;    // "png", "tiff", "gif", …
  int width = 0, height = 0;  // as displayed, orientation applied
  bool progressive = false;   // a JPEG that its decoder holds as coefficients, all of it, until the last of its scans
};

// Reads the header only. Throws Error{input} for what is no image or has a corrupt header, Error{limit} over `limits`.
Header read_header(base::ByteView file, const image::Limits& limits);

// What a file says about its picture, as it stands in the file; empty where it says nothing.
struct Metadata {
  base::Bytes icc;   // only where the picture was left in the space of its profile
  base::Bytes exif;  // TIFF structure, without a leading "Exif\0\0"
  base::Bytes xmp;   // the packet, UTF-8
};

struct DecodeOptions {
  DecodeOptions() = default;
  DecodeOptions(const image::Limits& limits_in) : limits(limits_in) {}  // NOLINT: the limits are all that most ask for

  image::Limits limits;
  // A JPEG may be decoded to a fraction of its size that is at least this large in both directions (as displayed);
  // 0: never. Other formats come whole.
  int min_width = 0, min_height = 0;
  // Leave samples in the space of an embedded RGB profile, which is given along. Ink becomes sRGB all the same, and so
  // do greys with a profile for greys only: what is made from them is RGB, for which that profile says nothing.
  bool keep_profile = false;
  // Repeat an AVIF's halved colour samples, as libheif does, where libavif interpolates between them.
  bool repeat_chroma = false;
  base::Stop stop;  // asked in the middle of a picture, where the format's library lets itself be stopped
};

// 1, 2, 4 or 8: by what a JPEG of this size (as displayed) has its sides divided when it is decoded. Only these have
// inverse transforms that use the processor's vectors; the eighths between them take up to three times as long as the
// whole picture does.
int jpeg_shrink(int width, int height, const DecodeOptions& options);

struct Decoded {
  image::Image image;  // sRGB (or metadata.icc), 8 bit, orientation applied; RGBA only where some pixel is not opaque
  Header header;       // of the whole picture, also where `image` is a fraction of it
  Metadata metadata;
  std::vector<std::string> warnings;  // what the library had to say, one line each
};

// Throws Error{input} (empty, not an image, truncated, corrupt), Error{limit} or Error{unsupported}, and what
// `options.stop` does.
Decoded decode(base::ByteView file, const DecodeOptions& options);

// A product in memory: a raster file or an SVG, ready to be written, cached or sent.
struct EncodedImage {
  Format format = Format::svg;
  base::Bytes bytes;
};

// Lossless; RGB, RGBA or grey.
EncodedImage encode_png(const image::Image& image);

}  // namespace imgmill::codec
