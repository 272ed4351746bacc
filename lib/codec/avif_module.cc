// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// libavif and the codecs behind it, apart from the program because they cost it 4 ms at start-up.
#include <avif/avif.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <utility>

#include "codec/raster_module.h"

namespace {

using namespace imgmill::codec;

struct DecoderDeleter {
  void operator()(avifDecoder* decoder) const { avifDecoderDestroy(decoder); }
};
struct ImageDeleter {
  void operator()(avifImage* image) const { avifImageDestroy(image); }
};
using Decoder = std::unique_ptr<avifDecoder, DecoderDeleter>;

RasterModuleStatus explain(const avifDecoder& decoder, avifResult result, const RasterModuleSink& sink) {
  const char* detail = decoder.diag.error;
  if (result == AVIF_RESULT_TRUNCATED_DATA || result == AVIF_RESULT_WAITING_ON_IO || result == AVIF_RESULT_IO_ERROR ||
      std::strstr(detail, "runcated") != nullptr) {
    return kRasterTruncated;
  }
  const bool too_large =
      std::strstr(detail, "too large [") != nullptr || std::strstr(detail, "too large: [") != nullptr;
  sink.error(sink.self, detail[0] != '\0' ? detail : avifResultToString(result));
  if (too_large) return kRasterTooLarge;
  if (result == AVIF_RESULT_OUT_OF_MEMORY || result == AVIF_RESULT_NO_CODEC_AVAILABLE) return kRasterInternal;
  return result == AVIF_RESULT_NOT_IMPLEMENTED || result == AVIF_RESULT_UNSUPPORTED_DEPTH ? kRasterUnsupported
                                                                                          : kRasterCorrupt;
}

// irot turns anticlockwise in quarters, then imir exchanges top and bottom (mode 0) or left and right (mode 1).
// EXIF inside an AVIF is for information only and must not turn the picture again.
std::int32_t orientation(const avifImage& image) {
  const unsigned angle = (image.transformFlags & AVIF_TRANSFORM_IROT) != 0 ? image.irot.angle % 4U : 0;
  constexpr std::int32_t kTurned[4] = {1, 8, 3, 6};
  constexpr std::int32_t kThenTopBottom[4] = {4, 5, 2, 7};
  constexpr std::int32_t kThenLeftRight[4] = {2, 7, 4, 5};
  if ((image.transformFlags & AVIF_TRANSFORM_IMIR) == 0) return kTurned[angle];
  return image.imir.mode == 0 ? kThenTopBottom[angle] : kThenLeftRight[angle];
}

// The part to be shown; all of it where there is no clean aperture or the standard does not allow it.
avifCropRect visible(const avifImage& image) {
  avifCropRect crop{};
  avifDiagnostics diagnostics;
  if ((image.transformFlags & AVIF_TRANSFORM_CLAP) != 0 &&
      avifCropRectConvertCleanApertureBox(&crop, &image.clap, image.width, image.height, image.yuvFormat,
                                          &diagnostics) == AVIF_TRUE) {
    return crop;
  }
  return {0, 0, image.width, image.height};
}

Decoder open(const std::uint8_t* file, std::size_t size, bool with_metadata) {
  Decoder decoder(avifDecoderCreate());
  if (!decoder) return nullptr;
  decoder->maxThreads = 1;
  decoder->ignoreExif = decoder->ignoreXMP = with_metadata ? AVIF_FALSE : AVIF_TRUE;
  decoder->imageDimensionLimit = 0;  // only the number of pixels counts
  decoder->strictFlags = AVIF_STRICT_DISABLED;
  if (avifDecoderSetIOMemory(decoder.get(), file, size) != AVIF_RESULT_OK) return nullptr;
  return decoder;
}

bool hand_over(const avifRWData& block, RasterModuleBlock kind, const RasterModuleSink& sink) {
  return block.size == 0 || sink.block(sink.self, kind, block.data, block.size) == 0;
}

RasterModuleStatus convert(const avifImage& whole, const avifCropRect& crop, std::int32_t channels,
                           const RasterModuleSink& sink) {
  const bool as_announced = crop.x + crop.width <= whole.width && crop.y + crop.height <= whole.height;
  const std::unique_ptr<avifImage, ImageDeleter> view(avifImageCreateEmpty());
  if (!as_announced || !view || avifImageSetViewRect(view.get(), &whole, &crop) != AVIF_RESULT_OK) {
    sink.error(sink.self, "the frame is smaller than its container says");
    return kRasterCorrupt;
  }
  std::uint8_t* pixels = sink.allocate(sink.self);
  if (pixels == nullptr) return kRasterStopped;
  avifRGBImage rgb;
  avifRGBImageSetDefaults(&rgb, view.get());
  rgb.depth = 8;
  rgb.format = channels == 4 ? AVIF_RGB_FORMAT_RGBA : AVIF_RGB_FORMAT_RGB;
  rgb.alphaPremultiplied = AVIF_FALSE;
  if (sink.repeat_chroma != 0) rgb.chromaUpsampling = AVIF_CHROMA_UPSAMPLING_NEAREST;
  rgb.pixels = pixels;
  rgb.rowBytes = crop.width * static_cast<std::uint32_t>(channels);
  const avifResult result = avifImageYUVToRGB(view.get(), &rgb);
  if (result == AVIF_RESULT_OK) return kRasterDone;
  sink.error(sink.self, avifResultToString(result));
  return kRasterCorrupt;
}

}  // namespace

extern "C" __attribute__((visibility("default"))) RasterModuleStatus imgmill_decode(const std::uint8_t* file,
                                                                                    std::size_t size,
                                                                                    std::int32_t header_only,
                                                                                    const RasterModuleSink* sink) {
  Decoder decoder = open(file, size, header_only == 0);
  if (!decoder) {
    sink->error(sink->self, "libavif can't be set up");
    return kRasterInternal;
  }
  avifResult result = avifDecoderParse(decoder.get());
  // Metadata that can't be read is no reason to refuse the picture.
  if (result != AVIF_RESULT_OK && header_only == 0) {
    Decoder bare = open(file, size, false);
    if (bare && avifDecoderParse(bare.get()) == AVIF_RESULT_OK) {
      sink->warning(sink->self, "damaged metadata; ignored");
      decoder = std::move(bare);
      result = AVIF_RESULT_OK;
    }
  }
  if (result != AVIF_RESULT_OK) return explain(*decoder, result, *sink);
  const avifCropRect crop = visible(*decoder->image);
  // The limit is about what is decoded, so a small window on a huge picture must not slip through.
  const RasterModuleHeader stored{decoder->image->width, decoder->image->height, 3, 0, 1};
  RasterModuleHeader header{crop.width, crop.height, decoder->alphaPresent != AVIF_FALSE ? 4 : 3, 0,
                            orientation(*decoder->image)};
  header.grey = decoder->image->yuvFormat == AVIF_PIXEL_FORMAT_YUV400 ? 1 : 0;
  if (sink->header(sink->self, &stored) != 0 || sink->header(sink->self, &header) != 0) return kRasterStopped;
  if (header_only != 0) return kRasterDone;

  decoder->imageSizeLimit =
      static_cast<std::uint32_t>(std::min<std::int64_t>(sink->max_pixels, AVIF_DEFAULT_IMAGE_SIZE_LIMIT));
  result = avifDecoderNextImage(decoder.get());
  if (result != AVIF_RESULT_OK) return explain(*decoder, result, *sink);
  const avifImage& image = *decoder->image;
  if (!hand_over(image.icc, kRasterProfile, *sink) || !hand_over(image.exif, kRasterExif, *sink) ||
      !hand_over(image.xmp, kRasterXmp, *sink)) {
    return kRasterStopped;
  }
  return convert(*decoder->image, crop, header.channels, *sink);
}
