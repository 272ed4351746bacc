// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "codec/libraries.h"

#include <algorithm>
#include <string_view>

#include "base/module.h"
#include "codec/encoder_module.h"
#include "codec/encoders.h"

namespace imgmill::codec {

namespace {

Libraries parsed(std::string_view list) {  // "name=version,name=version"
  Libraries libraries;
  while (!list.empty()) {
    const std::string_view entry = list.substr(0, list.find(','));
    const std::size_t equals = entry.find('=');
    libraries.emplace(entry.substr(0, equals), entry.substr(equals + 1));
    list.remove_prefix(std::min(list.size(), entry.size() + 1));
  }
  return libraries;
}

std::string avif_version() {
  using Version = const char* (*)();
  return reinterpret_cast<Version>(base::module_symbol("avif_encode", "imgmill_version"))();
}

}  // namespace

const Libraries& reading_libraries() {
  static const Libraries libraries = parsed(IMGMILL_READING_LIBRARIES);
  return libraries;
}

Libraries writing_libraries(Format format) {
  switch (format) {
    case Format::avif: {
      static const std::string version = avif_version();
      return {{"libavif encoder", version}};
    }
    case Format::webp:
      return {{"libwebp encoder", webp_encoder_version()}};
    case Format::jpeg:
      return {{"libjpeg-turbo encoder", jpeg_encoder_version()}};
    case Format::png:
      return {{"libspng encoder", png_encoder_version()}};
    default:
      return {};
  }
}

}  // namespace imgmill::codec
