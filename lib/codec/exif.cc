// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "codec/exif.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

namespace imgmill::codec {

namespace {

class TiffReader {
 public:
  TiffReader(base::ByteView bytes, bool big_endian) : bytes_(bytes), big_endian_(big_endian) {}

  std::optional<std::uint32_t> read(std::uint64_t offset, unsigned size) const {
    if (offset + size > bytes_.size()) return std::nullopt;
    std::uint32_t value = 0;
    for (unsigned i = 0; i < size; ++i) {
      const unsigned shift = 8 * (big_endian_ ? size - 1 - i : i);
      value |= std::uint32_t{bytes_[offset + i]} << shift;
    }
    return value;
  }

 private:
  base::ByteView bytes_;
  bool big_endian_;
};

}  // namespace

int exif_orientation(base::ByteView block) {
  constexpr std::array<std::uint8_t, 6> kPrefix{'E', 'x', 'i', 'f', 0, 0};
  if (block.size() >= kPrefix.size() && std::equal(kPrefix.begin(), kPrefix.end(), block.begin())) {
    block = block.subspan(kPrefix.size());
  }
  if (block.size() < 8 || block[0] != block[1] || (block[0] != 'I' && block[0] != 'M')) return 1;
  const TiffReader reader(block, block[0] == 'M');
  if (reader.read(2, 2) != 42) return 1;
  const std::uint64_t directory = *reader.read(4, 4);
  const std::uint32_t entries = reader.read(directory, 2).value_or(0);
  for (std::uint32_t i = 0; i < entries; ++i) {
    const std::uint64_t entry = directory + 2 + std::uint64_t{12} * i;
    const auto tag = reader.read(entry, 2);
    if (!tag) return 1;
    if (*tag != 0x0112) continue;
    constexpr std::uint32_t kShort = 3;
    if (reader.read(entry + 2, 2) != kShort) return 1;
    const std::uint32_t value = reader.read(entry + 8, 2).value_or(1);
    return value >= 1 && value <= 8 ? static_cast<int>(value) : 1;
  }
  return 1;
}

}  // namespace imgmill::codec
