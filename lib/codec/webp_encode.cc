// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <webp/encode.h>
#include <webp/mux.h>

#include <algorithm>
#include <memory>
#include <new>
#include <string>

#include <fmt/core.h>

#include "base/error.h"
#include "codec/encoders.h"

namespace imgmill::codec {

namespace {

struct PictureFree {
  void operator()(WebPPicture* picture) const { WebPPictureFree(picture); }
};
struct WriterClear {
  void operator()(WebPMemoryWriter* writer) const { WebPMemoryWriterClear(writer); }
};
struct DataClear {
  void operator()(WebPData* data) const { WebPDataClear(data); }
};
struct MuxDelete {
  void operator()(WebPMux* mux) const { WebPMuxDelete(mux); }
};

[[noreturn]] void fail(const std::string& why) {
  throw base::Error(base::ErrorKind::internal, fmt::format("could not be encoded as WebP: {}", why));
}

WebPConfig config_for(const EncodeOptions& options) {
  WebPConfig config;
  if (WebPConfigInit(&config) == 0) fail("the library's version differs");
  config.quality = static_cast<float>(std::clamp(options.quality, 0, 100));
  config.method = options.webp_method;
  config.thread_level = 0;
  if (options.lossless) {
    // Exact would keep the colours of invisible pixels; nobody sees them and they cost bytes.
    WebPConfigLosslessPreset(&config, std::clamp(options.webp_method + 2, 0, 9));
    config.thread_level = 0;
  }
  return config;
}

// libwebp takes no grey pictures.
std::vector<std::uint8_t> widened(const image::Image& grey) {
  std::vector<std::uint8_t> rgb;
  rgb.reserve(grey.samples().size() * 3);
  for (const std::uint8_t value : grey.samples()) rgb.insert(rgb.end(), 3, value);
  return rgb;
}

void import(const image::Image& image, WebPPicture& picture) {
  picture.width = image.width();
  picture.height = image.height();
  int done = 0;
  if (image.channels() == 4) {
    done = WebPPictureImportRGBA(&picture, image.data(), image.width() * 4);
  } else if (image.channels() == 3) {
    done = WebPPictureImportRGB(&picture, image.data(), image.width() * 3);
  } else {
    done = WebPPictureImportRGB(&picture, widened(image).data(), image.width() * 3);
  }
  if (done == 0) throw std::bad_alloc();
}

int go_on(int, const WebPPicture* picture) { return static_cast<base::Stop*>(picture->user_data)->due() ? 0 : 1; }

base::Bytes bare(const image::Image& image, const EncodeOptions& options) {
  const WebPConfig config = config_for(options);
  WebPPicture picture;
  if (WebPPictureInit(&picture) == 0) fail("the library's version differs");
  const std::unique_ptr<WebPPicture, PictureFree> owned(&picture);
  picture.use_argb = options.lossless ? 1 : 0;
  import(image, picture);
  WebPMemoryWriter writer;
  WebPMemoryWriterInit(&writer);
  const std::unique_ptr<WebPMemoryWriter, WriterClear> owned_writer(&writer);
  picture.writer = WebPMemoryWrite;
  picture.custom_ptr = &writer;
  picture.progress_hook = go_on;
  picture.user_data = const_cast<base::Stop*>(&options.stop);
  if (WebPEncode(&config, &picture) == 0) {
    if (picture.error_code == VP8_ENC_ERROR_USER_ABORT) options.stop.check();
    if (picture.error_code == VP8_ENC_ERROR_OUT_OF_MEMORY ||
        picture.error_code == VP8_ENC_ERROR_BITSTREAM_OUT_OF_MEMORY) {
      throw std::bad_alloc();
    }
    fail(picture.error_code == VP8_ENC_ERROR_PARTITION0_OVERFLOW
             ? "too much detail for its first partition"
             : fmt::format("error {}", static_cast<int>(picture.error_code)));
  }
  return {writer.mem, writer.mem + writer.size};
}

base::Bytes with_metadata(const base::Bytes& file, const Metadata& metadata) {
  const WebPData data{file.data(), file.size()};
  const std::unique_ptr<WebPMux, MuxDelete> mux(WebPMuxCreate(&data, 0));
  if (!mux) throw std::bad_alloc();
  const auto set = [&](const char* name, const base::Bytes& bytes) {
    const WebPData chunk{bytes.data(), bytes.size()};
    if (!bytes.empty() && WebPMuxSetChunk(mux.get(), name, &chunk, 0) != WEBP_MUX_OK) fail("metadata can't be added");
  };
  set("ICCP", metadata.icc);
  set("EXIF", metadata.exif);
  set("XMP ", metadata.xmp);
  WebPData whole{};
  if (WebPMuxAssemble(mux.get(), &whole) != WEBP_MUX_OK) fail("metadata can't be added");
  const std::unique_ptr<WebPData, DataClear> owned(&whole);
  return {whole.bytes, whole.bytes + whole.size};
}

}  // namespace

base::Bytes encode_webp(const image::Image& image, const EncodeOptions& options, const Metadata& metadata) {
  base::Bytes file = bare(image, options);
  const bool plain = metadata.icc.empty() && metadata.exif.empty() && metadata.xmp.empty();
  return plain ? file : with_metadata(file, metadata);
}

std::string webp_encoder_version() { return fmt::format("{:x}", WebPGetEncoderVersion()); }

}  // namespace imgmill::codec
