// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <webp/decode.h>
#include <webp/demux.h>

#include <algorithm>
#include <memory>
#include <new>
#include <string>
#include <utility>

#include "base/error.h"
#include "codec/exif.h"
#include "codec/formats.h"
#include "codec/raw.h"

namespace imgmill::codec {

namespace {

using base::Error;
using base::ErrorKind;

struct DemuxerDeleter {
  void operator()(WebPDemuxer* demuxer) const { WebPDemuxDelete(demuxer); }
};
using Demuxer = std::unique_ptr<WebPDemuxer, DemuxerDeleter>;
struct DecoderDeleter {
  void operator()(WebPIDecoder* decoder) const { WebPIDelete(decoder); }
};
using Decoder = std::unique_ptr<WebPIDecoder, DecoderDeleter>;

[[noreturn]] void fail(VP8StatusCode status) {
  switch (status) {
    case VP8_STATUS_OUT_OF_MEMORY:
      throw std::bad_alloc();
    case VP8_STATUS_NOT_ENOUGH_DATA:
    case VP8_STATUS_SUSPENDED:
      throw Error(ErrorKind::input, "is truncated");
    case VP8_STATUS_UNSUPPORTED_FEATURE:
      throw Error(ErrorKind::unsupported, "is a WebP with a feature that libwebp does not know");
    default:
      throw Error(ErrorKind::input, "is a corrupt WebP");
  }
}

// The RIFF header says how long the file is; libwebp itself is content with a file whose last chunks are missing.
void require_whole(base::ByteView file) {
  constexpr std::size_t kRiffHeader = 8;
  if (file.size() < kRiffHeader + 4) throw Error(ErrorKind::input, "is truncated");
  std::uint64_t size = 0;
  for (std::size_t i = 0; i < 4; ++i) size |= std::uint64_t{file[4 + i]} << (8 * i);
  if (size + kRiffHeader > file.size()) throw Error(ErrorKind::input, "is truncated");
}

// A chunk of the container ("ICCP", "EXIF"); empty where there is none.
base::Bytes chunk(const Demuxer& demuxer, const char* fourcc) {
  WebPChunkIterator iterator{};
  base::Bytes bytes;
  if (WebPDemuxGetChunk(demuxer.get(), fourcc, 1, &iterator) != 0) {
    bytes.assign(iterator.chunk.bytes, iterator.chunk.bytes + iterator.chunk.size);
  }
  WebPDemuxReleaseChunkIterator(&iterator);
  return bytes;
}

// The container as libwebpdemux sees it, with the first frame of an animation (or the only one).
class Container {
 public:
  Container(base::ByteView file, const image::Limits& limits) {
    WebPBitstreamFeatures features;
    if (const VP8StatusCode status = WebPGetFeatures(file.data(), file.size(), &features); status != VP8_STATUS_OK) {
      fail(status);
    }
    image::check(limits, features.width, features.height);
    require_whole(file);
    const WebPData data{file.data(), file.size()};
    demuxer_ = Demuxer(WebPDemux(&data));
    if (!demuxer_ || WebPDemuxGetFrame(demuxer_.get(), 1, &frame_) == 0) {
      throw Error(ErrorKind::input, "is a corrupt WebP");
    }
    width_ = static_cast<int>(WebPDemuxGetI(demuxer_.get(), WEBP_FF_CANVAS_WIDTH));
    height_ = static_cast<int>(WebPDemuxGetI(demuxer_.get(), WEBP_FF_CANVAS_HEIGHT));
    image::check(limits, width_, height_);
    orientation_ = exif_orientation(exif());
  }
  Container(const Container&) = delete;
  Container& operator=(const Container&) = delete;
  ~Container() { WebPDemuxReleaseIterator(&frame_); }

  int width() const { return width_; }
  int height() const { return height_; }
  int orientation() const { return orientation_; }
  base::Bytes profile() const { return chunk(demuxer_, "ICCP"); }
  base::Bytes exif() const { return chunk(demuxer_, "EXIF"); }
  base::Bytes xmp() const { return chunk(demuxer_, "XMP "); }

  // Of the canvas. What a frame does not cover is transparent.
  int channels() const {
    const bool covers = frame_.width == width_ && frame_.height == height_;
    return frame_.has_alpha != 0 || !covers ? 4 : 3;
  }

  std::vector<std::uint8_t> decode_samples(const base::Stop& stop) const {
    const auto stride = static_cast<std::size_t>(width_) * static_cast<std::size_t>(channels());
    std::vector<std::uint8_t> samples(stride * static_cast<std::size_t>(height_));
    const bool fits = frame_.x_offset >= 0 && frame_.y_offset >= 0 && frame_.width <= width_ - frame_.x_offset &&
                      frame_.height <= height_ - frame_.y_offset;
    WebPDecoderConfig config;
    if (!fits || WebPInitDecoderConfig(&config) == 0) throw Error(ErrorKind::input, "is a corrupt WebP");
    const std::size_t start = stride * static_cast<std::size_t>(frame_.y_offset) +
                              static_cast<std::size_t>(frame_.x_offset) * static_cast<std::size_t>(channels());
    config.output.colorspace = channels() == 4 ? MODE_RGBA : MODE_RGB;
    config.output.is_external_memory = 1;
    config.output.u.RGBA = {samples.data() + start, static_cast<int>(stride), samples.size() - start};
    const VP8StatusCode status = decode_bit_by_bit(config, stop);
    WebPFreeDecBuffer(&config.output);
    stop.check();
    if (status != VP8_STATUS_OK) fail(status);
    return samples;
  }

 private:
  // As if the file were still arriving, so that it can be stopped.
  VP8StatusCode decode_bit_by_bit(WebPDecoderConfig& config, const base::Stop& stop) const {
    constexpr std::size_t kBit = 64 * 1024;
    const WebPData& frame = frame_.fragment;
    const Decoder decoder(WebPIDecode(nullptr, 0, &config));
    if (!decoder) return VP8_STATUS_OUT_OF_MEMORY;
    VP8StatusCode status = VP8_STATUS_SUSPENDED;
    for (std::size_t size = 0; size < frame.size && status == VP8_STATUS_SUSPENDED && !stop.due();) {
      size = std::min(size + kBit, frame.size);
      status = WebPIUpdate(decoder.get(), frame.bytes, size);
    }
    return status;
  }

  Demuxer demuxer_;
  WebPIterator frame_{};
  int width_ = 0, height_ = 0, orientation_ = 1;
};

}  // namespace

Header read_webp_header(base::ByteView file, const image::Limits& limits) {
  const Container container(file, limits);
  return displayed_header(Format::webp, "webp", container.width(), container.height(), container.orientation());
}

Decoded decode_webp(base::ByteView file, const DecodeOptions& options) {
  const Container container(file, options.limits);
  Raw raw;
  raw.width = container.width();
  raw.height = container.height();
  raw.channels = container.channels();
  raw.icc = container.profile();
  raw.exif = container.exif();
  raw.xmp = container.xmp();
  raw.orientation = container.orientation();
  raw.samples = container.decode_samples(options.stop);
  return finish(std::move(raw), options, Format::webp, "webp");
}

}  // namespace imgmill::codec
