// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What a file is by its first bytes.
#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "codec/codec.h"

namespace imgmill::codec {

namespace {

using std::string_view_literals::operator""sv;

struct Magic {
  std::string_view bytes;
  Format format;
};

// Formats that are read through libvips are listed too: what is not here is not an image to us.
constexpr std::array kMagics{
    Magic{"\x89PNG\r\n\x1a\n"sv, Format::png},
    Magic{"\xff\xd8\xff"sv, Format::jpeg},
    Magic{"GIF87a"sv, Format::other},
    Magic{"GIF89a"sv, Format::other},
    Magic{"II*\0"sv, Format::other},  // TIFF
    Magic{"MM\0*"sv, Format::other},
    Magic{"II+\0"sv, Format::other},  // BigTIFF
    Magic{"MM\0+"sv, Format::other},
    Magic{"\xff\x0a"sv, Format::other},  // JPEG XL, bare and boxed
    Magic{"\0\0\0\x0cJXL \r\n\x87\n"sv, Format::other},
    Magic{"\0\0\0\x0cjP  \r\n\x87\n"sv, Format::other},  // JPEG 2000, boxed and bare
    Magic{"\xff\x4f\xff\x51"sv, Format::other},
    Magic{"\x76\x2f\x31\x01"sv, Format::other},  // OpenEXR
    Magic{"#?RADIANCE"sv, Format::other},
    Magic{"#?RGBE"sv, Format::other},
};

bool starts_with(std::string_view text, std::string_view prefix) { return text.substr(0, prefix.size()) == prefix; }

std::uint32_t big_endian_32(std::string_view bytes) {
  std::uint32_t value = 0;
  for (const char byte : bytes.substr(0, 4)) value = value << 8 | static_cast<std::uint8_t>(byte);
  return value;
}

// ISO base media files name their kind in a brand: AVIF and HEIF share the container.
std::optional<Format> sniff_brands(std::string_view head) {
  if (head.size() < 12 || head.substr(4, 4) != "ftyp") return std::nullopt;
  constexpr std::array kHeif{"heic"sv, "heix"sv, "heim"sv, "heis"sv, "hevc"sv, "hevx"sv, "mif1"sv, "msf1"sv};
  std::optional<Format> found;
  const std::size_t end = std::min<std::size_t>(head.size(), big_endian_32(head));
  for (std::size_t at = 8; at + 4 <= end; at += at == 8 ? 8 : 4) {  // the major brand, its version, the compatible ones
    const std::string_view brand = head.substr(at, 4);
    if (brand == "avif" || brand == "avis") return Format::avif;
    if (std::find(kHeif.begin(), kHeif.end(), brand) != kHeif.end()) found = Format::other;
  }
  return found;
}

// P1…P7 and the float kinds are followed by white space; without that any text could begin so.
bool is_pnm(std::string_view head) {
  if (head.size() < 3 || head[0] != 'P' || "1234567Ff"sv.find(head[1]) == std::string_view::npos) return false;
  return " \t\r\n"sv.find(head[2]) != std::string_view::npos;
}

// "BM" alone is a word; the reserved fields and the size of the information header settle it.
bool is_bmp(std::string_view head) {
  if (head.size() < 18 || !starts_with(head, "BM") || head.substr(6, 4) != "\0\0\0\0"sv) return false;
  const auto size = static_cast<std::uint8_t>(head[14]);
  return head.substr(15, 3) == "\0\0\0"sv && (size == 12 || (size >= 40 && size <= 124));
}

// The root element, behind a byte order mark, an XML declaration, comments and a doctype.
bool is_svg(std::string_view head) {
  if (starts_with(head, "\xef\xbb\xbf")) head.remove_prefix(3);
  const std::size_t start = head.find_first_not_of(" \t\r\n");
  if (start == std::string_view::npos || head[start] != '<') return false;
  constexpr std::size_t kFar = 4096;
  head = head.substr(start, kFar);
  for (std::size_t at = head.find("<svg"); at != std::string_view::npos; at = head.find("<svg", at + 1)) {
    if (at + 4 == head.size() || " \t\r\n>:/"sv.find(head[at + 4]) != std::string_view::npos) return true;
  }
  return false;
}

}  // namespace

std::optional<Format> sniff(base::ByteView bytes) {
  const std::string_view head(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  for (const Magic& magic : kMagics) {
    if (starts_with(head, magic.bytes)) return magic.format;
  }
  if (starts_with(head, "RIFF") && head.size() >= 12 && head.substr(8, 4) == "WEBP") return Format::webp;
  if (is_pnm(head) || is_bmp(head)) return Format::other;
  if (is_svg(head)) return Format::svg;
  return sniff_brands(head);
}

}  // namespace imgmill::codec
