// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "codec/sniff.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace imgmill::codec {

namespace {

using std::string_view_literals::operator""sv;

constexpr Kind kPng{Format::png, "png"}, kJpeg{Format::jpeg, "jpeg"}, kWebp{Format::webp, "webp"},
    kAvif{Format::avif, "avif"}, kSvg{Format::svg, "svg"};
// Through libvips. What is not listed here is not an image to us, whatever else libvips could open.
constexpr Kind kGif{Format::other, "gif"}, kTiff{Format::other, "tiff"}, kHeif{Format::other, "heif"},
    kJxl{Format::other, "jxl"}, kJp2{Format::other, "jp2"}, kHdr{Format::other, "hdr"}, kPnm{Format::other, "pnm"},
    kBmp{Format::other, "bmp"};

struct Magic {
  std::string_view bytes;
  Kind kind;
};

constexpr std::array kMagics{
    Magic{"\x89PNG\r\n\x1a\n"sv, kPng},
    Magic{"\xff\xd8\xff"sv, kJpeg},
    Magic{"GIF87a"sv, kGif},
    Magic{"GIF89a"sv, kGif},
    Magic{"II*\0"sv, kTiff},
    Magic{"MM\0*"sv, kTiff},
    Magic{"II+\0"sv, kTiff},  // BigTIFF
    Magic{"MM\0+"sv, kTiff},
    Magic{"\xff\x0a"sv, kJxl},  // bare and boxed
    Magic{"\0\0\0\x0cJXL \r\n\x87\n"sv, kJxl},
    Magic{"\xff\x4f\xff\x51"sv, kJp2},  // bare and boxed
    Magic{"\0\0\0\x0cjP  \r\n\x87\n"sv, kJp2},
    Magic{"#?RADIANCE"sv, kHdr},
    Magic{"#?RGBE"sv, kHdr},
};

bool starts_with(std::string_view text, std::string_view prefix) { return text.substr(0, prefix.size()) == prefix; }

std::uint32_t big_endian_32(std::string_view bytes) {
  std::uint32_t value = 0;
  for (const char byte : bytes.substr(0, 4)) value = value << 8 | static_cast<std::uint8_t>(byte);
  return value;
}

// ISO base media files name their kind in a brand: AVIF and HEIF share the container.
std::optional<Kind> sniff_brands(std::string_view head) {
  if (head.size() < 12 || head.substr(4, 4) != "ftyp") return std::nullopt;
  constexpr std::array kHeifBrands{"heic"sv, "heix"sv, "heim"sv, "heis"sv, "hevc"sv, "hevx"sv, "mif1"sv, "msf1"sv};
  std::optional<Kind> found;
  const std::size_t end = std::min<std::size_t>(head.size(), big_endian_32(head));
  for (std::size_t at = 8; at + 4 <= end; at += at == 8 ? 8 : 4) {  // the major brand, its version, the compatible ones
    const std::string_view brand = head.substr(at, 4);
    if (brand == "avif" || brand == "avis") return kAvif;
    if (std::find(kHeifBrands.begin(), kHeifBrands.end(), brand) != kHeifBrands.end()) found = kHeif;
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

std::optional<Kind> sniff_kind(base::ByteView bytes) {
  const std::string_view head(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  for (const Magic& magic : kMagics) {
    if (starts_with(head, magic.bytes)) return magic.kind;
  }
  if (starts_with(head, "RIFF") && head.size() >= 12 && head.substr(8, 4) == "WEBP") return kWebp;
  if (is_pnm(head)) return kPnm;
  if (is_bmp(head)) return kBmp;
  if (is_svg(head)) return kSvg;
  return sniff_brands(head);
}

std::optional<Format> sniff(base::ByteView head) {
  const std::optional<Kind> kind = sniff_kind(head);
  return kind ? std::optional(kind->format) : std::nullopt;
}

}  // namespace imgmill::codec
