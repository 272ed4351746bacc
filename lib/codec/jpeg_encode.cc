// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// JPEG through libjpeg-turbo's classic interface, which takes quantisation tables of our own (TurboJPEG's does not).
// Progressive, with optimised Huffman codes.
#include <algorithm>
#include <array>
#include <cmath>
#include <csetjmp>
#include <cstddef>
#include <cstdio>  // jpeglib.h needs FILE and size_t
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <jpeglib.h>

#include "base/error.h"
#include "codec/encoders.h"
#include "codec/jpeg_tables.h"

namespace imgmill::codec {

namespace {

const std::array<unsigned, DCTSIZE2> kTunedTable = [] {
  std::array<unsigned, DCTSIZE2> table{};
  for (int v = 0; v < DCTSIZE; ++v) {
    for (int u = 0; u < DCTSIZE; ++u) table[static_cast<std::size_t>(v * DCTSIZE + u)] = tuned_step(u, v);
  }
  return table;
}();

// A segment that goes between the file's start and its frame: APP1 or APP2.
struct Segment {
  int marker;
  base::Bytes bytes;
};

base::Bytes joined(std::string_view head, base::ByteView body) {
  base::Bytes bytes(head.begin(), head.end());
  bytes.insert(bytes.end(), body.begin(), body.end());
  return bytes;
}

constexpr std::size_t kMostInSegment = 65533;

std::vector<Segment> segments_of(const Metadata& metadata) {
  constexpr std::string_view kExif("Exif\0\0", 6), kXmp("http://ns.adobe.com/xap/1.0/\0", 29);
  std::vector<Segment> segments;
  const auto add_app1 = [&](std::string_view head, base::ByteView body, const char* what) {
    if (body.empty()) return;
    if (head.size() + body.size() > kMostInSegment) {
      throw base::Error(base::ErrorKind::unsupported, std::string("its ") + what + " is too large for a JPEG");
    }
    segments.push_back({JPEG_APP0 + 1, joined(head, body)});
  };
  add_app1(kExif, metadata.exif, "EXIF block");
  add_app1(kXmp, metadata.xmp, "XMP packet");
  return segments;
}

struct ErrorHandler {
  jpeg_error_mgr manager;  // first, so that libjpeg's pointer is ours
  std::jmp_buf escape;
  char message[JMSG_LENGTH_MAX];
};

[[noreturn]] void on_error(j_common_ptr info) {
  auto* handler = reinterpret_cast<ErrorHandler*>(info->err);
  handler->manager.format_message(info, handler->message);
  std::longjmp(handler->escape, 1);
}

void on_message(j_common_ptr, int) {}

// What the encoder works on; plain data, so that nothing is skipped when libjpeg leaves by longjmp.
struct Progress {
  jpeg_progress_mgr manager;  // first, so that libjpeg's pointer is ours
  const base::Stop* stop;
};

// Called for every row of blocks in each pass. libjpeg may be left from here as from an error.
void on_progress(j_common_ptr info) {
  if (!reinterpret_cast<Progress*>(info->progress)->stop->due()) return;
  std::longjmp(reinterpret_cast<ErrorHandler*>(info->err)->escape, 1);
}

struct Work {
  jpeg_compress_struct info;
  ErrorHandler errors;
  Progress progress;
  unsigned char* bytes = nullptr;
  unsigned long size = 0;
};

void set_up(jpeg_compress_struct& info, const image::Image& image, const EncodeOptions& options) {
  info.image_width = static_cast<JDIMENSION>(image.width());
  info.image_height = static_cast<JDIMENSION>(image.height());
  info.input_components = image.channels();
  info.in_color_space = image.channels() == 1 ? JCS_GRAYSCALE : JCS_RGB;
  jpeg_set_defaults(&info);
  const int quality = std::clamp(options.quality, 1, 100);
  if (options.jpeg_tables == JpegTables::standard) {
    jpeg_set_quality(&info, quality, TRUE);
  } else {
    const int scale = jpeg_quality_scaling(quality);
    for (const int slot : {0, 1}) jpeg_add_quant_table(&info, slot, kTunedTable.data(), scale, TRUE);
  }
  if (options.chroma == Chroma::full) info.comp_info[0].h_samp_factor = info.comp_info[0].v_samp_factor = 1;
  info.dct_method = JDCT_ISLOW;  // the others differ from processor to processor
  info.optimize_coding = TRUE;
  jpeg_simple_progression(&info);
}

// Returns whether it was done; work.errors.message says why not.
bool compress(Work& work, const image::Image& image, const EncodeOptions& options, const Metadata& metadata,
              const std::vector<Segment>& segments) {
  if (setjmp(work.errors.escape) != 0) return false;
  jpeg_create_compress(&work.info);
  work.progress.manager.progress_monitor = on_progress;
  work.progress.stop = &options.stop;
  work.info.progress = &work.progress.manager;
  jpeg_mem_dest(&work.info, &work.bytes, &work.size);
  set_up(work.info, image, options);
  jpeg_start_compress(&work.info, TRUE);
  for (std::size_t i = 0; i < segments.size(); ++i) {
    jpeg_write_marker(&work.info, segments[i].marker, segments[i].bytes.data(),
                      static_cast<unsigned>(segments[i].bytes.size()));
  }
  if (!metadata.icc.empty()) {
    jpeg_write_icc_profile(&work.info, metadata.icc.data(), static_cast<unsigned>(metadata.icc.size()));
  }
  while (work.info.next_scanline < work.info.image_height) {
    auto* row = const_cast<JSAMPROW>(image.row(static_cast<int>(work.info.next_scanline)));
    jpeg_write_scanlines(&work.info, &row, 1);
  }
  jpeg_finish_compress(&work.info);
  return true;
}

}  // namespace

base::Bytes encode_jpeg(const image::Image& image, const EncodeOptions& options, const Metadata& metadata) {
  if (options.lossless) throw base::Error(base::ErrorKind::unsupported, "JPEG can't be lossless");
  if (image.has_alpha()) throw base::Error(base::ErrorKind::internal, "JPEG has no transparency");
  const std::vector<Segment> segments = segments_of(metadata);
  const auto work = std::make_unique<Work>();
  work->info.err = jpeg_std_error(&work->errors.manager);
  work->errors.manager.error_exit = on_error;
  work->errors.manager.emit_message = on_message;
  const bool done = compress(*work, image, options, metadata, segments);
  // Until it has ended, the destination alone knows where its buffer has moved to.
  if (!done && work->info.dest != nullptr) work->info.dest->term_destination(&work->info);
  jpeg_destroy_compress(&work->info);
  const std::unique_ptr<unsigned char, decltype(&std::free)> buffer(work->bytes, &std::free);
  if (!done) {
    options.stop.check();
    throw base::Error(base::ErrorKind::internal, std::string("could not be encoded as JPEG: ") + work->errors.message);
  }
  return {buffer.get(), buffer.get() + work->size};
}

// libjpeg has no call that tells.
std::string jpeg_encoder_version() { return std::to_string(LIBJPEG_TURBO_VERSION_NUMBER); }

}  // namespace imgmill::codec
