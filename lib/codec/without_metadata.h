// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The containers behind without_metadata(), one function a format: pieces that the pixels need stay byte by byte,
// everything else goes, what is kept comes in. nullopt where that can't be done, damaged files among them.
#pragma once

#include <optional>

#include "base/bytes.h"
#include "codec/metadata.h"

namespace imgmill::codec {

std::optional<base::Bytes> jpeg_without_metadata(base::ByteView file, const Keep& keep, const Metadata& kept);
std::optional<base::Bytes> png_without_metadata(base::ByteView file, const Metadata& kept);
std::optional<base::Bytes> webp_without_metadata(base::ByteView file, const Keep& keep, const Metadata& kept);
std::optional<base::Bytes> avif_without_metadata(base::ByteView file, const Metadata& kept);

}  // namespace imgmill::codec
