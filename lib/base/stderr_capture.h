// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Keeps libraries quiet that print to stderr and offer no hook against it (dav1d through libavif, libjxl through
// libvips). Only what the capturing thread writes through stdio's `stderr` is taken; other threads, std::cerr and
// writes to descriptor 2 go on as ever.
#pragma once

#include <string>

namespace imgmill::base {

class StderrCapture {
 public:
  StderrCapture();
  ~StderrCapture();
  StderrCapture(const StderrCapture&) = delete;
  StderrCapture& operator=(const StderrCapture&) = delete;

  // What this thread wrote since construction; a flood is cut.
  const std::string& text() const { return text_; }

 private:
  std::string text_;
  std::string* outer_;  // captures may nest
};

}  // namespace imgmill::base
