// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "codec/metadata.h"

#include <exception>

#include "base/module.h"
#include "codec/metadata_module.h"

namespace imgmill::codec {

namespace {

// Nothing may unwind through the module, so a throw waits here until it returned.
struct Receiver {
  base::Bytes bytes;
  std::exception_ptr pending;

  static std::int32_t take(void* self, const std::uint8_t* bytes, std::size_t size) {
    auto& receiver = *static_cast<Receiver*>(self);
    try {
      receiver.bytes.assign(bytes, bytes + size);
      return 0;
    } catch (...) {
      receiver.pending = std::current_exception();
      return 1;
    }
  }
};

base::Bytes keep_block(const char* function, const char* name, const base::Bytes& block, bool gps,
                       std::vector<std::string>& warnings) {
  if (block.empty()) return {};
  const auto keep = reinterpret_cast<MetadataModuleKeep>(base::module_symbol("metadata", function));
  Receiver receiver;
  const MetadataModuleSink sink{&receiver, Receiver::take};
  const MetadataModuleStatus status = keep(block.data(), block.size(), gps ? 1 : 0, &sink);
  if (receiver.pending) std::rethrow_exception(receiver.pending);
  if (status == kMetadataDamaged) warnings.push_back(std::string("its ") + name + " is damaged; not kept");
  return std::move(receiver.bytes);
}

}  // namespace

Metadata kept(const Metadata& metadata, const Keep& keep, std::vector<std::string>& warnings) {
  Metadata result;
  if (keep.icc) result.icc = metadata.icc;
  if (keep.exif) result.exif = keep_block("imgmill_keep_exif", "EXIF", metadata.exif, keep.gps, warnings);
  if (keep.xmp) result.xmp = keep_block("imgmill_keep_xmp", "XMP", metadata.xmp, keep.gps, warnings);
  return result;
}

}  // namespace imgmill::codec
