// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What a file is by its first bytes, in more detail than codec.h tells: the formats behind libvips have names too.
#pragma once

#include <optional>

#include "base/bytes.h"
#include "codec/codec.h"

namespace imgmill::codec {

struct Kind {
  Format format;
  const char* name;  // "png", "tiff", "gif", …: lower case, for records and messages
};

// nullopt where these are no known image.
std::optional<Kind> sniff_kind(base::ByteView head);

}  // namespace imgmill::codec
