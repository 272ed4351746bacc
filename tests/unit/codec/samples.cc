// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "codec/samples.h"

#include <lcms2.h>
#include <spng.h>
#include <turbojpeg.h>
#include <webp/encode.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <cstring>
#include <memory>

namespace imgmill::test {

std::vector<std::uint8_t> quadrant_samples(int channels) {
  std::vector<std::uint8_t> samples;
  for (int y = 0; y < kHeight; ++y) {
    for (int x = 0; x < kWidth; ++x) {
      const std::size_t quarter = (y >= kHeight / 2 ? 2 : 0) + (x >= kWidth / 2 ? 1 : 0);
      const Colour& colour = kQuadrants[quarter];
      for (const int value : {colour.r, colour.g, colour.b}) samples.push_back(static_cast<std::uint8_t>(value));
      if (channels == 4) samples.push_back(quarter == 3 ? 128 : 255);
    }
  }
  return samples;
}

std::array<Colour, 4> corners(const image::Image& image) {
  std::array<Colour, 4> result;
  for (std::size_t i = 0; i < 4; ++i) {
    const int x = i % 2 == 0 ? 0 : image.width() - 1, y = i < 2 ? 0 : image.height() - 1;
    const std::uint8_t* pixel = image.row(y) + std::ptrdiff_t{x} * image.channels();
    result[i] = {pixel[0], pixel[1], pixel[2], image.has_alpha() ? pixel[3] : 255};
  }
  return result;
}

int distance(const Colour& a, const Colour& b) {
  return std::max({std::abs(a.r - b.r), std::abs(a.g - b.g), std::abs(a.b - b.b), std::abs(a.a - b.a)});
}

int distance(const std::array<Colour, 4>& a, const std::array<Colour, 4>& b) {
  int most = 0;
  for (std::size_t i = 0; i < 4; ++i) most = std::max(most, distance(a[i], b[i]));
  return most;
}

base::Bytes read_fixture(const std::string& name) { return base::read_file(std::string(IMGMILL_TEST_DATA "/") + name); }

base::Error decode_error(base::ByteView bytes, const image::Limits& limits) {
  try {
    codec::decode(bytes, limits);
  } catch (const base::Error& error) {
    return error;
  }
  FAIL("no error was thrown");
  return {base::ErrorKind::internal, ""};
}

base::Bytes make_png(const PngRecipe& recipe, base::ByteView samples) {
  const std::unique_ptr<spng_ctx, decltype(&spng_ctx_free)> context(spng_ctx_new(SPNG_CTX_ENCODER), spng_ctx_free);
  spng_ihdr ihdr{static_cast<std::uint32_t>(recipe.width),
                 static_cast<std::uint32_t>(recipe.height),
                 static_cast<std::uint8_t>(recipe.bit_depth),
                 static_cast<std::uint8_t>(recipe.colour_type),
                 0,
                 0,
                 static_cast<std::uint8_t>(recipe.interlaced ? 1 : 0)};
  spng_set_option(context.get(), SPNG_ENCODE_TO_BUFFER, 1);
  REQUIRE(spng_set_ihdr(context.get(), &ihdr) == 0);
  if (!recipe.palette.empty()) {
    spng_plte plte{};
    for (const Colour& colour : recipe.palette) {
      plte.entries[plte.n_entries++] = {static_cast<std::uint8_t>(colour.r), static_cast<std::uint8_t>(colour.g),
                                        static_cast<std::uint8_t>(colour.b), 0};
    }
    REQUIRE(spng_set_plte(context.get(), &plte) == 0);
  }
  if (!recipe.transparent.empty()) {
    spng_trns trns{};
    trns.gray = static_cast<std::uint16_t>(recipe.transparent[0]);
    if (recipe.colour_type == 2) {
      trns.red = trns.gray;
      trns.green = static_cast<std::uint16_t>(recipe.transparent[1]);
      trns.blue = static_cast<std::uint16_t>(recipe.transparent[2]);
    } else if (recipe.colour_type == 3) {
      for (const int alpha : recipe.transparent) {
        trns.type3_alpha[trns.n_type3_entries++] = static_cast<std::uint8_t>(alpha);
      }
    }
    REQUIRE(spng_set_trns(context.get(), &trns) == 0);
  }
  base::Bytes icc = recipe.icc, exif = recipe.exif;
  if (!icc.empty()) {
    spng_iccp iccp{};
    std::strcpy(iccp.profile_name, "test");
    iccp.profile = reinterpret_cast<char*>(icc.data());
    iccp.profile_len = icc.size();
    REQUIRE(spng_set_iccp(context.get(), &iccp) == 0);
  }
  if (!exif.empty()) {
    spng_exif block{exif.size(), reinterpret_cast<char*>(exif.data())};
    REQUIRE(spng_set_exif(context.get(), &block) == 0);
  }
  std::string xmp = recipe.xmp;
  if (!xmp.empty()) {
    spng_text text{};
    std::strcpy(text.keyword, "XML:com.adobe.xmp");
    text.type = SPNG_ITXT;
    text.text = xmp.data();
    text.length = xmp.size();
    static char none[] = "";  // libspng keeps the pointer
    text.language_tag = none;
    text.translated_keyword = none;
    REQUIRE(spng_set_text(context.get(), &text, 1) == 0);
  }
  REQUIRE(spng_encode_image(context.get(), samples.data(), samples.size(), SPNG_FMT_PNG, SPNG_ENCODE_FINALIZE) == 0);
  std::size_t size = 0;
  int code = 0;
  const std::unique_ptr<void, decltype(&std::free)> buffer(spng_get_png_buffer(context.get(), &size, &code), std::free);
  const auto* bytes = static_cast<const std::uint8_t*>(buffer.get());
  return {bytes, bytes + size};
}

base::Bytes make_jpeg(JpegKind kind, int width, int height, base::ByteView samples) {
  const std::unique_ptr<void, int (*)(void*)> handle(tjInitCompress(), tjDestroy);
  const int layout = kind == JpegKind::cmyk ? TJPF_CMYK : kind == JpegKind::grey ? TJPF_GRAY : TJPF_RGB;
  unsigned char* buffer = nullptr;
  unsigned long size = 0;
  REQUIRE(tjCompress2(handle.get(), samples.data(), width, 0, height, layout, &buffer, &size,
                      kind == JpegKind::grey ? TJSAMP_GRAY : TJSAMP_444, 95,
                      kind == JpegKind::progressive ? TJFLAG_PROGRESSIVE : 0) == 0);
  base::Bytes bytes(buffer, buffer + size);
  tjFree(buffer);
  return bytes;
}

base::Bytes with_segment(const base::Bytes& jpeg, std::uint8_t marker, base::ByteView payload) {
  const std::size_t length = payload.size() + 2;
  base::Bytes out(jpeg.begin(), jpeg.begin() + 2);
  for (const std::size_t byte : {std::size_t{0xff}, std::size_t{marker}, length >> 8, length & 0xff}) {
    out.push_back(static_cast<std::uint8_t>(byte));
  }
  out.insert(out.end(), payload.begin(), payload.end());
  out.insert(out.end(), jpeg.begin() + 2, jpeg.end());
  return out;
}

base::Bytes exif_block(int orientation, bool big_endian) {
  base::Bytes block;
  const auto put = [&](unsigned value, int size) {
    for (int i = 0; i < size; ++i) {
      block.push_back(static_cast<std::uint8_t>(value >> (8 * (big_endian ? size - 1 - i : i))));
    }
  };
  block.assign(2, big_endian ? 'M' : 'I');
  put(42, 2);
  put(8, 4);
  put(2, 2);  // two entries: ImageWidth, then Orientation
  for (const auto& [tag, value] : {std::pair{0x0100U, 16U}, std::pair{0x0112U, static_cast<unsigned>(orientation)}}) {
    put(tag, 2);
    put(3, 2);
    put(1, 4);
    put(value, 2);
    put(0, 2);
  }
  put(0, 4);
  return block;
}

namespace {

// Directories of a little-endian TIFF structure, whose larger values stand behind their entries.
struct TiffEntry {
  unsigned tag, type, count;
  base::Bytes value;
};

void put_little(base::Bytes& out, std::size_t value, int size) {
  for (int i = 0; i < size; ++i) out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

base::Bytes little(std::size_t value, int size) {
  base::Bytes out;
  put_little(out, value, size);
  return out;
}

void put_directory(base::Bytes& out, const std::vector<TiffEntry>& entries, std::size_t next) {
  const std::size_t values = out.size() + 2 + 12 * entries.size() + 4;
  base::Bytes behind;
  put_little(out, entries.size(), 2);
  for (const TiffEntry& entry : entries) {
    put_little(out, entry.tag, 2);
    put_little(out, entry.type, 2);
    put_little(out, entry.count, 4);
    base::Bytes value = entry.value;
    if (value.size() > 4) {
      put_little(out, values + behind.size(), 4);
      if (value.size() % 2 != 0) value.push_back(0);
      behind.insert(behind.end(), value.begin(), value.end());
    } else {
      value.resize(4);
      out.insert(out.end(), value.begin(), value.end());
    }
  }
  put_little(out, next, 4);
  out.insert(out.end(), behind.begin(), behind.end());
}

base::Bytes text(const std::string& characters) {
  base::Bytes bytes(characters.begin(), characters.end());
  bytes.push_back(0);
  return bytes;
}

TiffEntry ascii(unsigned tag, const std::string& characters) {
  return {tag, 2, static_cast<unsigned>(characters.size() + 1), text(characters)};
}

base::Bytes full_exif_at(int orientation, std::size_t exif, std::size_t gps, std::size_t thumbnails,
                         std::array<std::size_t, 4>& found) {
  base::Bytes out{'I', 'I', 42, 0, 8, 0, 0, 0};
  put_directory(out,
                {ascii(0x010e, "four quarters"),
                 {0x0112, 3, 1, little(static_cast<std::size_t>(orientation), 2)},
                 ascii(0x8298, "(c) nobody"),
                 {0x8769, 4, 1, little(exif, 4)},
                 {0x8825, 4, 1, little(gps, 4)}},
                thumbnails);
  found[0] = out.size();
  const base::Bytes note(kMakerNote.begin(), kMakerNote.end());
  put_directory(out,
                {{0x9000, 7, 4, {'0', '2', '3', '1'}},
                 {0x927c, 7, static_cast<unsigned>(note.size()), note},
                 {0xa434, 2, 6, text("lens!")}},
                0);
  found[1] = out.size();
  put_directory(
      out, {{0, 1, 4, {2, 3, 0, 0}}, ascii(1, "N"), {2, 5, 3, kLatitude}, ascii(3, "E"), {4, 5, 3, kLongitude}}, 0);
  found[2] = out.size();
  const std::size_t jpeg = out.size() + 2 + 12 * 3 + 4;
  put_directory(
      out,
      {{0x0103, 3, 1, little(6, 2)}, {0x0201, 4, 1, little(jpeg, 4)}, {0x0202, 4, 1, little(kThumbnail.size(), 4)}}, 0);
  out.insert(out.end(), kThumbnail.begin(), kThumbnail.end());
  return out;
}

}  // namespace

base::Bytes full_exif(int orientation) {
  std::array<std::size_t, 4> at{};
  full_exif_at(orientation, 0, 0, 0, at);
  return full_exif_at(orientation, at[0], at[1], at[2], at);
}

std::string full_xmp() {
  return R"(<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">)"
         R"(<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" )"
         R"(xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:exif="http://ns.adobe.com/exif/1.0/" )"
         R"(xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="6" )"
         R"(dc:format="image/jpeg" exif:GPSLatitude="47,22.6645N"><exif:GPSLongitude>8,32.7852E</exif:GPSLongitude>)"
         R"(<dc:title><rdf:Alt><rdf:li xml:lang="x-default">four quarters</rdf:li></rdf:Alt></dc:title>)"
         R"(</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>)";
}

bool contains(base::ByteView bytes, base::ByteView part) {
  return std::search(bytes.begin(), bytes.end(), part.begin(), part.end()) != bytes.end();
}

bool contains(base::ByteView bytes, const std::string& part) {
  return contains(bytes, base::Bytes(part.begin(), part.end()));
}

base::Bytes with_exif(const base::Bytes& jpeg, const base::Bytes& exif) {
  base::Bytes payload{'E', 'x', 'i', 'f', 0, 0};
  payload.insert(payload.end(), exif.begin(), exif.end());
  return with_segment(jpeg, 0xe1, payload);
}

base::Bytes with_exif_orientation(const base::Bytes& jpeg, int orientation) {
  return with_exif(jpeg, exif_block(orientation));
}

base::Bytes with_xmp(const base::Bytes& jpeg, const std::string& xmp) {
  base::Bytes payload = text("http://ns.adobe.com/xap/1.0/");
  payload.insert(payload.end(), xmp.begin(), xmp.end());
  return with_segment(jpeg, 0xe1, payload);
}

base::Bytes with_icc(const base::Bytes& jpeg, const base::Bytes& icc, std::size_t piece) {
  const std::size_t count = (icc.size() + piece - 1) / piece;
  base::Bytes out = jpeg;
  // Each goes in front of those before it, so the pieces stand in falling order: joining must go by number.
  for (std::size_t i = 0; i < count; ++i) {
    base::Bytes payload{'I', 'C', 'C', '_', 'P', 'R', 'O', 'F', 'I', 'L', 'E', 0};
    payload.push_back(static_cast<std::uint8_t>(i + 1));
    payload.push_back(static_cast<std::uint8_t>(count));
    payload.insert(payload.end(), icc.begin() + static_cast<std::ptrdiff_t>(i * piece),
                   icc.begin() + static_cast<std::ptrdiff_t>(std::min(icc.size(), (i + 1) * piece)));
    out = with_segment(out, 0xe2, payload);
  }
  return out;
}

base::Bytes make_webp(int width, int height, base::ByteView samples, bool lossless) {
  const bool alpha = samples.size() == static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 4;
  std::uint8_t* buffer = nullptr;
  const int stride = width * (alpha ? 4 : 3);
  std::size_t size = 0;
  if (lossless) {
    size = alpha ? WebPEncodeLosslessRGBA(samples.data(), width, height, stride, &buffer)
                 : WebPEncodeLosslessRGB(samples.data(), width, height, stride, &buffer);
  } else {
    size = alpha ? WebPEncodeRGBA(samples.data(), width, height, stride, 95, &buffer)
                 : WebPEncodeRGB(samples.data(), width, height, stride, 95, &buffer);
  }
  REQUIRE(size > 0);
  base::Bytes bytes(buffer, buffer + size);
  WebPFree(buffer);
  return bytes;
}

namespace {

void put_chunk(base::Bytes& out, const char* name, base::ByteView payload) {
  out.insert(out.end(), name, name + 4);
  put_little(out, payload.size(), 4);
  out.insert(out.end(), payload.begin(), payload.end());
  if (payload.size() % 2 != 0) out.push_back(0);
}

base::Bytes extended_webp(int flags, int width, int height, const base::Bytes& chunks) {
  base::Bytes features;
  put_little(features, static_cast<std::size_t>(flags), 4);
  put_little(features, static_cast<std::size_t>(width - 1), 3);
  put_little(features, static_cast<std::size_t>(height - 1), 3);
  base::Bytes body{'W', 'E', 'B', 'P'};
  put_chunk(body, "VP8X", features);
  body.insert(body.end(), chunks.begin(), chunks.end());
  base::Bytes file;
  put_chunk(file, "RIFF", body);
  return file;
}

// The chunks inside a simple WebP: its coded pixels.
base::ByteView image_chunks(const base::Bytes& webp) { return base::ByteView(webp).subspan(12); }

void put_frame(base::Bytes& out, int x, int y, const base::Bytes& webp) {
  base::Bytes frame;
  put_little(frame, static_cast<std::size_t>(x / 2), 3);
  put_little(frame, static_cast<std::size_t>(y / 2), 3);
  put_little(frame, kWidth - 1, 3);
  put_little(frame, kHeight - 1, 3);
  put_little(frame, 100, 3);  // milliseconds
  put_little(frame, 0, 1);
  const base::ByteView pixels = image_chunks(webp);
  frame.insert(frame.end(), pixels.begin(), pixels.end());
  put_chunk(out, "ANMF", frame);
}

struct ProfileCloser {
  void operator()(void* profile) const { cmsCloseProfile(profile); }
};
using Profile = std::unique_ptr<void, ProfileCloser>;

base::Bytes saved(const Profile& profile) {
  cmsUInt32Number size = 0;
  REQUIRE(cmsSaveProfileToMem(profile.get(), nullptr, &size) != 0);
  base::Bytes bytes(size);
  REQUIRE(cmsSaveProfileToMem(profile.get(), bytes.data(), &size) != 0);
  std::fill_n(bytes.begin() + 24, 12, std::uint8_t{0});  // when it was made: two of a kind are equal
  return bytes;
}

base::Bytes rgb_profile(const cmsCIExyYTRIPLE& primaries, double gamma) {
  const cmsCIExyY white{0.3127, 0.3290, 1};
  cmsToneCurve* curve = cmsBuildGamma(nullptr, gamma);
  cmsToneCurve* curves[3] = {curve, curve, curve};
  const Profile profile(cmsCreateRGBProfile(&white, &primaries, curves));
  cmsFreeToneCurve(curve);
  return saved(profile);
}

}  // namespace

base::Bytes with_webp_chunks(const base::Bytes& webp, const base::Bytes& icc, const base::Bytes& exif,
                             const std::string& xmp) {
  base::Bytes chunks;
  if (!icc.empty()) put_chunk(chunks, "ICCP", icc);
  const base::ByteView pixels = image_chunks(webp);
  chunks.insert(chunks.end(), pixels.begin(), pixels.end());
  if (!exif.empty()) put_chunk(chunks, "EXIF", exif);
  if (!xmp.empty()) put_chunk(chunks, "XMP ", base::Bytes(xmp.begin(), xmp.end()));
  return extended_webp((icc.empty() ? 0 : 0x20) | (exif.empty() ? 0 : 0x08) | (xmp.empty() ? 0 : 0x04), kWidth, kHeight,
                       chunks);
}

base::Bytes make_animated_webp(int canvas_width, int canvas_height, int x, int y, const base::Bytes& first,
                               const base::Bytes& second) {
  base::Bytes chunks;
  put_chunk(chunks, "ANIM", base::Bytes{0, 0, 0, 0, 0, 0});
  put_frame(chunks, x, y, first);
  put_frame(chunks, 0, 0, second);
  return extended_webp(0x02 | 0x10, canvas_width, canvas_height, chunks);
}

base::Bytes srgb_profile() { return saved(Profile(cmsCreate_sRGBProfile())); }

base::Bytes swapped_profile() { return rgb_profile({{0.30, 0.60, 1}, {0.64, 0.33, 1}, {0.15, 0.06, 1}}, 2.2); }

base::Bytes adobe_like_profile() { return rgb_profile({{0.64, 0.33, 1}, {0.21, 0.71, 1}, {0.15, 0.06, 1}}, 2.2); }

base::Bytes gamma_profile() { return rgb_profile({{0.64, 0.33, 1}, {0.30, 0.60, 1}, {0.15, 0.06, 1}}, 2.2); }

base::Bytes grey_profile(double gamma) {
  const cmsCIExyY white{0.3457, 0.3585, 1};
  cmsToneCurve* curve = cmsBuildGamma(nullptr, gamma);
  const Profile profile(cmsCreateGrayProfile(&white, curve));
  cmsFreeToneCurve(curve);
  return saved(profile);
}

base::Bytes cmyk_profile() {
  const Profile profile(cmsCreateProfilePlaceholder(nullptr));
  cmsSetProfileVersion(profile.get(), 2.4);
  cmsSetDeviceClass(profile.get(), cmsSigOutputClass);
  cmsSetColorSpace(profile.get(), cmsSigCmykData);
  cmsSetPCS(profile.get(), cmsSigLabData);
  cmsPipeline* table = cmsPipelineAlloc(nullptr, 4, 3);
  cmsStage* stage = cmsStageAllocCLut16bit(nullptr, 2, 4, 3, nullptr);
  cmsStageSampleCLut16bit(
      stage,
      [](const cmsUInt16Number*, cmsUInt16Number* out, void*) -> cmsInt32Number {
        const cmsCIELab green{87.7, -79, 81};
        cmsFloat2LabEncodedV2(out, &green);
        return 1;
      },
      nullptr, 0);
  cmsPipelineInsertStage(table, cmsAT_END, stage);
  for (const cmsTagSignature tag : {cmsSigAToB0Tag, cmsSigAToB1Tag}) {
    REQUIRE(cmsWriteTag(profile.get(), tag, table) != 0);
  }
  cmsPipelineFree(table);
  return saved(profile);
}

}  // namespace imgmill::test
