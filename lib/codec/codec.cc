// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "codec/codec.h"

#include <array>
#include <string>

#include "base/error.h"
#include "codec/formats.h"

namespace imgmill::codec {

namespace {

using base::Error;
using base::ErrorKind;

// The registry: a row a format.
struct Codec {
  Format format;
  std::string_view name;
  Header (*read_header)(base::ByteView, const image::Limits&);
  Decoded (*decode)(base::ByteView, const DecodeOptions&);
};

[[noreturn]] void refuse_svg() { throw Error(ErrorKind::unsupported, "is already an SVG"); }
Header refuse_svg_header(base::ByteView, const image::Limits&) { refuse_svg(); }
Decoded refuse_svg_pixels(base::ByteView, const DecodeOptions&) { refuse_svg(); }

constexpr std::array<Codec, 6> kCodecs{{
    {Format::png, "png", read_png_header, decode_png},
    {Format::jpeg, "jpeg", read_jpeg_header, decode_jpeg},
    {Format::webp, "webp", read_webp_header, decode_webp},
    {Format::avif, "avif", read_avif_header, decode_avif},
    {Format::svg, "svg", refuse_svg_header, refuse_svg_pixels},
    {Format::other, "other", read_other_header, decode_other},
}};

const Codec& find(Format format) {
  for (const Codec& codec : kCodecs) {
    if (codec.format == format) return codec;
  }
  throw Error(ErrorKind::internal, "a format without a codec");
}

const Codec& find(base::ByteView file) {
  if (file.empty()) throw Error(ErrorKind::input, "is empty");
  const std::optional<Format> format = sniff(file);
  if (!format) throw Error(ErrorKind::input, "is not an image (or of a format that is not known here)");
  return find(*format);
}

}  // namespace

std::string_view to_string(Format format) { return find(format).name; }

Header read_header(base::ByteView file, const image::Limits& limits) { return find(file).read_header(file, limits); }

Decoded decode(base::ByteView file, const DecodeOptions& options) { return find(file).decode(file, options); }

}  // namespace imgmill::codec
