// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/digest.h"

#include <catch2/catch.hpp>
#include <set>

namespace imgmill {
namespace {

using base::Bytes;

TEST_CASE("digest: XXH3-128 as its specification has it") {
  CHECK(to_hex(base::digest({})) == "99aa06d3014798d86001c324468d497f");
  CHECK(base::digest(Bytes{'a'}).low != 0);
}

TEST_CASE("digest: every length and every bit counts") {
  std::set<base::Digest> seen;
  for (std::size_t size = 0; size < 600; ++size) seen.insert(base::digest(Bytes(size, 7)));
  CHECK(seen.size() == 600);
  Bytes bytes(2000, 7);
  for (std::size_t bit = 0; bit < bytes.size() * 8; bit += 37) {
    bytes[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    CHECK(seen.insert(base::digest(bytes)).second);
    bytes[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
  }
}

TEST_CASE("digest_from_hex: takes what to_hex gives and nothing else") {
  const base::Digest digest{0x0123456789abcdef, 0xfedcba9876543210};
  CHECK(to_hex(digest) == "0123456789abcdeffedcba9876543210");
  CHECK(base::digest_from_hex(to_hex(digest)) == digest);
  CHECK(base::digest_from_hex("0123456789abcdeffedcba987654321") == std::nullopt);
  CHECK(base::digest_from_hex("0123456789abcdeffedcba98765432100") == std::nullopt);
  CHECK(base::digest_from_hex("0123456789ABCDEFfedcba9876543210") == std::nullopt);
  CHECK(base::digest_from_hex(" 123456789abcdeffedcba9876543210") == std::nullopt);
}

}  // namespace
}  // namespace imgmill
