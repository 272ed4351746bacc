// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The formats whose libraries are too costly to link: AVIF (libavif with its codecs) and everything that libvips
// reads. This is the core's side of raster_module.h.
#include <algorithm>
#include <exception>
#include <sstream>
#include <string>
#include <utility>

#include "base/error.h"
#include "base/module.h"
#include "base/stderr_capture.h"
#include "codec/formats.h"
#include "codec/raster_module.h"
#include "codec/raw.h"
#include "codec/sniff.h"

namespace imgmill::codec {

namespace {

using base::Error;
using base::ErrorKind;

// Collects what the module delivers. Nothing may unwind through the module, so a throw waits here until it returned.
class Receiver {
 public:
  Receiver(const DecodeOptions& options, const char* name) : options_(options), name_(name) {}
  Receiver(const Receiver&) = delete;
  Receiver& operator=(const Receiver&) = delete;

  RasterModuleSink sink() {
    return {this,        on_header,
            on_allocate, on_block,
            on_warning,  on_error,
            on_stopped,  options_.limits.max_pixels,
            name_,       options_.repeat_chroma ? 1 : 0};
  }

  void settle(RasterModuleStatus status) const {
    if (pending_) std::rethrow_exception(pending_);
    if (status == kRasterStopped) options_.stop.check();
    switch (status) {
      case kRasterDone:
        return;
      case kRasterTruncated:
        throw Error(ErrorKind::input, "is truncated");
      case kRasterTooLarge:
        throw Error(ErrorKind::limit, "is larger than any --max-pixels can allow for this format" + reason());
      case kRasterCorrupt:
        throw Error(ErrorKind::input, std::string("is a corrupt ") + name_ + " file" + reason());
      case kRasterUnsupported:
        throw Error(ErrorKind::unsupported, error_);
      default:
        throw Error(ErrorKind::internal, "could not be decoded" + reason());
    }
  }

  void warn(const std::string& line) {
    std::vector<std::string>& warnings = raw_.warnings;  // libtiff says all things twice
    if (!line.empty() && std::find(warnings.begin(), warnings.end(), line) == warnings.end()) warnings.push_back(line);
  }

  Raw& raw() { return raw_; }

 private:
  std::string reason() const { return error_.empty() ? std::string() : " (" + error_ + ")"; }

  template <class Action>
  bool guarded(Action action) noexcept {
    try {
      action();
      return true;
    } catch (...) {
      pending_ = std::current_exception();
      return false;
    }
  }

  static std::int32_t on_header(void* self, const RasterModuleHeader* header) {
    auto& receiver = *static_cast<Receiver*>(self);
    return receiver.guarded([&] {
      image::check(receiver.options_.limits, header->width, header->height);
      receiver.raw_.width = static_cast<int>(header->width);
      receiver.raw_.height = static_cast<int>(header->height);
      receiver.raw_.channels = header->channels;
      receiver.raw_.grey = header->grey != 0;
      receiver.raw_.orientation = header->orientation;
    })
               ? 0
               : 1;
  }
  static std::uint8_t* on_allocate(void* self) {
    auto& receiver = *static_cast<Receiver*>(self);
    Raw& raw = receiver.raw_;
    const bool allocated = receiver.guarded([&] {
      raw.samples.resize(static_cast<std::size_t>(raw.width) * static_cast<std::size_t>(raw.height) *
                         static_cast<std::size_t>(raw.channels));
    });
    return allocated ? raw.samples.data() : nullptr;
  }
  static std::int32_t on_block(void* self, std::int32_t kind, const std::uint8_t* bytes, std::size_t size) {
    auto& receiver = *static_cast<Receiver*>(self);
    Raw& raw = receiver.raw_;
    base::Bytes& block = kind == kRasterExif ? raw.exif : kind == kRasterXmp ? raw.xmp : raw.icc;
    return receiver.guarded([&] { block.assign(bytes, bytes + size); }) ? 0 : 1;
  }
  static void on_warning(void* self, const char* text) {
    auto& receiver = *static_cast<Receiver*>(self);
    receiver.guarded([&] { receiver.warn(text); });
  }
  static std::int32_t on_stopped(void* self) { return static_cast<Receiver*>(self)->options_.stop.due() ? 1 : 0; }
  static void on_error(void* self, const char* text) {
    auto& receiver = *static_cast<Receiver*>(self);
    receiver.guarded([&] { receiver.error_ = text; });
  }

  const DecodeOptions options_;
  Raw raw_;
  const char* name_;
  std::string error_;
  std::exception_ptr pending_;
};

void run(const char* module, base::ByteView file, bool header_only, Receiver& receiver) {
  const auto decode = reinterpret_cast<RasterModuleDecode>(base::module_symbol(module, "imgmill_decode"));
  const RasterModuleSink sink = receiver.sink();
  const base::StderrCapture printed;
  const RasterModuleStatus status = decode(file.data(), file.size(), header_only ? 1 : 0, &sink);
  std::istringstream lines(printed.text());
  for (std::string line; std::getline(lines, line);) receiver.warn(line);
  receiver.settle(status);
}

Header read_header_in(const char* module, Kind kind, base::ByteView file, const image::Limits& limits) {
  Receiver receiver(limits, kind.name);
  run(module, file, true, receiver);
  const Raw& raw = receiver.raw();
  return displayed_header(kind.format, kind.name, raw.width, raw.height, raw.orientation);
}

Decoded decode_in(const char* module, Kind kind, base::ByteView file, const DecodeOptions& options) {
  Receiver receiver(options, kind.name);
  run(module, file, false, receiver);
  return finish(std::move(receiver.raw()), options, kind.format, kind.name);
}

// The registry has called us for what the content said; it says it again here, with the name.
Kind kind_of(base::ByteView file) { return sniff_kind(file).value_or(Kind{Format::other, "image"}); }

}  // namespace

Header read_avif_header(base::ByteView file, const image::Limits& limits) {
  return read_header_in("avif", {Format::avif, "avif"}, file, limits);
}
Decoded decode_avif(base::ByteView file, const DecodeOptions& options) {
  return decode_in("avif", {Format::avif, "avif"}, file, options);
}
Header read_other_header(base::ByteView file, const image::Limits& limits) {
  return read_header_in("vips", kind_of(file), file, limits);
}
Decoded decode_other(base::ByteView file, const DecodeOptions& options) {
  return decode_in("vips", kind_of(file), file, options);
}

}  // namespace imgmill::codec
