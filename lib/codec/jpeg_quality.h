// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// How a JPEG file was coded, as far as it bounds what a new coding of it can keep.
#pragma once

#include <optional>

#include "base/bytes.h"

namespace imgmill::codec {

struct JpegQuality {
  // 1–100: that of the tables which stand nearest to the file's own, among the standard's example tables (ITU-T T.81,
  // Annex K) and ours as libjpeg scales them. Exact for files of libjpeg and its kin with their usual tables and for
  // those that were made here, else a likeness.
  int quality = 0;
  bool subsampled = false;  // some component has fewer samples than the first
};

// nullopt where the bytes are no JPEG with quantisation tables. Never throws.
std::optional<JpegQuality> jpeg_quality(base::ByteView file);

}  // namespace imgmill::codec
