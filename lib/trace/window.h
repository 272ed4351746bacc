// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A part of a picture, in whole pixels.
#pragma once

#include <algorithm>

namespace imgmill::trace {

// Right and bottom are beyond it.
struct Window {
  int left = 0, top = 0, right = 0, bottom = 0;
  int width() const { return right - left; }
  int height() const { return bottom - top; }

  // Makes it hold another one as well.
  void add(const Window& other) {
    if (other.width() == 0) return;
    if (width() == 0) {
      *this = other;
      return;
    }
    left = std::min(left, other.left), right = std::max(right, other.right);
    top = std::min(top, other.top), bottom = std::max(bottom, other.bottom);
  }
  Window grown(int by) const { return {left - by, top - by, right + by, bottom + by}; }
};

}  // namespace imgmill::trace
