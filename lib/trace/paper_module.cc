// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cstdint>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "image/opencv_one_thread.h"
#include "trace/paper_module.h"

namespace {

// Under uneven light the rim's level says little; but ink departs further from the mean around it than paper does.
bool light_ink_by_skewness(const cv::Mat& grey, int window) {
  cv::Mat mean;
  cv::boxFilter(grey, mean, CV_8U, {window, window});
  std::int64_t skewness = 0;
  for (std::int64_t i = 0; i < std::int64_t(grey.total()); ++i) {
    const std::int64_t d = grey.data[i] - mean.data[i];
    skewness += d * d * d;
  }
  return skewness > 0;
}

// Divides by the paper's level around each pixel: the brightest nearby, smoothed, but not so dark that large solid ink
// would pass for paper.
void even_out(cv::Mat& grey) {
  const int window = std::clamp(std::min(grey.cols, grey.rows) / 8, 15, 181) | 1;
  const std::int64_t count = static_cast<std::int64_t>(grey.total());
  if (light_ink_by_skewness(grey, window)) {
    for (std::int64_t i = 0; i < count; ++i) grey.data[i] = static_cast<std::uint8_t>(255 - grey.data[i]);
  }
  cv::Mat paper;
  cv::boxFilter(grey, paper, CV_8U, {3, 3});  // or one bright speck sets the level
  cv::dilate(paper, paper, cv::getStructuringElement(cv::MORPH_RECT, {window, window}));
  cv::boxFilter(paper, paper, CV_8U, {window, window});
  double brightest = 0;
  cv::minMaxLoc(paper, nullptr, &brightest);
  const int floor = std::max(int(brightest) / 4, 1);
  for (std::int64_t i = 0; i < count; ++i) {
    grey.data[i] = static_cast<std::uint8_t>(std::min(grey.data[i] * 255 / std::max<int>(paper.data[i], floor), 255));
  }
}

}  // namespace

extern "C" int imgmill_even_out_paper(std::uint8_t* plane, int width, int height) {
  try {
    cv::Mat grey(height, width, CV_8U, plane);
    even_out(grey);
    return 0;
  } catch (...) {  // nothing unwinds through C
    return 1;
  }
}
