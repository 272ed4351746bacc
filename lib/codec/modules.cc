// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The formats whose libraries are too costly to link: AVIF (libavif with its codecs) and everything that libvips
// reads. This is the core's side of raster_module.h.
#include <algorithm>
#include <exception>
#include <new>
#include <string>
#include <utility>

#include "base/error.h"
#include "base/module.h"
#include "codec/formats.h"
#include "codec/raster_module.h"
#include "codec/raw.h"

namespace imgmill::codec {

namespace {

using base::Error;
using base::ErrorKind;

// Collects what the module delivers. Nothing may unwind through the module, so a throw waits here until it returned.
class Receiver {
 public:
  explicit Receiver(const image::Limits& limits) : limits_(limits) {}
  Receiver(const Receiver&) = delete;
  Receiver& operator=(const Receiver&) = delete;

  RasterModuleSink sink() {
    return {this, on_header, on_allocate, on_profile, on_warning, on_error, limits_.max_pixels};
  }

  void settle(RasterModuleStatus status) const {
    if (pending_) std::rethrow_exception(pending_);
    switch (status) {
      case kRasterDone:
        return;
      case kRasterTruncated:
        throw Error(ErrorKind::input, "is truncated");
      case kRasterCorrupt:
        throw Error(ErrorKind::input, "is a corrupt " + (name_.empty() ? "image" : name_) + " file" + reason());
      case kRasterUnsupported:
        throw Error(ErrorKind::unsupported, error_);
      default:
        throw Error(ErrorKind::internal, "could not be decoded" + reason());
    }
  }

  Raw& raw() { return raw_; }
  const std::string& name() const { return name_; }

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
      const char* end = std::find(std::begin(header->format_name), std::end(header->format_name), '\0');
      receiver.name_.assign(header->format_name, end);
      image::check(receiver.limits_, header->width, header->height);
      receiver.raw_.width = static_cast<int>(header->width);
      receiver.raw_.height = static_cast<int>(header->height);
      receiver.raw_.channels = header->channels;
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
  static std::int32_t on_profile(void* self, const std::uint8_t* icc, std::size_t size) {
    auto& receiver = *static_cast<Receiver*>(self);
    return receiver.guarded([&] { receiver.raw_.icc.assign(icc, icc + size); }) ? 0 : 1;
  }
  static void on_warning(void* self, const char* text) {
    auto& receiver = *static_cast<Receiver*>(self);
    receiver.guarded([&] { receiver.raw_.warnings.emplace_back(text); });
  }
  static void on_error(void* self, const char* text) {
    auto& receiver = *static_cast<Receiver*>(self);
    receiver.guarded([&] { receiver.error_ = text; });
  }

  const image::Limits& limits_;
  Raw raw_;
  std::string name_, error_;
  std::exception_ptr pending_;
};

void run(const char* module, base::ByteView file, bool header_only, Receiver& receiver) {
  const auto decode = reinterpret_cast<RasterModuleDecode>(base::module_symbol(module, "imgmill_decode"));
  const RasterModuleSink sink = receiver.sink();
  receiver.settle(decode(file.data(), file.size(), header_only ? 1 : 0, &sink));
}

Header read_header_in(const char* module, Format format, base::ByteView file, const image::Limits& limits) {
  Receiver receiver(limits);
  run(module, file, true, receiver);
  const Raw& raw = receiver.raw();
  return displayed_header(format, receiver.name(), raw.width, raw.height, raw.orientation);
}

Decoded decode_in(const char* module, Format format, base::ByteView file, const image::Limits& limits) {
  Receiver receiver(limits);
  run(module, file, false, receiver);
  return finish(std::move(receiver.raw()), format, receiver.name());
}

}  // namespace

Header read_avif_header(base::ByteView file, const image::Limits& limits) {
  return read_header_in("avif", Format::avif, file, limits);
}
Decoded decode_avif(base::ByteView file, const image::Limits& limits) {
  return decode_in("avif", Format::avif, file, limits);
}
Header read_other_header(base::ByteView file, const image::Limits& limits) {
  return read_header_in("vips", Format::other, file, limits);
}
Decoded decode_other(base::ByteView file, const image::Limits& limits) {
  return decode_in("vips", Format::other, file, limits);
}

}  // namespace imgmill::codec
