// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "codec/raw.h"

#include <utility>

#include "codec/icc.h"

namespace imgmill::codec {

Header displayed_header(Format format, std::string format_name, int width, int height, int orientation) {
  if (orientation >= 5 && orientation <= 8) std::swap(width, height);
  return {format, std::move(format_name), width, height};
}

Decoded finish(Raw&& raw, Format format, std::string format_name) {
  convert_to_srgb(raw);
  Decoded decoded;
  decoded.header = displayed_header(format, std::move(format_name), raw.width, raw.height, raw.orientation);
  const image::Image stored(raw.width, raw.height, raw.channels, std::move(raw.samples));
  decoded.image = image::apply_orientation(image::drop_opaque_alpha(stored), raw.orientation);
  decoded.warnings = std::move(raw.warnings);
  return decoded;
}

}  // namespace imgmill::codec
