// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/digest.h"

#define XXH_INLINE_ALL  // three functions of it do not deserve one more shared object at every start
#include <xxhash.h>

namespace imgmill::base {

namespace {

constexpr std::string_view kDigits = "0123456789abcdef";
constexpr std::size_t kHalf = 16;  // digits of one 64-bit number

void append_hex(std::string& text, std::uint64_t number) {
  for (int shift = 60; shift >= 0; shift -= 4) text += kDigits[(number >> shift) & 15];
}

std::optional<std::uint64_t> number_from_hex(std::string_view text) {
  std::uint64_t number = 0;
  for (const char digit : text) {
    const std::size_t value = kDigits.find(digit);
    if (value == std::string_view::npos) return std::nullopt;
    number = number << 4 | value;
  }
  return number;
}

}  // namespace

Digest digest(ByteView bytes) {
  const XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
  return {hash.high64, hash.low64};
}

std::string to_hex(const Digest& digest) {
  std::string text;
  text.reserve(2 * kHalf);
  append_hex(text, digest.high);
  append_hex(text, digest.low);
  return text;
}

std::optional<Digest> digest_from_hex(std::string_view text) {
  if (text.size() != 2 * kHalf) return std::nullopt;
  const auto high = number_from_hex(text.substr(0, kHalf));
  const auto low = number_from_hex(text.substr(kHalf));
  if (!high || !low) return std::nullopt;
  return Digest{*high, *low};
}

}  // namespace imgmill::base
