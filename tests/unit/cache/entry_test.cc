// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cache/entry.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "cache/sample_values.h"

namespace imgmill {
namespace {

using base::Bytes;
using cache::Key;
using cache::Value;
using test::key_of;
using test::noise;

Value sample(Bytes bytes) {
  return {.bytes = std::move(bytes),
          .note = {{"ssim", "0.98"}, {"", std::string("\0\n", 2)}},
          .tags = {"preset=speed", ""},
          .compute_ms = 12.345};
}

void check_round_trip(const Value& value) {
  const auto read = unpack(key_of(1), pack(key_of(1), value));
  REQUIRE(read);
  CHECK(read->bytes == value.bytes);
  CHECK(read->note == value.note);
  CHECK(read->tags == value.tags);
  CHECK(read->compute_ms == Approx(value.compute_ms));
}

TEST_CASE("pack: comes back as it was, of any size") {
  for (const std::size_t size : {0, 1, 255, 256, 257, 4096, 100000}) {
    check_round_trip(sample(noise(size)));
    check_round_trip(sample(Bytes(size, 'a')));
  }
  check_round_trip({});
}

TEST_CASE("pack: compresses what shrinks and only that") {
  CHECK(pack(key_of(1), {.bytes = Bytes(100000, 'a')}).size() < 1000);
  CHECK(pack(key_of(1), {.bytes = noise(100000)}).size() < 100000 + 200);
  Bytes half = noise(50000);
  half.resize(100000);
  CHECK(pack(key_of(1), {.bytes = half}).size() < 51000);
}

TEST_CASE("pack: a compute time that is no time is none, a note that is not small is no entry") {
  CHECK(unpack(key_of(1), pack(key_of(1), {.compute_ms = -3}))->compute_ms == 0);
  CHECK(unpack(key_of(1), pack(key_of(1), {.compute_ms = std::nan("")}))->compute_ms == 0);
  CHECK(unpack(key_of(1), pack(key_of(1), {.compute_ms = INFINITY}))->compute_ms > 0);
  CHECK(pack(key_of(1), {.note = {{"log", std::string(2 << 20, 'x')}}}).empty());
}

TEST_CASE("unpack: every flipped bit is seen") {
  for (const Bytes& content : {Bytes(300, 'a'), noise(40)}) {
    Bytes packed = pack(key_of(1), sample(content));
    for (std::size_t bit = 0; bit < packed.size() * 8; ++bit) {
      packed[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
      CHECK_FALSE(unpack(key_of(1), packed));
      packed[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    }
    CHECK(unpack(key_of(1), packed));
  }
}

TEST_CASE("unpack: every truncation, anything appended, another key's entry") {
  const Bytes packed = pack(key_of(1), sample(Bytes(300, 'a')));
  for (std::size_t size = 0; size < packed.size(); ++size) {
    CHECK_FALSE(unpack(key_of(1), Bytes(packed.begin(), packed.begin() + static_cast<std::ptrdiff_t>(size))));
  }
  Bytes longer = packed;
  longer.push_back(0);
  CHECK_FALSE(unpack(key_of(1), longer));
  CHECK_FALSE(unpack(key_of(2), packed));
}

// A checksum that fits says only that nobody was careless.
Bytes resealed(const Bytes& entry) {
  Bytes packed(entry.begin(), entry.end() - 16);
  const base::Digest sum = base::digest(packed);
  for (const std::uint64_t half : {sum.high, sum.low}) {
    for (int shift = 0; shift < 64; shift += 8) packed.push_back(static_cast<std::uint8_t>(half >> shift));
  }
  return packed;
}

TEST_CASE("unpack: sizes that lie, under a checksum that fits") {
  for (const Bytes& content : {Bytes(300, 'a'), noise(40), Bytes()}) {
    const Bytes good = pack(key_of(1), sample(content));
    REQUIRE(unpack(key_of(1), resealed(good)));
    for (std::size_t i = 4; i < good.size() - 16; ++i) {
      for (const std::uint8_t byte : {0x00, 0x01, 0x7f, 0xff}) {
        Bytes wrong = good;
        wrong[i] = byte;
        const auto read = unpack(key_of(1), resealed(wrong));  // may be another value, but never a fault
        if (read) CHECK(read->bytes.size() <= 300);
      }
    }
  }
}

TEST_CASE("tags_of: from the beginning of an entry alone") {
  const Bytes packed = pack(key_of(1), sample(noise(10000)));
  const base::ByteView view(packed);
  const auto extent = cache::extent_of(view.first(cache::kHeadSize));
  REQUIRE(extent);
  CHECK(extent->whole == packed.size());
  CHECK(extent->prefix < 200);
  CHECK(cache::tags_of(view.first(extent->prefix)) == sample({}).tags);
  CHECK(cache::tags_of(view.first(extent->prefix - 1)).empty());
  CHECK_FALSE(cache::extent_of(view.first(cache::kHeadSize - 1)));
  CHECK_FALSE(cache::extent_of(noise(cache::kHeadSize)));
  CHECK(cache::tags_of(noise(1000)).empty());
}

}  // namespace
}  // namespace imgmill
