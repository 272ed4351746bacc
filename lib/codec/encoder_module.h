// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The boundary between the core and an encoder that lives in a module: plain C, so that no exception crosses it. The
// module reads what the request points at only during the call.
#pragma once

#include <cstddef>
#include <cstdint>

namespace imgmill::codec {

enum EncoderModuleStatus : std::int32_t {
  kEncoderDone = 0,
  kEncoderStopped,  // `write` asked for it; the core knows why
  kEncoderOutOfMemory,
  kEncoderFailed,  // `error` was called
};

struct EncoderModuleBlock {
  const std::uint8_t* bytes;
  std::size_t size;
};

struct EncoderModuleRequest {
  const std::uint8_t* samples;  // interleaved, rows without padding
  std::int32_t width, height, channels;
  std::int32_t quantizer;  // AV1's, 0 (best)–63
  std::int32_t lossless, full_chroma, speed, threads;
  std::int32_t untagged;  // the samples are not sRGB but of the space that `icc` describes
  EncoderModuleBlock icc, exif, xmp;
  void* self;                                                                      // passed back as it is
  std::int32_t (*write)(void* self, const std::uint8_t* bytes, std::size_t size);  // once; non-zero: stop
  void (*error)(void* self, const char* text);
};

// Under the name "imgmill_encode".
using EncoderModuleEncode = EncoderModuleStatus (*)(const EncoderModuleRequest* request);

// Under the name "imgmill_version": const char* (). The library with its version; the text lives as long as the module.

}  // namespace imgmill::codec
