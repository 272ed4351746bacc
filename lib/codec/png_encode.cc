// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <spng.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include <fmt/core.h>

#include "base/error.h"
#include "codec/encoders.h"

namespace imgmill::codec {

namespace {

struct ContextFree {
  void operator()(spng_ctx* context) const { spng_ctx_free(context); }
};
using Context = std::unique_ptr<spng_ctx, ContextFree>;

void require(int code) {
  if (code == SPNG_EMEM) throw std::bad_alloc();
  if (code != SPNG_OK) {
    throw base::Error(base::ErrorKind::internal, fmt::format("could not be encoded as PNG: {}", spng_strerror(code)));
  }
}

// The picture as indices into at most 256 colours.
struct Indexed {
  std::vector<image::Rgba> palette;  // what is not opaque first, so that tRNS stays short
  std::vector<std::uint8_t> indices;
};

image::Rgba pixel(const std::uint8_t* p, int channels) {
  if (channels == 1) return {p[0], p[0], p[0], 255};
  return {p[0], p[1], p[2], channels == 4 ? p[3] : std::uint8_t{255}};
}

std::uint32_t packed(image::Rgba c) {
  return std::uint32_t{c.r} | std::uint32_t{c.g} << 8 | std::uint32_t{c.b} << 16 | std::uint32_t{c.a} << 24;
}

std::optional<std::vector<image::Rgba>> palette_of(const image::Image& image) {
  constexpr std::size_t kMost = 256;
  std::unordered_map<std::uint32_t, image::Rgba> colours;
  const int channels = image.channels();
  std::uint32_t last = 0;
  bool first = true;
  for (std::size_t i = 0; i < image.samples().size(); i += static_cast<std::size_t>(channels)) {
    const image::Rgba colour = pixel(image.data() + i, channels);
    const std::uint32_t key = packed(colour);
    if (!first && key == last) continue;
    first = false;
    last = key;
    colours.emplace(key, colour);
    if (colours.size() > kMost) return std::nullopt;
  }
  std::vector<image::Rgba> palette;
  for (const auto& [key, colour] : colours) palette.push_back(colour);
  std::sort(palette.begin(), palette.end(),
            [](const image::Rgba& a, const image::Rgba& b) { return a.a != b.a ? a.a < b.a : packed(a) < packed(b); });
  return palette;
}

std::optional<Indexed> indexed(const image::Image& image) {
  std::optional<std::vector<image::Rgba>> palette = palette_of(image);
  if (!palette) return std::nullopt;
  std::unordered_map<std::uint32_t, std::uint8_t> index_of;
  for (std::size_t i = 0; i < palette->size(); ++i) index_of[packed((*palette)[i])] = static_cast<std::uint8_t>(i);
  Indexed result{std::move(*palette), {}};
  result.indices.reserve(static_cast<std::size_t>(image.pixels()));
  const int channels = image.channels();
  for (std::size_t i = 0; i < image.samples().size(); i += static_cast<std::size_t>(channels)) {
    result.indices.push_back(index_of[packed(pixel(image.data() + i, channels))]);
  }
  return result;
}

// 1, 2, 4 or 8.
int bits_for(std::size_t colours) {
  return std::bit_ceil(std::max(1U, static_cast<unsigned>(std::bit_width(colours - 1))));
}

// Rows of indices, each starting on a byte, the leftmost pixel in the highest bits.
std::vector<std::uint8_t> packed_rows(const std::vector<std::uint8_t>& indices, int width, int height, int bits) {
  const std::size_t row_bytes = (static_cast<std::size_t>(width) * static_cast<std::size_t>(bits) + 7) / 8;
  std::vector<std::uint8_t> rows(row_bytes * static_cast<std::size_t>(height));
  const int per_byte = 8 / bits;
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const unsigned index =
          indices[static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x)];
      const int shift = (per_byte - 1 - x % per_byte) * bits;
      rows[static_cast<std::size_t>(y) * row_bytes + static_cast<std::size_t>(x / per_byte)] |=
          static_cast<std::uint8_t>(index << shift);
    }
  }
  return rows;
}

void set_palette(spng_ctx* context, const std::vector<image::Rgba>& palette) {
  spng_plte plte{};
  spng_trns trns{};
  plte.n_entries = static_cast<std::uint32_t>(palette.size());
  for (std::size_t i = 0; i < palette.size(); ++i) {
    plte.entries[i] = {palette[i].r, palette[i].g, palette[i].b, 255};
    if (palette[i].a == 255) continue;
    trns.type3_alpha[i] = palette[i].a;
    trns.n_type3_entries = static_cast<std::uint32_t>(i + 1);
  }
  require(spng_set_plte(context, &plte));
  if (trns.n_type3_entries > 0) require(spng_set_trns(context, &trns));
}

// libspng keeps pointers to what it is given: `packet` must outlive the encoding.
void set_metadata(spng_ctx* context, const Metadata& metadata, std::string& packet) {
  if (!metadata.icc.empty()) {
    spng_iccp iccp{};
    std::strncpy(iccp.profile_name, "profile", sizeof iccp.profile_name - 1);
    iccp.profile_len = metadata.icc.size();
    iccp.profile = const_cast<char*>(reinterpret_cast<const char*>(metadata.icc.data()));
    require(spng_set_iccp(context, &iccp));
  }
  if (!metadata.exif.empty()) {
    spng_exif exif{metadata.exif.size(), const_cast<char*>(reinterpret_cast<const char*>(metadata.exif.data()))};
    require(spng_set_exif(context, &exif));
  }
  if (!metadata.xmp.empty()) {
    packet.assign(metadata.xmp.begin(), metadata.xmp.end());
    static char empty[] = "";
    spng_text text{};
    text.type = SPNG_ITXT;
    std::strncpy(text.keyword, "XML:com.adobe.xmp", sizeof text.keyword - 1);
    text.text = packet.data();
    text.length = packet.size();
    text.language_tag = text.translated_keyword = empty;
    require(spng_set_text(context, &text, 1));
  }
}

base::Bytes finish(spng_ctx* context, const void* samples, std::size_t size, const Metadata& metadata) {
  std::string packet;
  set_metadata(context, metadata, packet);
  require(spng_encode_image(context, samples, size, SPNG_FMT_PNG, SPNG_ENCODE_FINALIZE));
  std::size_t length = 0;
  int code = SPNG_OK;
  const std::unique_ptr<void, decltype(&std::free)> buffer(spng_get_png_buffer(context, &length, &code), &std::free);
  require(code);
  const auto* bytes = static_cast<const std::uint8_t*>(buffer.get());
  return {bytes, bytes + length};
}

}  // namespace

base::Bytes encode_small_png(const image::Image& image, const EncodeOptions&, const Metadata& metadata) {
  const Context context(spng_ctx_new(SPNG_CTX_ENCODER));
  if (!context) throw std::bad_alloc();
  constexpr int kSmallest = 9;
  require(spng_set_option(context.get(), SPNG_ENCODE_TO_BUFFER, 1));
  require(spng_set_option(context.get(), SPNG_IMG_COMPRESSION_LEVEL, kSmallest));
  spng_ihdr ihdr{};
  ihdr.width = static_cast<std::uint32_t>(image.width());
  ihdr.height = static_cast<std::uint32_t>(image.height());
  ihdr.bit_depth = 8;
  if (const std::optional<Indexed> few = image.channels() == 1 ? std::nullopt : indexed(image)) {
    const int bits = bits_for(few->palette.size());
    ihdr.bit_depth = static_cast<std::uint8_t>(bits);
    ihdr.color_type = SPNG_COLOR_TYPE_INDEXED;
    require(spng_set_ihdr(context.get(), &ihdr));
    set_palette(context.get(), few->palette);
    require(spng_set_option(context.get(), SPNG_FILTER_CHOICE, SPNG_DISABLE_FILTERING));
    const std::vector<std::uint8_t> rows = packed_rows(few->indices, image.width(), image.height(), bits);
    return finish(context.get(), rows.data(), rows.size(), metadata);
  }
  ihdr.color_type = image.channels() == 1   ? SPNG_COLOR_TYPE_GRAYSCALE
                    : image.channels() == 3 ? SPNG_COLOR_TYPE_TRUECOLOR
                                            : SPNG_COLOR_TYPE_TRUECOLOR_ALPHA;
  require(spng_set_ihdr(context.get(), &ihdr));
  return finish(context.get(), image.data(), image.samples().size(), metadata);
}

std::string png_encoder_version() { return spng_version_string(); }

}  // namespace imgmill::codec
