// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Content digests: XXH3 with 128 bits, the same on every machine. They tell contents apart that nobody tries to make
// collide; they are no protection against someone who does.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace imgmill::base {

struct Digest {
  std::uint64_t high = 0, low = 0;
  auto operator<=>(const Digest&) const = default;
};

Digest digest(ByteView bytes);

// 32 lower-case hexadecimal digits, `high` first, and back; nullopt for anything else.
std::string to_hex(const Digest& digest);
std::optional<Digest> digest_from_hex(std::string_view text);

}  // namespace imgmill::base
