// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <turbojpeg.h>

#include <algorithm>
#include <memory>
#include <new>
#include <string>
#include <utility>

#include "base/error.h"
#include "codec/formats.h"
#include "codec/jpeg_metadata.h"
#include "codec/raw.h"

namespace imgmill::codec {

namespace {

using base::Error;
using base::ErrorKind;

struct HandleDeleter {
  void operator()(void* handle) const { tjDestroy(handle); }
};
using Handle = std::unique_ptr<void, HandleDeleter>;

JpegMetadata read_checked(base::ByteView file, const image::Limits& limits) {
  JpegMetadata metadata = read_jpeg_metadata(file);
  image::check(limits, metadata.width, metadata.height);
  return metadata;
}

// Whether the end marker stands anywhere: inside coded data 0xff is always followed by 0 or a restart marker.
bool has_end_marker(base::ByteView file) {
  constexpr std::uint8_t kEnd[] = {0xff, 0xd9};
  return std::find_end(file.begin(), file.end(), std::begin(kEnd), std::end(kEnd)) != file.end();
}

// TurboJPEG goes on after damage and fills the rest with grey; that is a picture with a warning, unless it is the
// file's end that was missing.
void judge(const Handle& handle, base::ByteView file, Raw& raw) {
  const std::string text = tjGetErrorStr2(handle.get());
  const bool premature_end = text.find("remature end of JPEG") != std::string::npos;
  if (premature_end || !has_end_marker(file)) throw Error(ErrorKind::input, "is truncated");
  if (tjGetErrorCode(handle.get()) != TJERR_WARNING) {
    throw Error(ErrorKind::input, "is a corrupt JPEG (" + text + ")");
  }
  raw.warnings.push_back(text);
}

tjscalingfactor scale_for(const JpegMetadata& metadata, const DecodeOptions& options) {
  const bool swapped = metadata.orientation >= 5;
  const int width = swapped ? metadata.height : metadata.width, height = swapped ? metadata.width : metadata.height;
  return {1, jpeg_shrink(width, height, options)};
}

}  // namespace

int jpeg_shrink(int width, int height, const DecodeOptions& options) {
  if (options.min_width < 1 || options.min_height < 1) return 1;
  for (const int part : {8, 4, 2}) {
    const tjscalingfactor scale{1, part};
    if (TJSCALED(width, scale) >= options.min_width && TJSCALED(height, scale) >= options.min_height) return part;
  }
  return 1;
}

Header read_jpeg_header(base::ByteView file, const image::Limits& limits) {
  const JpegMetadata metadata = read_checked(file, limits);
  Header header = displayed_header(Format::jpeg, "jpeg", metadata.width, metadata.height, metadata.orientation);
  header.progressive = metadata.progressive;
  return header;
}

Decoded decode_jpeg(base::ByteView file, const DecodeOptions& options) {
  JpegMetadata metadata = read_checked(file, options.limits);
  const tjscalingfactor scale = scale_for(metadata, options);
  Raw raw;
  raw.whole_width = metadata.width;
  raw.whole_height = metadata.height;
  raw.width = TJSCALED(metadata.width, scale);
  raw.height = TJSCALED(metadata.height, scale);
  raw.cmyk = metadata.components == 4;
  raw.grey = metadata.components == 1;
  raw.channels = raw.cmyk ? 4 : 3;
  raw.icc = std::move(metadata.icc);
  raw.exif = std::move(metadata.exif);
  raw.xmp = std::move(metadata.xmp);
  raw.orientation = metadata.orientation;
  const std::size_t row = static_cast<std::size_t>(raw.width) * static_cast<std::size_t>(raw.channels);
  raw.samples.resize(row * static_cast<std::size_t>(raw.height));

  const Handle handle(tjInitDecompress());
  if (!handle) throw std::bad_alloc();
  // A progressive file of a few kilobytes may hold thousands of scans of the whole picture: TJFLAG_LIMITSCANS.
  const int code =
      tjDecompress2(handle.get(), file.data(), static_cast<unsigned long>(file.size()), raw.samples.data(), raw.width,
                    static_cast<int>(row), raw.height, raw.cmyk ? TJPF_CMYK : TJPF_RGB, TJFLAG_LIMITSCANS);
  if (code != 0) judge(handle, file, raw);
  if (raw.cmyk && metadata.adobe) {
    for (std::uint8_t& sample : raw.samples) sample = static_cast<std::uint8_t>(255 - sample);
  }
  return finish(std::move(raw), options, Format::jpeg, "jpeg");
}

}  // namespace imgmill::codec
