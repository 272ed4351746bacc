// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "codec/without_metadata.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <utility>
#include <vector>

#include "codec/exif.h"
#include "codec/icc.h"

namespace imgmill::codec {

namespace {

using Type = std::string_view;  // four characters

bool is_one_of(Type type, std::initializer_list<Type> types) {
  return std::find(types.begin(), types.end(), type) != types.end();
}

void append(base::Bytes& out, base::ByteView bytes) { out.insert(out.end(), bytes.begin(), bytes.end()); }
void append(base::Bytes& out, std::string_view text) { out.insert(out.end(), text.begin(), text.end()); }

void append_number(base::Bytes& out, std::uint64_t value, int size, bool big_endian) {
  for (int i = 0; i < size; ++i) {
    out.push_back(static_cast<std::uint8_t>(value >> (8 * (big_endian ? size - 1 - i : i))));
  }
}

std::uint64_t number(base::ByteView bytes, std::size_t at, std::size_t size, bool big_endian) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < size; ++i) {
    value |= std::uint64_t{bytes[at + i]} << (8 * (big_endian ? size - 1 - i : i));
  }
  return value;
}

Type type_at(base::ByteView bytes, std::size_t at) { return {reinterpret_cast<const char*>(&bytes[at]), 4}; }

// The CRC of PNG's chunks (its specification, annex D).
std::uint32_t checksum(base::ByteView bytes) {
  static const std::array<std::uint32_t, 256> table = [] {
    std::array<std::uint32_t, 256> entries{};
    for (std::uint32_t i = 0; i < entries.size(); ++i) {
      std::uint32_t value = i;
      for (int bit = 0; bit < 8; ++bit) value = (value & 1) != 0 ? 0xedb88320U ^ value >> 1 : value >> 1;
      entries[i] = value;
    }
    return entries;
  }();
  std::uint32_t crc = 0xffffffffU;
  for (const std::uint8_t byte : bytes) crc = table[(crc ^ byte) & 255] ^ crc >> 8;
  return ~crc;
}

void append_png_chunk(base::Bytes& out, Type type, base::ByteView payload) {
  append_number(out, payload.size(), 4, true);
  const std::size_t start = out.size();
  append(out, type);
  append(out, payload);
  append_number(out, checksum(base::ByteView(out).subspan(start)), 4, true);
}

void append_png_metadata(base::Bytes& out, const Metadata& kept) {
  if (!kept.exif.empty()) append_png_chunk(out, "eXIf", kept.exif);
  if (kept.xmp.empty()) return;
  base::Bytes text;
  // Behind the keyword: not compressed, no language, no translation of the keyword.
  append(text, std::string_view("XML:com.adobe.xmp\0\0\0\0\0", 22));
  append(text, kept.xmp);
  append_png_chunk(out, "iTXt", text);
}

void append_riff_chunk(base::Bytes& out, Type type, base::ByteView payload) {
  append(out, type);
  append_number(out, payload.size(), 4, false);
  append(out, payload);
  if (payload.size() % 2 != 0) out.push_back(0);
}

struct RiffChunk {
  Type type;
  base::ByteView payload;
};

// In order; nullopt where one does not fit.
std::optional<std::vector<RiffChunk>> riff_chunks(base::ByteView file) {
  constexpr std::size_t kHeader = 12;
  if (file.size() < kHeader || type_at(file, 0) != "RIFF" || type_at(file, 8) != "WEBP") return std::nullopt;
  const std::uint64_t end = number(file, 4, 4, false) + 8;
  if (end < kHeader || end > file.size()) return std::nullopt;
  std::vector<RiffChunk> chunks;
  for (std::size_t at = kHeader; at < end;) {
    if (end - at < 8) return std::nullopt;
    const std::uint64_t size = number(file, at + 4, 4, false);
    if (size > end - at - 8) return std::nullopt;
    chunks.push_back({type_at(file, at), file.subspan(at + 8, size)});
    at += 8 + size + size % 2;
  }
  return chunks;
}

constexpr std::uint8_t kHasProfile = 0x20, kHasAlpha = 0x10, kHasExif = 0x08, kHasXmp = 0x04;

// VP8X as a file without one needs it: from the head of its coded pixels.
std::optional<base::Bytes> extended_header(const RiffChunk& pixels) {
  const base::ByteView head = pixels.payload;
  std::uint64_t width = 0, height = 0;
  bool alpha = false;
  if (pixels.type == "VP8L" && head.size() >= 5) {
    const std::uint64_t bits = number(head, 1, 4, false);
    width = bits & 0x3fff;
    height = bits >> 14 & 0x3fff;
    alpha = (bits >> 28 & 1) != 0;
  } else if (pixels.type == "VP8 " && head.size() >= 10) {
    width = (number(head, 6, 2, false) & 0x3fff) - 1;
    height = (number(head, 8, 2, false) & 0x3fff) - 1;
  } else {
    return std::nullopt;
  }
  base::Bytes header{alpha ? kHasAlpha : std::uint8_t{0}, 0, 0, 0};
  append_number(header, width, 3, false);
  append_number(header, height, 3, false);
  return header;
}

}  // namespace

std::optional<base::Bytes> png_without_metadata(base::ByteView file, const Metadata& kept) {
  constexpr std::size_t kSignature = 8, kFrame = 12;
  if (file.size() < kSignature) return std::nullopt;
  base::Bytes out(file.begin(), file.begin() + kSignature);
  bool pixels = false;
  for (std::size_t at = kSignature; file.size() - at >= kFrame;) {
    const std::uint64_t size = number(file, at, 4, true);
    if (size > file.size() - at - kFrame) return std::nullopt;
    const Type type = type_at(file, at + 4);
    const base::ByteView whole = file.subspan(at, size + kFrame);
    if (type == "eXIf" && !pixels && exif_orientation(whole.subspan(8, size)) != 1) return std::nullopt;
    if (type == "IDAT" && !pixels) {
      append_png_metadata(out, kept);
      pixels = true;
    }
    const bool critical = type[0] >= 'A' && type[0] <= 'Z';
    if (critical || is_one_of(type, {"tRNS", "gAMA", "cHRM", "sRGB", "iCCP", "cICP", "mDCv", "cLLi", "sBIT", "bKGD",
                                     "hIST", "pHYs", "acTL", "fcTL", "fdAT"})) {
      append(out, whole);
    }
    if (type == "IEND") return pixels ? std::optional(std::move(out)) : std::nullopt;
    at += whole.size();
  }
  return std::nullopt;
}

std::optional<base::Bytes> webp_without_metadata(base::ByteView file, const Keep& keep, const Metadata& kept) {
  const auto chunks = riff_chunks(file);
  if (!chunks) return std::nullopt;
  std::optional<base::Bytes> header;
  std::optional<base::ByteView> profile;
  base::Bytes pixels;
  for (const RiffChunk& chunk : *chunks) {
    if (chunk.type == "VP8X" && chunk.payload.size() >= 10) header.emplace(chunk.payload.begin(), chunk.payload.end());
    if (chunk.type == "ICCP" && !profile) profile = chunk.payload;
    if (chunk.type == "EXIF" && exif_orientation(chunk.payload) != 1) return std::nullopt;
    if (is_one_of(chunk.type, {"ANIM", "ANMF", "ALPH", "VP8 ", "VP8L"})) {
      append_riff_chunk(pixels, chunk.type, chunk.payload);
    }
  }
  if (pixels.empty()) return std::nullopt;
  if (profile && !keep.icc && is_srgb_profile(*profile)) profile.reset();
  if (!header && (!kept.exif.empty() || !kept.xmp.empty())) {
    header = extended_header(chunks->front());
    if (!header) return std::nullopt;
  }
  base::Bytes body;
  append(body, std::string_view("WEBP"));
  if (header) {
    std::uint8_t& flags = header->front();
    flags = static_cast<std::uint8_t>(flags & ~(kHasProfile | kHasExif | kHasXmp));
    if (profile) flags |= kHasProfile;
    if (!kept.exif.empty()) flags |= kHasExif;
    if (!kept.xmp.empty()) flags |= kHasXmp;
    append_riff_chunk(body, "VP8X", *header);
  }
  if (profile) append_riff_chunk(body, "ICCP", *profile);
  append(body, pixels);
  if (!kept.exif.empty()) append_riff_chunk(body, "EXIF", kept.exif);
  if (!kept.xmp.empty()) append_riff_chunk(body, "XMP ", kept.xmp);
  base::Bytes out;
  append_riff_chunk(out, "RIFF", body);
  return out;
}

std::optional<base::Bytes> avif_without_metadata(base::ByteView file, const Metadata& kept) {
  if (!kept.exif.empty() || !kept.xmp.empty()) return std::nullopt;
  const auto mentions = [](base::ByteView box, std::string_view text) {
    return std::search(box.begin(), box.end(), text.begin(), text.end()) != box.end();
  };
  for (std::size_t at = 0; at < file.size();) {
    if (file.size() - at < 8) return std::nullopt;
    std::uint64_t size = number(file, at, 4, true);
    std::size_t head = 8;
    if (size == 1 && file.size() - at >= 16) {
      size = number(file, at + 8, 8, true);
      head = 16;
    } else if (size == 0) {
      size = file.size() - at;
    }
    if (size < head || size > file.size() - at) return std::nullopt;
    const base::ByteView box = file.subspan(at, size);
    const Type type = type_at(box, 4);
    if (!is_one_of(type, {"ftyp", "meta", "mdat"})) return std::nullopt;
    if (type == "meta") {
      // Items that are no pictures, and turns: the box lists them by these names.
      for (const char* name : {"Exif", "mime", "uri ", "irot", "imir"}) {
        if (mentions(box, name)) return std::nullopt;
      }
    }
    at += size;
  }
  return base::Bytes(file.begin(), file.end());
}

std::optional<base::Bytes> without_metadata(base::ByteView file, const Keep& keep, const Metadata& kept) {
  const std::optional<Format> format = sniff(file);
  if (format == Format::jpeg) return jpeg_without_metadata(file, keep, kept);
  if (format == Format::png) return png_without_metadata(file, kept);
  if (format == Format::webp) return webp_without_metadata(file, keep, kept);
  if (format == Format::avif) return avif_without_metadata(file, kept);
  return std::nullopt;
}

}  // namespace imgmill::codec
