// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <vips/vips.h>

#include <memory>
#include <mutex>

#include "compress/attention_module.h"

namespace {

struct Unref {
  void operator()(VipsImage* image) const { g_object_unref(image); }
};
using Image = std::unique_ptr<VipsImage, Unref>;

bool start() {
  static std::once_flag once;
  static bool started = false;
  std::call_once(once, [] {
    started = vips_init("imgmill") == 0;
    if (!started) return;
    vips_concurrency_set(1);
    vips_cache_set_max(0);
  });
  return started;
}

Image wrapped(const std::uint8_t* samples, std::int32_t width, std::int32_t height, std::int32_t channels) {
  const std::size_t size =
      static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * static_cast<std::size_t>(channels);
  Image bare(vips_image_new_from_memory(samples, size, width, height, channels, VIPS_FORMAT_UCHAR));
  VipsImage* tagged = nullptr;
  const VipsInterpretation space = channels < 3 ? VIPS_INTERPRETATION_B_W : VIPS_INTERPRETATION_sRGB;
  if (!bare || vips_copy(bare.get(), &tagged, "interpretation", space, nullptr) != 0) return nullptr;
  return Image(tagged);
}

}  // namespace

extern "C" __attribute__((visibility("default"))) std::int32_t imgmill_attention(
    const std::uint8_t* samples, std::int32_t width, std::int32_t height, std::int32_t channels,
    std::int32_t part_width, std::int32_t part_height, std::int32_t* left, std::int32_t* top) {
  if (!start()) return 0;
  const Image picture = wrapped(samples, width, height, channels);
  VipsImage* part = nullptr;
  const bool found = picture && vips_smartcrop(picture.get(), &part, part_width, part_height, "interesting",
                                               VIPS_INTERESTING_ATTENTION, nullptr) == 0;
  const Image owned(part);
  vips_error_clear();
  if (!found) return 0;
  // The part remembers where it was taken from, as libvips does: by the offset of the whole's origin.
  *left = -vips_image_get_xoffset(part);
  *top = -vips_image_get_yoffset(part);
  vips_thread_shutdown();
  return 1;
}
