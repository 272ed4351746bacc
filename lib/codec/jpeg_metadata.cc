// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "codec/jpeg_metadata.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <optional>
#include <vector>

#include "base/error.h"
#include "codec/exif.h"
#include "codec/jpeg_segments.h"

namespace imgmill::codec {

namespace {

using base::Error;
using base::ErrorKind;

// A profile larger than a segment is cut into numbered pieces, which may stand in any order.
class ProfilePieces {
 public:
  void add(base::ByteView segment) {
    if (!starts_with(segment, kProfileName) || segment.size() < kProfileName.size() + 2) return;
    const std::size_t number = segment[kProfileName.size()], count = segment[kProfileName.size() + 1];
    if (number < 1 || number > count) return;
    pieces_.resize(std::max(pieces_.size(), count));
    pieces_[number - 1] = segment.subspan(kProfileName.size() + 2);
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
  JpegSegments segments(file);
  while (const std::optional<JpegSegment> segment = segments.next()) {
    const base::ByteView payload = segment->payload;
    if (is_frame(segment->marker)) {
      read_frame(payload, metadata);
      metadata.progressive = segment->marker % 4 == 2;  // SOF2, SOF6, SOF10, SOF14
    }
    if (segment->marker == 0xe1 && starts_with(payload, kExifName) && metadata.exif.empty()) {
      metadata.orientation = exif_orientation(payload);
      metadata.exif.assign(payload.begin() + std::min<std::ptrdiff_t>(kExifName.size() + 1, std::ssize(payload)),
                           payload.end());
    }
    if (segment->marker == 0xe1 && starts_with(payload, kXmpName) && metadata.xmp.empty()) {
      metadata.xmp.assign(payload.begin() + kXmpName.size(), payload.end());
    }
    if (segment->marker == 0xe2) profile.add(payload);
    if (segment->marker == 0xee && starts_with(payload, "Adobe")) metadata.adobe = true;
  }
  if (metadata.components == 0) throw Error(ErrorKind::input, "is a corrupt JPEG (no frame header)");
  metadata.icc = profile.join();
  return metadata;
}

}  // namespace imgmill::codec
