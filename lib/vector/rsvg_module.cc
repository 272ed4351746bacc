// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "vector/rsvg_module.h"

#include <librsvg/rsvg.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <mutex>

namespace imgmill::vector {
namespace {

constexpr int kLongestSide = 32767;  // of a cairo image surface

struct Unref {
  void operator()(void* object) const { g_object_unref(object); }
};
struct FreeError {
  void operator()(GError* error) const { g_error_free(error); }
};
struct DestroySurface {
  void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
};
struct DestroyCairo {
  void operator()(cairo_t* cairo) const { cairo_destroy(cairo); }
};

struct Message {
  char* text;
  std::size_t size;
};

// Where this thread's GLib messages go; the first one stays. Null while no drawing is in work.
thread_local Message* log_target = nullptr;

void say(Message& message, const char* what, const char* why) {
  std::snprintf(message.text, message.size, "%s%s%s", what, why != nullptr ? ": " : "", why != nullptr ? why : "");
  std::replace(message.text, message.text + message.size, '\n', ' ');
}

void keep_log(const char*, GLogLevelFlags, const char* text, void*) {
  if (log_target != nullptr && log_target->text[0] == '\0') say(*log_target, "librsvg", text);
}

// By domain, so that whatever else uses GLib in this process keeps its own handlers.
void capture_logs_once() {
  static std::once_flag once;
  std::call_once(once, [] {
    constexpr int kLevels = G_LOG_LEVEL_MASK | G_LOG_FLAG_RECURSION;
    for (const char* domain : {"librsvg", "Pango", "GLib", "GLib-GObject", "GLib-GIO", "GdkPixbuf"}) {
      g_log_set_handler(domain, static_cast<GLogLevelFlags>(kLevels), keep_log, nullptr);
    }
  });
}

// What the file calls its size, in pixels; width × height where it doesn't say.
void natural_size(RsvgHandle* handle, double& width, double& height) {
  double w = 0, h = 0;
  if (rsvg_handle_get_intrinsic_size_in_pixels(handle, &w, &h) == FALSE) {
    gboolean has_width = FALSE, has_height = FALSE, has_view_box = FALSE;
    RsvgLength ignored;
    RsvgRectangle view_box{};
    rsvg_handle_get_intrinsic_dimensions(handle, &has_width, &ignored, &has_height, &ignored, &has_view_box, &view_box);
    w = has_view_box != FALSE ? view_box.width : 0;
    h = has_view_box != FALSE ? view_box.height : 0;
  }
  if (w > 0 && h > 0) {
    width = w;
    height = h;
  }
}

// cairo's premultiplied native-endian ARGB to straight RGBA, in place.
void to_straight_rgba(std::uint8_t* pixels, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i, pixels += 4) {
    const std::uint32_t argb = *reinterpret_cast<const std::uint32_t*>(pixels);
    const std::uint32_t a = argb >> 24;
    const auto straight = [a](std::uint32_t c) {
      return static_cast<std::uint8_t>(a == 0 ? 0 : std::min(255u, (c * 255 + a / 2) / a));
    };
    pixels[0] = straight(argb >> 16 & 255);
    pixels[1] = straight(argb >> 8 & 255);
    pixels[2] = straight(argb & 255);
    pixels[3] = static_cast<std::uint8_t>(a);
  }
}

RsvgStatus draw(RsvgHandle* handle, int width, int height, std::uint8_t* rgba, Message& message) {
  const std::unique_ptr<cairo_surface_t, DestroySurface> surface(
      cairo_image_surface_create_for_data(rgba, CAIRO_FORMAT_ARGB32, width, height, width * 4));
  const std::unique_ptr<cairo_t, DestroyCairo> cairo(cairo_create(surface.get()));
  RsvgRectangle viewport{0, 0, static_cast<double>(width), static_cast<double>(height)};
  natural_size(handle, viewport.width, viewport.height);
  cairo_scale(cairo.get(), width / viewport.width, height / viewport.height);
  GError* raw = nullptr;
  const gboolean drawn = rsvg_handle_render_document(handle, cairo.get(), &viewport, &raw);
  const std::unique_ptr<GError, FreeError> error(raw);
  if (drawn == FALSE) {
    say(message, "the SVG can't be drawn", error ? error->message : nullptr);
    return kRsvgRefused;
  }
  if (cairo_status(cairo.get()) != CAIRO_STATUS_SUCCESS) {
    say(message, "the SVG can't be drawn", cairo_status_to_string(cairo_status(cairo.get())));
    return kRsvgFailed;
  }
  cairo_surface_flush(surface.get());
  return kRsvgOk;
}

RsvgStatus render(const std::uint8_t* svg, std::size_t size, int width, int height, std::uint8_t* rgba,
                  Message& message) {
  if (std::max(width, height) > kLongestSide) {
    say(message, "too large to be drawn: a side has more than 32767 pixels (scale it down with --max-dimension)",
        nullptr);
    return kRsvgTooLarge;
  }
  capture_logs_once();
  // Unlimited lifts libxml2's bound of 10 MB for one text, which the paths of a traced photo may pass.
  const std::unique_ptr<GInputStream, Unref> stream(
      g_memory_input_stream_new_from_data(svg, static_cast<gssize>(size), nullptr));
  GError* raw = nullptr;
  const std::unique_ptr<RsvgHandle, Unref> handle(
      size == 0 ? nullptr
                : rsvg_handle_new_from_stream_sync(stream.get(), nullptr, RSVG_HANDLE_FLAG_UNLIMITED, nullptr, &raw));
  const std::unique_ptr<GError, FreeError> error(raw);
  if (!handle) {
    say(message, "not an SVG that librsvg can read", error ? error->message : nullptr);
    return kRsvgRefused;
  }
  const RsvgStatus status = draw(handle.get(), width, height, rgba, message);
  if (status == kRsvgOk) to_straight_rgba(rgba, static_cast<std::size_t>(width) * static_cast<std::size_t>(height));
  return status;
}

}  // namespace
}  // namespace imgmill::vector

extern "C" imgmill::vector::RsvgStatus imgmill_rsvg_render(const std::uint8_t* svg, std::size_t size, int width,
                                                           int height, std::uint8_t* rgba, char* message,
                                                           std::size_t message_size) {
  using namespace imgmill::vector;
  Message log{message, message_size};
  log_target = &log;
  const RsvgStatus status = render(svg, size, width, height, rgba, log);
  log_target = nullptr;
  return status;
}
