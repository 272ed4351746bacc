// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// libvips, apart from the program because it brings a hundred shared objects and takes 60 ms to get going. Used as a
// reader only: one thread, no cache, and only the loader that belongs to the format which the content showed.
#include <vips/vips.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "codec/raster_module.h"

namespace {

using namespace imgmill::codec;

struct Unref {
  void operator()(void* object) const { g_object_unref(object); }
};
using Image = std::unique_ptr<VipsImage, Unref>;

struct Loader {
  std::string_view format;
  const char* operation;
  bool from_source;    // has no variant that reads a buffer
  bool keeps_upright;  // the library turns the picture itself; a tag that is left over must not turn it again
};

constexpr Loader kLoaders[] = {
    {"gif", "gifload_buffer", false, true},   {"tiff", "tiffload_buffer", false, false},
    {"heif", "heifload_buffer", false, true}, {"jxl", "jxlload_buffer", false, true},
    {"jp2", "jp2kload_buffer", false, true},  {"hdr", "radload_buffer", false, true},
    {"pnm", "ppmload_source", true, true},    {"bmp", "magickload_buffer", false, true},
};

// GLib's and libvips's messages while a picture is decoded; without one they are dropped, never printed.
thread_local std::vector<std::string>* messages = nullptr;

void collect_message(const gchar*, GLogLevelFlags, const gchar* text, gpointer) {
  constexpr std::size_t kEnough = 20;
  if (messages != nullptr && messages->size() < kEnough) messages->emplace_back(text);
}

// libvips keeps state for each thread that it sees.
struct ThreadEnd {
  ~ThreadEnd() { vips_thread_shutdown(); }
};

bool start() {
  static std::once_flag once;
  static bool started = false;
  std::call_once(once, [] {
    for (const char* domain : {"VIPS", "GLib", "GLib-GObject", "GModule"}) {
      g_log_set_handler(domain, static_cast<GLogLevelFlags>(G_LOG_LEVEL_MASK & ~G_LOG_LEVEL_ERROR), collect_message,
                        nullptr);
    }
    if (vips_init("imgmill") != 0) return;
    vips_concurrency_set(1);
    vips_cache_set_max(0);
    vips_cache_set_max_mem(0);
    vips_cache_set_max_files(0);
    vips_block_untrusted_set(TRUE);
    // Chosen by us after a look at the magic bytes, and fed by no other route.
    for (const char* loader : {"VipsForeignLoadJxl", "VipsForeignLoadJp2k", "VipsForeignLoadRad", "VipsForeignLoadPpm",
                               "VipsForeignLoadMagick"}) {
      vips_operation_block_set(loader, FALSE);
    }
    started = true;
  });
  thread_local const ThreadEnd at_end;
  (void)at_end;
  return started;
}

// What went wrong, in one line; the buffer is shared by all threads, so it is taken and emptied in one step.
std::string take_error() {
  const std::unique_ptr<char, decltype(&g_free)> text(vips_error_buffer_copy(), g_free);
  std::string line(text ? text.get() : "");
  while (!line.empty() && line.back() == '\n') line.pop_back();
  for (std::size_t at = line.find('\n'); at != std::string::npos; at = line.find('\n', at)) line.replace(at, 1, "; ");
  return line;
}

RasterModuleStatus explain(const RasterModuleSink& sink) {
  const std::string text = take_error();
  std::string lower = text;
  std::transform(lower.begin(), lower.end(), lower.begin(), g_ascii_tolower);
  for (const char* sign : {"truncat", "premature", "end of", "eof", "too short", "incomplete", "too few", "read error",
                           "unable to read", "not enough data", "insufficient"}) {
    if (lower.find(sign) != std::string::npos) return kRasterTruncated;
  }
  sink.error(sink.self, text.c_str());
  if (lower.find("class \"") != std::string::npos || lower.find("is not a known") != std::string::npos) {
    return kRasterUnsupported;  // this libvips was built without the loader
  }
  return kRasterCorrupt;
}

Image load(const Loader& loader, const std::uint8_t* file, std::size_t size) {
  VipsImage* out = nullptr;
  if (loader.from_source) {
    const std::unique_ptr<VipsSource, Unref> source(vips_source_new_from_memory(file, size));
    if (!source) return nullptr;
    vips_call(loader.operation, source.get(), &out, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on", VIPS_FAIL_ON_ERROR,
              nullptr);
  } else {
    const std::unique_ptr<VipsBlob, void (*)(VipsBlob*)> blob(vips_blob_new(nullptr, file, size),
                                                              [](VipsBlob* area) { vips_area_unref(VIPS_AREA(area)); });
    vips_call(loader.operation, blob.get(), &out, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on", VIPS_FAIL_ON_ERROR,
              nullptr);
  }
  return Image(out);
}

bool is_plain(const VipsImage* image) {
  const VipsInterpretation space = vips_image_get_interpretation(image);
  const bool eight = image->BandFmt == VIPS_FORMAT_UCHAR;
  const bool sixteen = image->BandFmt == VIPS_FORMAT_USHORT;
  return (eight && (space == VIPS_INTERPRETATION_sRGB || space == VIPS_INTERPRETATION_B_W)) ||
         (sixteen && (space == VIPS_INTERPRETATION_RGB16 || space == VIPS_INTERPRETATION_GREY16));
}

struct Prepared {
  Image image;  // 1 to 4 bands of 8 or 16 bits, grey or RGB, perhaps with alpha
  const void* profile = nullptr;
  std::size_t profile_size = 0;
};

// Ink, Lab, float and other spaces are made sRGB here; the rest keeps its profile for the core to apply.
Prepared prepare(Image image) {
  if (vips_image_get_interpretation(image.get()) == VIPS_INTERPRETATION_MULTIBAND) {
    VipsImage* guessed = nullptr;
    if (vips_copy(image.get(), &guessed, "interpretation", vips_image_guess_interpretation(image.get()), nullptr) ==
        0) {
      image.reset(guessed);
    }
  }
  Prepared result;
  VipsImage* next = nullptr;
  if (is_plain(image.get())) {
    if (vips_image_get_typeof(image.get(), VIPS_META_ICC_NAME) != 0) {
      vips_image_get_blob(image.get(), VIPS_META_ICC_NAME, &result.profile, &result.profile_size);
    }
  } else {
    const bool by_profile =
        vips_image_get_typeof(image.get(), VIPS_META_ICC_NAME) != 0 &&
        vips_icc_transform(image.get(), &next, "srgb", "embedded", TRUE, "intent", VIPS_INTENT_RELATIVE,
                           "black_point_compensation", TRUE, "depth", 8, nullptr) == 0;
    if (!by_profile && vips_colourspace(image.get(), &next, VIPS_INTERPRETATION_sRGB, nullptr) != 0) return result;
    vips_error_clear();
    image.reset(next);
    if (image->BandFmt != VIPS_FORMAT_UCHAR) {
      if (vips_cast(image.get(), &next, VIPS_FORMAT_UCHAR, nullptr) != 0) return result;
      image.reset(next);
    }
  }
  const bool grey = image->Type == VIPS_INTERPRETATION_B_W || image->Type == VIPS_INTERPRETATION_GREY16;
  const int most = grey ? 2 : 4;
  if (image->Bands > most) {
    if (vips_extract_band(image.get(), &next, 0, "n", most, nullptr) != 0) return result;
    image.reset(next);
  }
  result.image = std::move(image);
  return result;
}

std::uint8_t to_byte(std::uint8_t value) { return value; }
std::uint8_t to_byte(std::uint16_t value) { return static_cast<std::uint8_t>((value * 255U + 32895U) >> 16); }

template <class Sample>
void copy_row(const Sample* in, int width, int bands, std::uint8_t* out) {
  const int colours = bands >= 3 ? 1 : 0;  // step from one colour to the next: grey stands for all three
  for (int x = 0; x < width; ++x, in += bands) {
    for (int c = 0; c < 3; ++c) *out++ = to_byte(in[c * colours]);
    if (bands % 2 == 0) *out++ = to_byte(in[bands - 1]);
  }
}

// In strips from the top, as sequential loaders want it, on this thread.
bool copy_pixels(VipsImage* image, const RasterModuleSink& sink, std::uint8_t* out) {
  const std::unique_ptr<VipsRegion, Unref> region(vips_region_new(image));
  if (!region) return false;
  constexpr int kStrip = 128;
  const std::size_t stride = static_cast<std::size_t>(image->Xsize) * (image->Bands % 2 == 0 ? 4 : 3);
  for (int top = 0; top < image->Ysize; top += kStrip) {
    if (sink.stopped(sink.self) != 0) return false;
    const VipsRect strip{0, top, image->Xsize, std::min(kStrip, image->Ysize - top)};
    if (vips_region_prepare(region.get(), &strip) != 0) return false;
    for (int y = top; y < top + strip.height; ++y, out += stride) {
      const VipsPel* row = VIPS_REGION_ADDR(region.get(), 0, y);
      if (image->BandFmt == VIPS_FORMAT_USHORT) {
        copy_row(reinterpret_cast<const std::uint16_t*>(row), image->Xsize, image->Bands, out);
      } else {
        copy_row(row, image->Xsize, image->Bands, out);
      }
    }
  }
  return true;
}

// A block of metadata as libvips found it; true also where there is none.
bool hand_over(const VipsImage* image, const char* name, RasterModuleBlock kind, const RasterModuleSink& sink) {
  if (vips_image_get_typeof(image, name) == 0) return true;
  const void* bytes = nullptr;
  std::size_t size = 0;
  if (vips_image_get_blob(image, name, &bytes, &size) != 0) {
    vips_error_clear();
    return true;
  }
  return sink.block(sink.self, kind, static_cast<const std::uint8_t*>(bytes), size) == 0;
}

RasterModuleStatus decode(const Loader& loader, const std::uint8_t* file, std::size_t size, bool header_only,
                          const RasterModuleSink& sink) {
  Image loaded = load(loader, file, size);
  if (!loaded) return explain(sink);
  RasterModuleHeader header{loaded->Xsize, loaded->Ysize, 3, 0, 1};
  if (!loader.keeps_upright) header.orientation = vips_image_get_orientation(loaded.get());
  if (header_only) return sink.header(sink.self, &header) == 0 ? kRasterDone : kRasterStopped;
  if (sink.header(sink.self, &header) != 0) return kRasterStopped;  // before any operation may touch pixels
  if (!hand_over(loaded.get(), VIPS_META_EXIF_NAME, kRasterExif, sink) ||
      !hand_over(loaded.get(), VIPS_META_XMP_NAME, kRasterXmp, sink)) {
    return kRasterStopped;
  }

  const Prepared prepared = prepare(std::move(loaded));
  if (!prepared.image) return explain(sink);
  header.channels = prepared.image->Bands % 2 == 0 ? 4 : 3;
  header.grey = prepared.image->Bands < 3 ? 1 : 0;
  if (sink.header(sink.self, &header) != 0) return kRasterStopped;
  if (prepared.profile_size > 0 &&
      sink.block(sink.self, kRasterProfile, static_cast<const std::uint8_t*>(prepared.profile),
                 prepared.profile_size) != 0) {
    return kRasterStopped;
  }
  std::uint8_t* out = sink.allocate(sink.self);
  if (out == nullptr) return kRasterStopped;
  if (copy_pixels(prepared.image.get(), sink, out)) return kRasterDone;
  return sink.stopped(sink.self) != 0 ? kRasterStopped : explain(sink);
}

}  // namespace

extern "C" __attribute__((visibility("default"))) RasterModuleStatus imgmill_decode(const std::uint8_t* file,
                                                                                    std::size_t size,
                                                                                    std::int32_t header_only,
                                                                                    const RasterModuleSink* sink) try {
  if (!start()) {
    sink->error(sink->self, "libvips can't be set up");
    return kRasterInternal;
  }
  const Loader* loader = std::find_if(std::begin(kLoaders), std::end(kLoaders),
                                      [&](const Loader& row) { return row.format == sink->format_name; });
  if (loader == std::end(kLoaders)) {
    sink->error(sink->self, "is of a format that this build can't read");
    return kRasterUnsupported;
  }
  std::vector<std::string> collected;
  messages = &collected;
  const RasterModuleStatus status = decode(*loader, file, size, header_only != 0, *sink);
  messages = nullptr;
  for (const std::string& text : collected) sink->warning(sink->self, text.c_str());
  return status;
} catch (...) {
  messages = nullptr;
  return kRasterInternal;
}
