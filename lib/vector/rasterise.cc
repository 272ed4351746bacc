// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "vector/rasterise.h"

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/module.h"
#include "vector/rsvg_module.h"

namespace imgmill::vector {
namespace {

base::ErrorKind kind_of(RsvgStatus status) {
  switch (status) {
    case kRsvgRefused:
      return base::ErrorKind::input;
    case kRsvgTooLarge:
      return base::ErrorKind::limit;
    default:
      return base::ErrorKind::internal;
  }
}

}  // namespace

image::Image rasterise(base::ByteView svg, int width, int height) {
  if (width < 1 || height < 1) {
    throw base::Error(base::ErrorKind::internal, "a drawing needs at least one pixel to be rasterised to");
  }
  static RsvgRender* const render = reinterpret_cast<RsvgRender*>(base::module_symbol(kRsvgModule, kRsvgRender));
  std::vector<std::uint8_t> rgba(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 4);
  std::array<char, 512> message{};
  const RsvgStatus status = render(svg.data(), svg.size(), width, height, rgba.data(), message.data(), message.size());
  if (status != kRsvgOk) throw base::Error(kind_of(status), message.data());
  return image::Image(width, height, 4, std::move(rgba));
}

}  // namespace imgmill::vector
