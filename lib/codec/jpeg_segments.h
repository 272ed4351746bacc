// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The segments of a JPEG file up to its first scan, one after the other, found as decoders find them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/bytes.h"

namespace imgmill::codec {

struct JpegSegment {
  std::uint8_t marker = 0;  // the second byte: 0xe1 is APP1
  base::ByteView payload;   // behind the length
  base::ByteView whole;     // from the marker on
};

class JpegSegments {
 public:
  explicit JpegSegments(base::ByteView file) : file_(file) {}

  // nullopt at the first scan or the end marker. Throws Error{input} where the file ends before, or a length is
  // impossible.
  std::optional<JpegSegment> next();

  // What follows the segments: after nullopt, the rest of the file from the marker on.
  base::ByteView rest() const { return file_.subspan(at_); }

 private:
  base::ByteView file_;
  std::size_t at_ = 2;
};

// SOF0…SOF15: the segments that say how large the picture is.
bool is_frame(std::uint8_t marker);

bool starts_with(base::ByteView bytes, std::string_view text);

// How APP1 and APP2 say what they hold.
inline constexpr std::string_view kExifName("Exif\0", 5);  // and one byte more, which some writers don't set to zero
inline constexpr std::string_view kXmpName("http://ns.adobe.com/xap/1.0/\0", 29);
inline constexpr std::string_view kProfileName("ICC_PROFILE\0", 12);

}  // namespace imgmill::codec
