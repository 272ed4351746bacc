// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// libexiv2, apart from the program because it is needed only where metadata is to be kept. Blocks are taken apart and
// written anew, so nothing survives that is not listed.
#include <exiv2/error.hpp>
#include <exiv2/exif.hpp>
#include <exiv2/properties.hpp>
#include <exiv2/xmp_exiv2.hpp>

#include <algorithm>
#include <cctype>
#include <mutex>
#include <string>
#include <string_view>

#include "codec/metadata_module.h"

namespace {

using namespace imgmill::codec;

// The library's state for the whole process, given back at its end.
struct Library {
  Library() {
    Exiv2::LogMsg::setLevel(Exiv2::LogMsg::mute);
    Exiv2::XmpParser::initialize();
  }
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;
  ~Library() { Exiv2::XmpParser::terminate(); }
};

void start() {
  static const Library library;
  (void)library;
}

bool is_one_of(std::string_view name, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// Of the picture as it was stored: no longer true of what is made from it, or a way around the other rules (the blocks
// of other kinds, each of which may hold a position or a small copy of the picture).
bool is_about_storage(std::string_view tag) {
  return is_one_of(tag, {"ImageWidth",
                         "ImageLength",
                         "PixelXDimension",
                         "PixelYDimension",
                         "BitsPerSample",
                         "SamplesPerPixel",
                         "Compression",
                         "PhotometricInterpretation",
                         "PlanarConfiguration",
                         "StripOffsets",
                         "StripByteCounts",
                         "RowsPerStrip",
                         "TileWidth",
                         "TileLength",
                         "TileOffsets",
                         "TileByteCounts",
                         "SubIFDs",
                         "NewSubfileType",
                         "SubfileType",
                         "YCbCrSubSampling",
                         "YCbCrPositioning",
                         "YCbCrCoefficients",
                         "ReferenceBlackWhite",
                         "TransferFunction",
                         "JPEGInterchangeFormat",
                         "JPEGInterchangeFormatLength",
                         "JPEGTables",
                         "ComponentsConfiguration",
                         "CompressedBitsPerPixel",
                         "ColorSpace",
                         "InteroperabilityTag",
                         "InterColorProfile",
                         "ICCProfile",
                         "XMLPacket",
                         "IPTCNAA",
                         "ImageResources",
                         "DNGPrivateData",
                         "MakerNote",
                         "PrintImageMatching",
                         "Thumbnails",
                         "HasExtendedXMP"});
}

bool stays(const Exiv2::Exifdatum& datum, bool keep_gps) {
  // The directories by what stays: makers' own, thumbnails and sub-images are others.
  const std::string group = datum.groupName();
  if (group == "GPSInfo") return keep_gps;
  if (group != "Image" && group != "Photo") return false;
  const std::string tag = datum.tagName();
  // Tags that nobody knows may hold anything.
  return !is_about_storage(tag) && tag.rfind("0x", 0) != 0;
}

// Whatever the vocabulary, a position says so in its name; some vocabularies are about nothing else.
bool is_position(const std::string& group, const std::string& path) {
  std::string lower = path;
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
  for (const char* part : {"gps", "latitude", "longitude", "altitude", "geolocation", "geotag", "geohash", "geo:"}) {
    if (lower.find(part) != std::string::npos) return true;
  }
  const std::string vocabulary = Exiv2::XmpProperties::ns(group);  // prefixes are the writer's choice
  return vocabulary.find("wgs84_pos") != std::string::npos || vocabulary.find("drone-dji") != std::string::npos;
}

bool stays(const Exiv2::Xmpdatum& datum, bool keep_gps) {
  const std::string path = datum.tagName();  // of a part of a structure: "Thumbnails[1]/xmpGImg:image"
  const std::string_view property = std::string_view(path).substr(0, path.find_first_of("[/"));
  return !is_about_storage(property) && (keep_gps || !is_position(datum.groupName(), path));
}

template <class Data>
void keep_some(Data& data, bool keep_gps) {
  for (auto datum = data.begin(); datum != data.end();) {
    datum = stays(*datum, keep_gps) ? std::next(datum) : data.erase(datum);
  }
}

MetadataModuleStatus deliver(const void* bytes, std::size_t size, const MetadataModuleSink& sink) {
  return sink.block(sink.self, static_cast<const std::uint8_t*>(bytes), size) == 0 ? kMetadataDone : kMetadataStopped;
}

}  // namespace

#define IMGMILL_EXPORT extern "C" __attribute__((visibility("default")))

IMGMILL_EXPORT MetadataModuleStatus imgmill_keep_exif(const std::uint8_t* bytes, std::size_t size,
                                                      std::int32_t keep_gps, const MetadataModuleSink* sink) try {
  start();
  Exiv2::ExifData data;
  const Exiv2::ByteOrder order = Exiv2::ExifParser::decode(data, bytes, static_cast<std::uint32_t>(size));
  if (order == Exiv2::invalidByteOrder || data.empty()) return kMetadataDamaged;
  keep_some(data, keep_gps != 0);
  const auto orientation = data.findKey(Exiv2::ExifKey("Exif.Image.Orientation"));
  if (orientation != data.end()) *orientation = std::uint16_t{1};
  if (data.empty()) return kMetadataDone;
  Exiv2::Blob blob;
  Exiv2::ExifParser::encode(blob, order, data);
  return blob.empty() ? kMetadataDone : deliver(blob.data(), blob.size(), *sink);
} catch (...) {
  return kMetadataDamaged;
}

IMGMILL_EXPORT MetadataModuleStatus imgmill_keep_xmp(const std::uint8_t* bytes, std::size_t size, std::int32_t keep_gps,
                                                     const MetadataModuleSink* sink) try {
  start();
  // The parser keeps a register of namespaces for the whole process.
  static std::mutex mutex;
  const std::lock_guard lock(mutex);
  Exiv2::XmpData data;
  const std::string packet(reinterpret_cast<const char*>(bytes), size);
  if (Exiv2::XmpParser::decode(data, packet) != 0) return kMetadataDamaged;
  keep_some(data, keep_gps != 0);
  const auto orientation = data.findKey(Exiv2::XmpKey("Xmp.tiff.Orientation"));
  if (orientation != data.end()) *orientation = std::string("1");
  if (data.empty()) return kMetadataDone;
  std::string kept;
  // Packets to be changed in place get two kilobytes of spaces.
  constexpr std::uint16_t kFormat = Exiv2::XmpParser::useCompactFormat | Exiv2::XmpParser::readOnlyPacket;
  if (Exiv2::XmpParser::encode(kept, data, kFormat) != 0) return kMetadataDamaged;
  return deliver(kept.data(), kept.size(), *sink);
} catch (...) {
  return kMetadataDamaged;
}
