// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "codec/jpeg_segments.h"

#include <algorithm>

#include "base/error.h"

namespace imgmill::codec {

namespace {

using base::Error;
using base::ErrorKind;

constexpr std::uint8_t kStartOfScan = 0xda, kEndOfImage = 0xd9;

}  // namespace

std::optional<JpegSegment> JpegSegments::next() {
  for (;;) {
    // Between segments decoders skip to the next marker; any number of 0xff may precede its code.
    std::size_t at = at_;
    while (at < file_.size() && file_[at] != 0xff) ++at;
    while (at < file_.size() && file_[at] == 0xff) ++at;
    if (at >= file_.size()) throw Error(ErrorKind::input, "is truncated");
    at_ = at - 1;
    const std::uint8_t marker = file_[at++];
    if (marker == kStartOfScan || marker == kEndOfImage) return std::nullopt;
    if (marker == 0 || marker == 1 || (marker >= 0xd0 && marker <= 0xd8)) {  // have no length
      at_ = at;
      continue;
    }
    if (file_.size() - at < 2) throw Error(ErrorKind::input, "is truncated");
    const std::size_t length = static_cast<std::size_t>(file_[at]) << 8 | file_[at + 1];
    if (length < 2) throw Error(ErrorKind::input, "is a corrupt JPEG (bad segment length)");
    if (length > file_.size() - at) throw Error(ErrorKind::input, "is truncated");
    const JpegSegment segment{marker, file_.subspan(at + 2, length - 2), file_.subspan(at_, length + 2)};
    at_ = at + length;
    return segment;
  }
}

bool is_frame(std::uint8_t marker) {
  return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
}

bool starts_with(base::ByteView bytes, std::string_view text) {
  return bytes.size() >= text.size() && std::equal(text.begin(), text.end(), bytes.begin(), [](char a, std::uint8_t b) {
           return static_cast<std::uint8_t>(a) == b;
         });
}

}  // namespace imgmill::codec
