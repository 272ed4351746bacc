// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What of a file's metadata goes into results made from it: nothing unless it is asked for, and then nothing that
// would be untrue of the result or that tells where its maker was.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "codec/codec.h"

namespace imgmill::codec {

struct Keep {
  bool icc = false, exif = false, xmp = false;
  bool gps = false;  // positions in what is kept
};

// What a result made from a picture with this metadata may carry; what can't be kept is told in `warnings`.
Metadata kept(const Metadata& metadata, const Keep& keep, std::vector<std::string>& warnings);

// The same picture as `file`, its pixels' data untouched, with `kept` as its only metadata; nullopt where that can't be
// had (its pixels are not stored as they are displayed, or its format is not taken apart here).
std::optional<base::Bytes> without_metadata(base::ByteView file, const Keep& keep, const Metadata& kept);

}  // namespace imgmill::codec
