// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// OpenCV keeps to the thread that calls it: the batch is parallel already. For modules alone, each of which includes it
// once; the rest of the program doesn't link OpenCV.
#pragma once

#include <opencv2/core.hpp>

namespace imgmill::image {

// Said while a module is loaded: where OpenCV runs on TBB, saying it beside its own work crashes, so a module that
// comes later finds it said.
[[maybe_unused]] static const bool g_opencv_one_thread = [] {
  if (cv::getNumThreads() != 1) cv::setNumThreads(1);
  return true;
}();

}  // namespace imgmill::image
