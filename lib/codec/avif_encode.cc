// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The core's side of the AVIF encoder, which lives in a module as the decoder does.
#include <algorithm>
#include <exception>
#include <new>
#include <string>

#include "base/error.h"
#include "base/module.h"
#include "base/stderr_capture.h"
#include "codec/encoder_module.h"
#include "codec/encoders.h"

namespace imgmill::codec {

namespace {

struct Receiver {
  base::Bytes bytes;
  std::string error;
};

std::int32_t on_write(void* self, const std::uint8_t* bytes, std::size_t size) try {
  static_cast<Receiver*>(self)->bytes.assign(bytes, bytes + size);
  return 0;
} catch (...) {
  return 1;  // only memory can be short here
}

void on_error(void* self, const char* text) try { static_cast<Receiver*>(self)->error = text; } catch (...) {
}

EncoderModuleBlock block(const base::Bytes& bytes) { return {bytes.data(), bytes.size()}; }

}  // namespace

base::Bytes encode_avif(const image::Image& image, const EncodeOptions& options, const Metadata& metadata) {
  const auto run = reinterpret_cast<EncoderModuleEncode>(base::module_symbol("avif_encode", "imgmill_encode"));
  Receiver receiver;
  const EncoderModuleRequest request{image.data(),
                                     image.width(),
                                     image.height(),
                                     image.channels(),
                                     63 - quality_step(Format::avif, std::clamp(options.quality, 0, 100)),
                                     options.lossless ? 1 : 0,
                                     options.chroma == Chroma::full ? 1 : 0,
                                     options.avif_speed,
                                     options.avif_threads,
                                     metadata.icc.empty() ? 0 : 1,
                                     block(metadata.icc),
                                     block(metadata.exif),
                                     block(metadata.xmp),
                                     &receiver,
                                     on_write,
                                     on_error};
  const base::StderrCapture printed;
  switch (run(&request)) {
    case kEncoderDone:
      return std::move(receiver.bytes);
    case kEncoderFailed:
      throw base::Error(base::ErrorKind::internal, "could not be encoded as AVIF: " + receiver.error);
    default:
      throw std::bad_alloc();
  }
}

}  // namespace imgmill::codec
