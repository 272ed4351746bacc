// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "codec/jpeg_metadata.h"

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "codec/exif.h"

namespace imgmill::codec {

namespace {

using base::Error;
using base::ErrorKind;

constexpr std::uint8_t kStartOfScan = 0xda, kEndOfImage = 0xd9;

bool starts_with(base::ByteView bytes, std::string_view text) {
  return bytes.size() >= text.size() && std::equal(text.begin(), text.end(), bytes.begin(), [](char a, std::uint8_t b) {
           return static_cast<std::uint8_t>(a) == b;
         });
}

bool is_frame(std::uint8_t marker) {
  return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
}

// A profile larger than a segment is cut into numbered pieces, which may stand in any order.
class ProfilePieces {
 public:
  void add(base::ByteView segment) {
    constexpr std::string_view kName("ICC_PROFILE\0", 12);
    if (!starts_with(segment, kName) || segment.size() < kName.size() + 2) return;
    const std::size_t number = segment[kName.size()], count = segment[kName.size() + 1];
    if (number < 1 || number > count) return;
    pieces_.resize(std::max(pieces_.size(), count));
    pieces_[number - 1] = segment.subspan(kName.size() + 2);
  }

  base::Bytes join() const {
    base::Bytes whole;
    for (const base::ByteView piece : pieces_) {
      if (piece.empty()) return {};
      whole.insert(whole.end(), piece.begin(), piece.end());
    }
    return whole;
  }

 private:
  std::vector<base::ByteView> pieces_;
};

void read_frame(base::ByteView segment, JpegMetadata& metadata) {
  if (segment.size() < 6) throw Error(ErrorKind::input, "is a corrupt JPEG (short frame header)");
  metadata.precision = segment[0];
  metadata.height = segment[1] << 8 | segment[2];
  metadata.width = segment[3] << 8 | segment[4];
  metadata.components = segment[5];
}

}  // namespace

JpegMetadata read_jpeg_metadata(base::ByteView file) {
  JpegMetadata metadata;
  ProfilePieces profile;
  std::size_t at = 2;
  for (;;) {
    // Between segments decoders skip to the next marker; any number of 0xff may precede its code.
    while (at < file.size() && file[at] != 0xff) ++at;
    while (at < file.size() && file[at] == 0xff) ++at;
    if (at >= file.size()) throw Error(ErrorKind::input, "is truncated");
    const std::uint8_t marker = file[at++];
    if (marker == kStartOfScan || marker == kEndOfImage) break;
    if (marker == 0 || marker == 1 || (marker >= 0xd0 && marker <= 0xd8)) continue;  // have no length
    if (file.size() - at < 2) throw Error(ErrorKind::input, "is truncated");
    const std::size_t length = static_cast<std::size_t>(file[at]) << 8 | file[at + 1];
    if (length < 2) throw Error(ErrorKind::input, "is a corrupt JPEG (bad segment length)");
    if (length > file.size() - at) throw Error(ErrorKind::input, "is truncated");
    const base::ByteView segment = file.subspan(at + 2, length - 2);
    if (is_frame(marker)) read_frame(segment, metadata);
    if (marker == 0xe1 && starts_with(segment, std::string_view("Exif\0", 5))) {
      metadata.orientation = exif_orientation(segment);
    }
    if (marker == 0xe2) profile.add(segment);
    if (marker == 0xee && starts_with(segment, "Adobe")) metadata.adobe = true;
    at += length;
  }
  if (metadata.components == 0) throw Error(ErrorKind::input, "is a corrupt JPEG (no frame header)");
  metadata.icc = profile.join();
  return metadata;
}

}  // namespace imgmill::codec
