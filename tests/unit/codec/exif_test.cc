// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "codec/exif.h"

#include <catch2/catch.hpp>

#include "codec/samples.h"

namespace imgmill {
namespace {

TEST_CASE("EXIF: the orientation in both byte orders, with and without the prefix") {
  for (int orientation = 1; orientation <= 8; ++orientation) {
    for (const bool big_endian : {false, true}) {
      base::Bytes block = test::exif_block(orientation, big_endian);
      CHECK(codec::exif_orientation(block) == orientation);
      const base::Bytes prefix{'E', 'x', 'i', 'f', 0, 0};
      block.insert(block.begin(), prefix.begin(), prefix.end());
      CHECK(codec::exif_orientation(block) == orientation);
    }
  }
}

TEST_CASE("EXIF: damage means upright") {
  const base::Bytes block = test::exif_block(6);
  for (std::size_t size = 0; size < 34; ++size) {
    CAPTURE(size);
    // Copied to a vector of exactly that size, so that a sanitiser sees any read beyond it.
    CHECK(codec::exif_orientation(base::Bytes(block.begin(), block.begin() + static_cast<std::ptrdiff_t>(size))) <= 6);
  }
  CHECK(codec::exif_orientation(base::Bytes(block.begin(), block.begin() + 30)) == 1);
  CHECK(codec::exif_orientation(test::exif_block(0)) == 1);
  CHECK(codec::exif_orientation(test::exif_block(9)) == 1);
  base::Bytes far = block;
  far[4] = far[5] = far[6] = far[7] = 0xff;  // the directory's offset
  CHECK(codec::exif_orientation(far) == 1);
}

}  // namespace
}  // namespace imgmill
