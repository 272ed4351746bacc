// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "compress/attention.h"

#include <algorithm>
#include <cstdint>

#include "base/error.h"
#include "base/module.h"
#include "compress/attention_module.h"

namespace imgmill::compress {

std::pair<int, int> attention(const image::Image& picture, image::Size part) {
  const auto find = reinterpret_cast<AttentionModuleFind>(base::module_symbol("attention", "imgmill_attention"));
  std::int32_t left = 0, top = 0;
  if (find(picture.data(), picture.width(), picture.height(), picture.channels(), part.width, part.height, &left,
           &top) == 0) {
    throw base::Error(base::ErrorKind::internal, "libvips could not find where to crop (--fit crop takes the middle)");
  }
  return {std::clamp<int>(left, 0, picture.width() - part.width),
          std::clamp<int>(top, 0, picture.height() - part.height)};
}

}  // namespace imgmill::compress
