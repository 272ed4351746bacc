// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "codec/raw.h"

#include <algorithm>
#include <array>
#include <utility>

#include "codec/icc.h"

namespace imgmill::codec {

namespace {

// Containers disagree on whether the six bytes of JPEG's segment belong to the block.
base::Bytes without_exif_prefix(base::Bytes block) {
  constexpr std::array<std::uint8_t, 6> kPrefix{'E', 'x', 'i', 'f', 0, 0};
  if (block.size() >= kPrefix.size() && std::equal(kPrefix.begin(), kPrefix.end(), block.begin())) {
    block.erase(block.begin(), block.begin() + kPrefix.size());
  }
  return block;
}

}  // namespace

Header displayed_header(Format format, std::string format_name, int width, int height, int orientation) {
  if (orientation >= 5 && orientation <= 8) std::swap(width, height);
  return {format, std::move(format_name), width, height};
}

Decoded finish(Raw&& raw, const DecodeOptions& options, Format format, std::string format_name) {
  Decoded decoded;
  if (options.keep_profile && is_in_rgb_profile(raw)) {
    decoded.metadata.icc = std::move(raw.icc);
  } else {
    convert_to_srgb(raw);
  }
  decoded.metadata.exif = without_exif_prefix(std::move(raw.exif));
  decoded.metadata.xmp = std::move(raw.xmp);
  const int width = raw.whole_width > 0 ? raw.whole_width : raw.width;
  const int height = raw.whole_height > 0 ? raw.whole_height : raw.height;
  decoded.header = displayed_header(format, std::move(format_name), width, height, raw.orientation);
  const bool opaque = raw.channels == 4 && image::drop_opaque_alpha(raw.samples);
  const image::Image stored(raw.width, raw.height, opaque ? 3 : raw.channels, std::move(raw.samples));
  decoded.image = image::apply_orientation(stored, raw.orientation);
  decoded.warnings = std::move(raw.warnings);
  return decoded;
}

}  // namespace imgmill::codec
