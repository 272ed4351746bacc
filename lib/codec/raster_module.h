// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The boundary between the core and a decoder that lives in a module: plain C structs and functions, so that no
// exception crosses it and the module need not share anything but this header. The module calls back in the order
// header, block…, allocate, warning…; it owns `file` only during the call.
#pragma once

#include <cstddef>
#include <cstdint>

namespace imgmill::codec {

enum RasterModuleStatus : std::int32_t {
  kRasterDone = 0,
  kRasterStopped,      // a callback asked for it; the core knows why
  kRasterTruncated,    // the file ends too early
  kRasterTooLarge,     // beyond what the library itself takes
  kRasterCorrupt,      // `error` says how
  kRasterUnsupported,  // `error` says what
  kRasterInternal,     // `error` says what
};

struct RasterModuleHeader {
  std::int64_t width, height;  // as stored; untrusted, not yet checked
  std::int32_t channels;       // 3 or 4
  std::int32_t grey;           // R = G = B everywhere, so that a grey profile fits
  std::int32_t orientation;    // EXIF numbering
};

enum RasterModuleBlock : std::int32_t { kRasterProfile, kRasterExif, kRasterXmp };

// What the module may call. `self` is passed back as it is. A non-zero (or null) return means: stop.
struct RasterModuleSink {
  void* self;
  std::int32_t (*header)(void* self, const RasterModuleHeader* header);
  std::uint8_t* (*allocate)(void* self);  // height × width × channels bytes, as the header said
  std::int32_t (*block)(void* self, std::int32_t kind, const std::uint8_t* bytes, std::size_t size);
  void (*warning)(void* self, const char* text);
  void (*error)(void* self, const char* text);  // before one of the statuses that say so
  std::int32_t (*stopped)(void* self);          // non-zero: give up; asked now and then
  std::int64_t max_pixels;                      // for libraries that have a limit of their own
  const char* format_name;                      // what the content said, as sniff.h names it
  std::int32_t repeat_chroma;                   // instead of interpolating, where the library has the choice
};

// Every module of this kind has it under the name "imgmill_decode". With `header_only` it ends after the header.
using RasterModuleDecode = RasterModuleStatus (*)(const std::uint8_t* file, std::size_t size, std::int32_t header_only,
                                                  const RasterModuleSink* sink);

}  // namespace imgmill::codec
