// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <spng.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/error.h"
#include "codec/exif.h"
#include "codec/formats.h"
#include "codec/raw.h"

namespace imgmill::codec {

namespace {

using base::Error;
using base::ErrorKind;

struct ContextDeleter {
  void operator()(spng_ctx* context) const { spng_ctx_free(context); }
};
using Context = std::unique_ptr<spng_ctx, ContextDeleter>;

[[noreturn]] void fail(int code) {
  if (code == SPNG_IO_EOF || code == SPNG_EIDAT_TOO_SHORT) throw Error(ErrorKind::input, "is truncated");
  if (code == SPNG_EMEM) throw std::bad_alloc();
  throw Error(ErrorKind::input, std::string("is a corrupt PNG (") + spng_strerror(code) + ")");
}

void require(int code) {
  if (code != SPNG_OK) fail(code);
}

// Whether the checksum of the pixels' stream is looked at, beside those of the chunks that carry it.
enum Stream : int { kChecked = 0, kUnchecked = SPNG_CTX_IGNORE_ADLER32 };

// An open PNG whose header has been read and found within the limits.
class Reader {
 public:
  Reader(base::ByteView file, const image::Limits& limits, Stream stream) : context_(spng_ctx_new(stream)) {
    if (!context_) throw std::bad_alloc();
    // Text and profiles that inflate to more are dropped: a few bytes could ask for gigabytes.
    constexpr std::size_t kLargestChunk = std::size_t{64} << 20;
    spng_set_chunk_limits(context_.get(), kLargestChunk, kLargestChunk);
    require(spng_set_png_buffer(context_.get(), file.data(), file.size()));
    const int code = spng_get_ihdr(context_.get(), &ihdr_);
    if (code == SPNG_EWIDTH || code == SPNG_EHEIGHT) throw Error(ErrorKind::input, "has no pixels");
    require(code);
    image::check(limits, ihdr_.width, ihdr_.height);
  }

  const spng_ihdr& ihdr() const { return ihdr_; }
  spng_ctx* context() const { return context_.get(); }
  bool has_alpha() const { return (ihdr_.color_type & 4) != 0 || has_transparency(); }
  bool grey() const {
    return ihdr_.color_type == SPNG_COLOR_TYPE_GRAYSCALE || ihdr_.color_type == SPNG_COLOR_TYPE_GRAYSCALE_ALPHA;
  }

  bool has_transparency() const {
    spng_trns trns;
    return spng_get_trns(context_.get(), &trns) == SPNG_OK;
  }

  base::Bytes profile() const {
    spng_iccp iccp;
    if (spng_get_iccp(context_.get(), &iccp) != SPNG_OK) return {};
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(iccp.profile);
    return {bytes, bytes + iccp.profile_len};
  }

  // What has been read so far: before the pixels, or after decode_chunks all of it.
  base::Bytes exif() const {
    spng_exif exif;
    if (spng_get_exif(context_.get(), &exif) != SPNG_OK) return {};
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(exif.data);
    return {bytes, bytes + exif.length};
  }

  int orientation() const { return exif_orientation(exif()); }

  base::Bytes xmp() const {
    std::uint32_t count = 0;
    if (spng_get_text(context_.get(), nullptr, &count) != SPNG_OK) return {};
    std::vector<spng_text> texts(count);
    if (spng_get_text(context_.get(), texts.data(), &count) != SPNG_OK) return {};
    for (const spng_text& text : texts) {
      if (std::string_view(text.keyword) != "XML:com.adobe.xmp") continue;
      const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.text);
      return {bytes, bytes + text.length};
    }
    return {};
  }

 private:
  Context context_;
  spng_ihdr ihdr_{};
};

// 65535 steps to 255, rounded.
constexpr std::uint8_t to_8_bit(unsigned value) { return static_cast<std::uint8_t>((value * 255 + 32895) >> 16); }
static_assert(to_8_bit(0) == 0 && to_8_bit(65535) == 255 && to_8_bit(0x8080) == 0x80 && to_8_bit(128) == 0 &&
              to_8_bit(129) == 1);

// Row by row, so that it can be stopped; the rows of an interlaced picture come several times.
void decode_rows(const Reader& reader, std::uint8_t* out, std::size_t row_bytes, int layout, const base::Stop& stop) {
  require(spng_decode_image(reader.context(), nullptr, 0, layout, SPNG_DECODE_TRNS | SPNG_DECODE_PROGRESSIVE));
  spng_row_info row{};
  int code = SPNG_OK;
  for (std::uint32_t done = 0; code == SPNG_OK; ++done) {
    if (done % 16 == 0) stop.check();
    require(spng_get_row_info(reader.context(), &row));
    code = spng_decode_row(reader.context(), out + row_bytes * row.row_num, row_bytes);
  }
  if (code != SPNG_EOI) fail(code);
}

std::vector<std::uint8_t> decode_samples(const Reader& reader, int channels, const base::Stop& stop) {
  const auto pixels = static_cast<std::size_t>(reader.ihdr().width) * reader.ihdr().height;
  std::vector<std::uint8_t> samples(pixels * static_cast<std::size_t>(channels));
  if (reader.ihdr().bit_depth < 16) {
    const int layout = channels == 4 ? SPNG_FMT_RGBA8 : SPNG_FMT_RGB8;
    decode_rows(reader, samples.data(), samples.size() / reader.ihdr().height, layout, stop);
    return samples;
  }
  // 16 bit: spng would cut the low byte off, and knows no 16-bit layout without alpha.
  std::vector<std::uint16_t> deep(pixels * 4);
  decode_rows(reader, reinterpret_cast<std::uint8_t*>(deep.data()),
              std::size_t{reader.ihdr().width} * 4 * sizeof(deep[0]), SPNG_FMT_RGBA16, stop);
  std::uint8_t* out = samples.data();
  for (std::size_t i = 0; i < pixels; ++i) {
    for (int c = 0; c < channels; ++c) *out++ = to_8_bit(deep[i * 4 + static_cast<std::size_t>(c)]);
  }
  return samples;
}

}  // namespace

Header read_png_header(base::ByteView file, const image::Limits& limits) {
  const Reader reader(file, limits, kUnchecked);
  return displayed_header(Format::png, "png", static_cast<int>(reader.ihdr().width),
                          static_cast<int>(reader.ihdr().height), reader.orientation());
}

Decoded decode_png(base::ByteView file, const DecodeOptions& options) {
  const Reader reader(file, options.limits, kUnchecked);
  Raw raw;
  raw.width = static_cast<int>(reader.ihdr().width);
  raw.height = static_cast<int>(reader.ihdr().height);
  raw.grey = reader.grey();
  raw.icc = reader.profile();
  raw.orientation = reader.orientation();
  raw.channels = reader.has_alpha() ? 4 : 3;
  raw.samples = decode_samples(reader, raw.channels, options.stop);
  // The pixels are whole; a file that ends before its end chunk was cut off all the same, other damage is harmless.
  const int code = spng_decode_chunks(reader.context());
  if (code == SPNG_IO_EOF) fail(code);
  // The last chunk of the pixels is checked only now; the stream's checksum tells whether it was that one.
  if (code == SPNG_ECHUNK_CRC) decode_samples(Reader(file, options.limits, kChecked), raw.channels, options.stop);
  if (code != SPNG_OK) raw.warnings.push_back(std::string("damaged after the pixels: ") + spng_strerror(code));
  raw.exif = reader.exif();
  raw.xmp = reader.xmp();
  return finish(std::move(raw), options, Format::png, "png");
}

EncodedImage encode_png(const image::Image& image) {
  const Context context(spng_ctx_new(SPNG_CTX_ENCODER));
  if (!context) throw std::bad_alloc();
  spng_ihdr ihdr{};
  ihdr.width = static_cast<std::uint32_t>(image.width());
  ihdr.height = static_cast<std::uint32_t>(image.height());
  ihdr.bit_depth = 8;
  ihdr.color_type = image.channels() == 1   ? SPNG_COLOR_TYPE_GRAYSCALE
                    : image.channels() == 3 ? SPNG_COLOR_TYPE_TRUECOLOR
                                            : SPNG_COLOR_TYPE_TRUECOLOR_ALPHA;
  constexpr int kLevel = 6;
  int code = spng_set_option(context.get(), SPNG_ENCODE_TO_BUFFER, 1);
  if (code == SPNG_OK) code = spng_set_option(context.get(), SPNG_IMG_COMPRESSION_LEVEL, kLevel);
  if (code == SPNG_OK) code = spng_set_ihdr(context.get(), &ihdr);
  if (code == SPNG_OK) {
    code = spng_encode_image(context.get(), image.data(), image.samples().size(), SPNG_FMT_PNG, SPNG_ENCODE_FINALIZE);
  }
  std::size_t size = 0;
  const std::unique_ptr<void, decltype(&std::free)> buffer(
      code == SPNG_OK ? spng_get_png_buffer(context.get(), &size, &code) : nullptr, &std::free);
  if (!buffer) throw Error(ErrorKind::internal, std::string("could not encode a PNG: ") + spng_strerror(code));
  const auto* bytes = static_cast<const std::uint8_t*>(buffer.get());
  return {Format::png, base::Bytes(bytes, bytes + size)};
}

}  // namespace imgmill::codec
