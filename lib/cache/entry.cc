// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The grammar of an entry, version 1. Numbers are little endian; sizes count bytes.
//   entry    := head meta payload checksum          (and nothing after it)
//   head     := magic "imgc"
//               version:u8 = 1
//               flags:u8         bit 0: the payload is an LZ4 block; all others 0
//               reserved:u16 = 0
//               key:u64 u64      the digest's high, then low half
//               microseconds:u64 that computing the value took
//               meta_size:u64 raw_size:u64 payload_size:u64
//   meta     := count:u32 {text text}…   the note: name, value
//               count:u32 {text}…        the tags
//   text     := size:u32 bytes
//   payload  := the value's bytes, raw_size of them once unpacked
//   checksum := u64 u64  XXH3-128 of all before it, high, then low half
// A reader that meets another version treats the entry as missing. Any change to this raises the version.
#include "cache/entry.h"

#include <lz4.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>
#include <utility>

#include "cache/statistics.h"

namespace imgmill::cache {

namespace {

using base::Bytes;
using base::ByteView;

constexpr std::string_view kMagic = "imgc";
constexpr std::uint8_t kVersion = 1;
constexpr std::uint8_t kCompressed = 1;
constexpr std::size_t kChecksumSize = 16;
constexpr std::size_t kWorthCompressing = 256;    // below that a disk block or a packet is not saved anyway
constexpr std::uint64_t kLargestExpansion = 255;  // of an LZ4 block; more in a head is a lie
constexpr std::uint64_t kLargestMeta = 1 << 20;

struct Head {
  std::uint8_t flags = 0;
  base::Digest key;
  std::uint64_t microseconds = 0, meta_size = 0, raw_size = 0, payload_size = 0;
};

template <class Number>
void append(Bytes& bytes, Number number) {
  for (std::size_t i = 0; i < sizeof(Number); ++i) bytes.push_back(static_cast<std::uint8_t>(number >> (8 * i)));
}

void append_text(Bytes& bytes, std::string_view text) {
  append(bytes, static_cast<std::uint32_t>(text.size()));
  bytes.insert(bytes.end(), text.begin(), text.end());
}

void append_digest(Bytes& bytes, const base::Digest& digest) {
  append(bytes, digest.high);
  append(bytes, digest.low);
}

// Reads on from the front of a view; after a step past its end `fine` stays false and all further reads are empty.
class Reader {
 public:
  explicit Reader(ByteView bytes) : rest_(bytes) {}

  bool fine() const { return fine_; }
  bool at_end() const { return fine_ && rest_.empty(); }

  ByteView take(std::uint64_t size) {
    if (!fine_ || size > rest_.size()) {
      fine_ = false;
      return {};
    }
    const ByteView taken = rest_.first(static_cast<std::size_t>(size));
    rest_ = rest_.subspan(taken.size());
    return taken;
  }
  template <class Number>
  Number number() {
    Number value = 0;
    const ByteView bytes = take(sizeof(Number));
    for (std::size_t i = bytes.size(); i-- > 0;) value = static_cast<Number>(value << 8 | bytes[i]);
    return value;
  }
  base::Digest digest() {
    const auto high = number<std::uint64_t>();
    return {high, number<std::uint64_t>()};
  }
  std::string text() {
    const ByteView bytes = take(number<std::uint32_t>());
    return {bytes.begin(), bytes.end()};
  }

 private:
  ByteView rest_;
  bool fine_ = true;
};

std::optional<Head> read_head(ByteView bytes) {
  Reader reader(bytes);
  const ByteView magic = reader.take(kMagic.size());
  if (!std::equal(magic.begin(), magic.end(), kMagic.begin(), kMagic.end())) return std::nullopt;
  if (reader.number<std::uint8_t>() != kVersion) return std::nullopt;
  Head head;
  head.flags = reader.number<std::uint8_t>();
  if ((head.flags & ~kCompressed) != 0 || reader.number<std::uint16_t>() != 0) return std::nullopt;
  head.key = reader.digest();
  head.microseconds = reader.number<std::uint64_t>();
  head.meta_size = reader.number<std::uint64_t>();
  head.raw_size = reader.number<std::uint64_t>();
  head.payload_size = reader.number<std::uint64_t>();
  if (!reader.fine() || head.meta_size > kLargestMeta) return std::nullopt;
  return head;
}

bool read_meta(ByteView bytes, Value& value) {
  Reader reader(bytes);
  for (auto left = reader.number<std::uint32_t>(); left > 0 && reader.fine(); --left) {
    std::string name = reader.text();
    value.note.insert_or_assign(std::move(name), reader.text());
  }
  for (auto left = reader.number<std::uint32_t>(); left > 0 && reader.fine(); --left) {
    value.tags.push_back(reader.text());
  }
  return reader.at_end();
}

Bytes packed_meta(const Value& value) {
  Bytes meta;
  append(meta, static_cast<std::uint32_t>(value.note.size()));
  for (const auto& [name, text] : value.note) {
    append_text(meta, name);
    append_text(meta, text);
  }
  append(meta, static_cast<std::uint32_t>(value.tags.size()));
  for (const std::string& tag : value.tags) append_text(meta, tag);
  return meta;
}

// Nothing where it would not be worth its while.
Bytes compressed(const Bytes& raw) {
  if (raw.size() < kWorthCompressing || raw.size() > LZ4_MAX_INPUT_SIZE) return {};
  Bytes packed(raw.size() - raw.size() / 16);
  const int size =
      LZ4_compress_default(reinterpret_cast<const char*>(raw.data()), reinterpret_cast<char*>(packed.data()),
                           static_cast<int>(raw.size()), static_cast<int>(packed.size()));
  packed.resize(static_cast<std::size_t>(std::max(size, 0)));
  return packed;
}

bool decompress(ByteView packed, Bytes& raw, std::uint64_t raw_size) {
  if (raw_size > LZ4_MAX_INPUT_SIZE || packed.size() > LZ4_MAX_INPUT_SIZE) return false;
  if (raw_size > packed.size() * kLargestExpansion) return false;
  raw.resize(static_cast<std::size_t>(raw_size));
  const int size =
      LZ4_decompress_safe(reinterpret_cast<const char*>(packed.data()), reinterpret_cast<char*>(raw.data()),
                          static_cast<int>(packed.size()), static_cast<int>(raw.size()));
  return size >= 0 && static_cast<std::uint64_t>(size) == raw_size;
}

bool checksum_fits(ByteView packed) {
  if (packed.size() < kHeadSize + kChecksumSize) return false;
  Reader reader(packed.last(kChecksumSize));
  return reader.digest() == base::digest(packed.first(packed.size() - kChecksumSize));
}

}  // namespace

Bytes pack(const Key& key, const Value& value) {
  const Bytes meta = packed_meta(value);
  if (meta.size() > kLargestMeta) return {};
  const Bytes smaller = compressed(value.bytes);
  const Bytes& payload = smaller.empty() ? value.bytes : smaller;
  Bytes entry;
  entry.reserve(kHeadSize + meta.size() + payload.size() + kChecksumSize);
  entry.insert(entry.end(), kMagic.begin(), kMagic.end());
  entry.push_back(kVersion);
  entry.push_back(smaller.empty() ? 0 : kCompressed);
  append(entry, std::uint16_t{0});
  append_digest(entry, key.digest());
  append(entry, to_microseconds(value.compute_ms));
  append(entry, std::uint64_t{meta.size()});
  append(entry, std::uint64_t{value.bytes.size()});
  append(entry, std::uint64_t{payload.size()});
  entry.insert(entry.end(), meta.begin(), meta.end());
  entry.insert(entry.end(), payload.begin(), payload.end());
  append_digest(entry, base::digest(entry));
  return entry;
}

ValuePtr unpack(const Key& key, Bytes packed) {
  const std::optional<Head> head = read_head(packed);
  if (!head || head->key != key.digest() || !checksum_fits(packed)) return nullptr;
  Reader reader(packed);
  reader.take(kHeadSize);
  const ByteView meta = reader.take(head->meta_size);
  const ByteView payload = reader.take(head->payload_size);
  reader.take(kChecksumSize);
  auto value = std::make_shared<Value>();
  if (!reader.at_end() || !read_meta(meta, *value)) return nullptr;
  value->compute_ms = static_cast<double>(head->microseconds) / 1000;
  if ((head->flags & kCompressed) != 0) {
    if (!decompress(payload, value->bytes, head->raw_size)) return nullptr;
  } else {
    if (head->raw_size != payload.size()) return nullptr;
    // In place: fresh memory for a large value costs more than moving it.
    const auto begin = static_cast<std::size_t>(payload.data() - packed.data());
    const std::size_t size = payload.size();
    std::memmove(packed.data(), packed.data() + begin, size);
    packed.resize(size);
    value->bytes = std::move(packed);
  }
  return value;
}

std::optional<Extent> extent_of(ByteView head) {
  const std::optional<Head> known = read_head(head);
  constexpr std::uint64_t kLargest = std::uint64_t{1} << 62;
  if (!known || known->payload_size > kLargest) return std::nullopt;
  const std::uint64_t prefix = kHeadSize + known->meta_size;
  return Extent{prefix, prefix + known->payload_size + kChecksumSize};
}

std::vector<std::string> tags_of(ByteView prefix) {
  const std::optional<Head> head = read_head(prefix);
  if (!head) return {};
  Reader reader(prefix.subspan(kHeadSize));
  Value value;
  if (!read_meta(reader.take(head->meta_size), value)) return {};
  return std::move(value.tags);
}

}  // namespace imgmill::cache
