// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/error.h"
#include "codec/icc.h"
#include "codec/jpeg_metadata.h"
#include "codec/jpeg_segments.h"
#include "codec/without_metadata.h"

namespace imgmill::codec {

namespace {

constexpr std::uint8_t kStartOfScan = 0xda, kEndOfImage = 0xd9, kComment = 0xfe;
constexpr std::string_view kJfifName("JFIF\0", 5);

void append(base::Bytes& out, base::ByteView bytes) { out.insert(out.end(), bytes.begin(), bytes.end()); }

bool is_application(std::uint8_t marker) { return marker >= 0xe0 && marker <= 0xef; }

// false where it is too long for a segment.
bool append_app1(base::Bytes& out, std::string_view name, const base::Bytes& block) {
  if (block.empty()) return true;
  const std::size_t length = 2 + name.size() + block.size();
  if (length > 0xffff) return false;
  for (const std::size_t byte : {std::size_t{0xff}, std::size_t{0xe1}, length >> 8, length & 0xff}) {
    out.push_back(static_cast<std::uint8_t>(byte));
  }
  out.insert(out.end(), name.begin(), name.end());
  append(out, block);
  return true;
}

bool append_kept(base::Bytes& out, const Metadata& kept) {
  return append_app1(out, std::string_view("Exif\0\0", 6), kept.exif) && append_app1(out, kXmpName, kept.xmp);
}

// The part of JFIF's segment that says how the colours are meant, without the small picture that may follow it.
void append_jfif(base::Bytes& out, base::ByteView payload) {
  constexpr std::size_t kFixed = 14;
  if (payload.size() < kFixed) return;
  append(out, base::Bytes{0xff, 0xe0, 0, kFixed + 2});
  append(out, payload.first(kFixed - 2));
  append(out, base::Bytes{0, 0});
}

// From the first scan to the end marker: what stands behind it may be another picture, with another position. nullopt
// where there is no end.
std::optional<base::Bytes> scans(base::ByteView rest) {
  base::Bytes out;
  for (std::size_t at = 0; at + 1 < rest.size();) {
    // At a marker.
    while (at + 1 < rest.size() && rest[at + 1] == 0xff) ++at;
    if (at + 1 >= rest.size()) break;
    const std::uint8_t marker = rest[at + 1];
    if (marker == kEndOfImage) {
      append(out, rest.subspan(at, 2));
      return out;
    }
    if (rest.size() - at < 4) break;
    std::size_t end = at + 2 + (static_cast<std::size_t>(rest[at + 2]) << 8 | rest[at + 3]);
    if (end > rest.size()) break;
    if (marker == kStartOfScan) {
      // Inside of coded data 0xff is followed by 0 or a restart marker.
      while (end + 1 < rest.size() &&
             (rest[end] != 0xff || rest[end + 1] == 0 || (rest[end + 1] >= 0xd0 && rest[end + 1] <= 0xd7))) {
        ++end;
      }
    } else if (rest[end] != 0xff) {
      break;
    }
    if (!is_application(marker) && marker != kComment) append(out, rest.subspan(at, end - at));
    at = end;
  }
  return std::nullopt;
}

std::optional<base::Bytes> rewrite(base::ByteView file, const Keep& keep, const Metadata& kept) {
  const JpegMetadata metadata = read_jpeg_metadata(file);
  if (metadata.orientation != 1) return std::nullopt;
  const bool profile_stays = keep.icc || !is_srgb_profile(metadata.icc);
  base::Bytes jfif, others;
  JpegSegments segments(file);
  while (const std::optional<JpegSegment> segment = segments.next()) {
    const base::ByteView payload = segment->payload;
    if (segment->marker == 0xe0 && starts_with(payload, kJfifName) && jfif.empty()) append_jfif(jfif, payload);
    const bool profile = segment->marker == 0xe2 && starts_with(payload, kProfileName) && profile_stays;
    const bool adobe = segment->marker == 0xee && starts_with(payload, "Adobe");
    const bool other = !is_application(segment->marker) && segment->marker != kComment;
    if (profile || adobe || other) append(others, segment->whole);
  }
  const std::optional<base::Bytes> coded = scans(segments.rest());
  base::Bytes out{0xff, 0xd8};
  append(out, jfif);  // must be the first
  if (!coded || !append_kept(out, kept)) return std::nullopt;
  append(out, others);
  append(out, *coded);
  return out;
}

}  // namespace

std::optional<base::Bytes> jpeg_without_metadata(base::ByteView file, const Keep& keep, const Metadata& kept) try {
  return rewrite(file, keep, kept);
} catch (const base::Error&) {
  return std::nullopt;
}

}  // namespace imgmill::codec
