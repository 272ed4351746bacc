// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The boundary between the core and libexiv2: plain C, so that no exception crosses it.
#pragma once

#include <cstddef>
#include <cstdint>

namespace imgmill::codec {

enum MetadataModuleStatus : std::int32_t {
  kMetadataDone = 0,
  kMetadataStopped,  // the callback asked for it
  kMetadataDamaged,  // not to be made sense of
};

// Takes over the result; called at most once. A non-zero return means: could not.
struct MetadataModuleSink {
  void* self;
  std::int32_t (*block)(void* self, const std::uint8_t* bytes, std::size_t size);
};

// Under the names "imgmill_keep_exif" and "imgmill_keep_xmp": the block written anew, without what is untrue of a
// picture made from the first, and without positions unless `keep_gps`. Nothing left: `block` is not called.
using MetadataModuleKeep = MetadataModuleStatus (*)(const std::uint8_t* bytes, std::size_t size, std::int32_t keep_gps,
                                                    const MetadataModuleSink* sink);

}  // namespace imgmill::codec
