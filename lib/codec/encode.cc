// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "codec/encode.h"

#include <fmt/core.h>

#include <algorithm>
#include <limits>

#include "base/error.h"
#include "codec/encoders.h"

namespace imgmill::codec {

namespace {

// The registry: a row a format that can be written.
struct Encoder {
  Format format;
  int largest_side;
  base::Bytes (*encode)(const image::Image&, const EncodeOptions&, const Metadata&);
};

constexpr Encoder kEncoders[] = {
    {Format::jpeg, 65500, encode_jpeg},  // libjpeg's own limit, a little under the format's 65535
    {Format::webp, 16383, encode_webp},
    {Format::avif, 65535, encode_avif},
    {Format::png, std::numeric_limits<int>::max(), encode_small_png},
};

const Encoder& find(Format format) {
  const auto* found = std::find_if(std::begin(kEncoders), std::end(kEncoders),
                                   [&](const Encoder& encoder) { return encoder.format == format; });
  if (found == std::end(kEncoders)) throw base::Error(base::ErrorKind::internal, "no encoder for this format");
  return *found;
}

}  // namespace

int largest_side(Format format) { return find(format).largest_side; }

int quality_step(Format format, int quality) {
  constexpr int kWorstQuantizer = 63;
  return format == Format::avif ? kWorstQuantizer - ((100 - quality) * kWorstQuantizer + 50) / 100 : quality;
}

EncodedImage encode(const image::Image& image, Format format, const EncodeOptions& options, const Metadata& metadata) {
  const Encoder& encoder = find(format);
  if (std::max(image.width(), image.height()) > encoder.largest_side) {
    throw base::Error(base::ErrorKind::unsupported,
                      fmt::format("{} x {} px is more than {} can hold, {} px a side (a smaller variant fits)",
                                  image.width(), image.height(), to_string(format), encoder.largest_side));
  }
  return {format, encoder.encode(image, options, metadata)};
}

}  // namespace imgmill::codec
