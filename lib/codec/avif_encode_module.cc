// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// AVIF through libavif and libaom, apart from the program because they cost it milliseconds at start-up.
#include <avif/avif.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <memory>

#include "codec/encoder_module.h"

namespace {

using namespace imgmill::codec;

struct EncoderDeleter {
  void operator()(avifEncoder* encoder) const { avifEncoderDestroy(encoder); }
};
struct ImageDeleter {
  void operator()(avifImage* image) const { avifImageDestroy(image); }
};
struct DataFree {
  void operator()(avifRWData* data) const { avifRWDataFree(data); }
};
using Encoder = std::unique_ptr<avifEncoder, EncoderDeleter>;
using Picture = std::unique_ptr<avifImage, ImageDeleter>;

EncoderModuleStatus explain(avifResult result, const char* detail, const EncoderModuleRequest& request) {
  if (result == AVIF_RESULT_OUT_OF_MEMORY) return kEncoderOutOfMemory;
  request.error(request.self, detail[0] != '\0' ? detail : avifResultToString(result));
  return kEncoderFailed;
}

avifPixelFormat layout(const EncoderModuleRequest& request) {
  if (request.channels == 1) return AVIF_PIXEL_FORMAT_YUV400;
  const bool full = request.full_chroma != 0 || request.lossless != 0;
  return full ? AVIF_PIXEL_FORMAT_YUV444 : AVIF_PIXEL_FORMAT_YUV420;
}

// sRGB by its code points, so that no profile is needed; lossless keeps R, G and B themselves.
void describe_colour(const EncoderModuleRequest& request, avifImage& picture) {
  picture.yuvRange = AVIF_RANGE_FULL;
  const bool srgb = request.untagged == 0;
  picture.colorPrimaries = srgb ? AVIF_COLOR_PRIMARIES_BT709 : AVIF_COLOR_PRIMARIES_UNSPECIFIED;
  picture.transferCharacteristics =
      srgb ? AVIF_TRANSFER_CHARACTERISTICS_SRGB : AVIF_TRANSFER_CHARACTERISTICS_UNSPECIFIED;
  const bool identity = request.lossless != 0 && request.channels != 1;
  picture.matrixCoefficients = identity ? AVIF_MATRIX_COEFFICIENTS_IDENTITY : AVIF_MATRIX_COEFFICIENTS_BT601;
}

// Grey has no converter in this libavif: its samples are the Y plane.
avifResult fill_grey(const EncoderModuleRequest& request, avifImage& picture) {
  avifImageAllocatePlanes(&picture, AVIF_PLANES_YUV);
  if (picture.yuvPlanes[AVIF_CHAN_Y] == nullptr) return AVIF_RESULT_OUT_OF_MEMORY;
  for (std::int32_t y = 0; y < request.height; ++y) {
    const std::uint8_t* row = request.samples + std::ptrdiff_t{y} * request.width;
    std::copy_n(
        row, request.width,
        picture.yuvPlanes[AVIF_CHAN_Y] + std::size_t{picture.yuvRowBytes[AVIF_CHAN_Y]} * static_cast<std::size_t>(y));
  }
  return AVIF_RESULT_OK;
}

avifResult fill(const EncoderModuleRequest& request, avifImage& picture) {
  if (request.channels == 1) return fill_grey(request, picture);
  avifRGBImage rgb;
  avifRGBImageSetDefaults(&rgb, &picture);
  rgb.depth = 8;
  rgb.format = request.channels == 4 ? AVIF_RGB_FORMAT_RGBA : AVIF_RGB_FORMAT_RGB;
  rgb.pixels = const_cast<std::uint8_t*>(request.samples);
  rgb.rowBytes = static_cast<std::uint32_t>(request.width * request.channels);
  return avifImageRGBToYUV(&picture, &rgb);
}

Encoder encoder_for(const EncoderModuleRequest& request) {
  Encoder encoder(avifEncoderCreate());
  if (!encoder) return nullptr;
  encoder->codecChoice = AVIF_CODEC_CHOICE_AOM;
  encoder->maxThreads = std::max(1, request.threads);
  encoder->speed = std::clamp<int>(request.speed, AVIF_SPEED_SLOWEST, AVIF_SPEED_FASTEST);
  const int quantizer = request.lossless != 0 ? AVIF_QUANTIZER_LOSSLESS : request.quantizer;
  encoder->minQuantizer = encoder->maxQuantizer = quantizer;
  // An edge that is off shows more than a tint that is: alpha is kept well.
  encoder->minQuantizerAlpha = encoder->maxQuantizerAlpha = quantizer / 4;
  return encoder;
}

}  // namespace

extern "C" __attribute__((visibility("default"))) EncoderModuleStatus imgmill_encode(
    const EncoderModuleRequest* request) {
  const Picture picture(avifImageCreate(request->width, request->height, 8, layout(*request)));
  const Encoder encoder = encoder_for(*request);
  if (!picture || !encoder) return kEncoderOutOfMemory;
  describe_colour(*request, *picture);
  if (const avifResult result = fill(*request, *picture); result != AVIF_RESULT_OK)
    return explain(result, "", *request);
  if (request->icc.size > 0) avifImageSetProfileICC(picture.get(), request->icc.bytes, request->icc.size);
  if (request->exif.size > 0) avifImageSetMetadataExif(picture.get(), request->exif.bytes, request->exif.size);
  if (request->xmp.size > 0) avifImageSetMetadataXMP(picture.get(), request->xmp.bytes, request->xmp.size);

  avifRWData out = AVIF_DATA_EMPTY;
  const avifResult result = avifEncoderWrite(encoder.get(), picture.get(), &out);
  const std::unique_ptr<avifRWData, DataFree> owned(&out);
  if (result != AVIF_RESULT_OK) return explain(result, encoder->diag.error, *request);
  return request->write(request->self, out.data, out.size) == 0 ? kEncoderDone : kEncoderStopped;
}

// libavif's own version with those of its codecs.
extern "C" __attribute__((visibility("default"))) const char* imgmill_version() {
  static const auto text = [] {
    std::array<char, 512> codecs{};
    avifCodecVersions(codecs.data());
    static std::array<char, 600> all{};
    std::snprintf(all.data(), all.size(), "%s, %s", avifVersion(), codecs.data());
    return all.data();
  }();
  return text;
}
