// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "features/vision_module.h"

#include <cmath>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

namespace {

cv::Mat wrap(const void* samples, int width, int height, int type) {
  return {height, width, type, const_cast<void*>(samples)};  // OpenCV has no view of what is const
}

// Nothing unwinds through C.
template <class Work>
int run(const Work& work) {
  try {
    cv::setNumThreads(1);  // the batch is parallel already
    work();
    return 0;
  } catch (...) {
    return 1;
  }
}

cv::Mat square(int side) { return cv::getStructuringElement(cv::MORPH_RECT, {side, side}); }

}  // namespace

extern "C" int imgmill_reduce(const std::uint8_t* samples, int width, int height, int channels, int to_width,
                              int to_height, std::uint8_t* out) {
  return run([&] {
    cv::Mat reduced = wrap(out, to_width, to_height, CV_8UC(channels));
    cv::resize(wrap(samples, width, height, CV_8UC(channels)), reduced, reduced.size(), 0, 0, cv::INTER_AREA);
  });
}

extern "C" int imgmill_steepness(const std::uint8_t* rgb, int width, int height, std::uint16_t* out) {
  return run([&] {
    const cv::Mat picture = wrap(rgb, width, height, CV_8UC3);
    cv::Mat dx, dy;
    cv::Sobel(picture, dx, CV_16S, 1, 0);
    cv::Sobel(picture, dy, CV_16S, 0, 1);
    const auto* x = dx.ptr<std::int16_t>();
    const auto* y = dy.ptr<std::int16_t>();
    const std::int64_t pixels = std::int64_t{width} * height;
    for (std::int64_t i = 0; i < pixels; ++i) {
      std::int32_t longest = 0;
      for (int c = 0; c < 3; ++c) {
        const std::int32_t a = x[3 * i + c], b = y[3 * i + c];
        longest = std::max(longest, a * a + b * b);
      }
      out[i] = static_cast<std::uint16_t>(std::sqrt(static_cast<float>(longest)));
    }
  });
}

extern "C" int imgmill_widen(const std::uint8_t* mask, int width, int height, int radius, std::uint8_t* out) {
  return run([&] {
    cv::Mat wide = wrap(out, width, height, CV_8U);
    cv::dilate(wrap(mask, width, height, CV_8U), wide, square(2 * radius + 1));
  });
}

extern "C" int imgmill_edges(const std::uint8_t* grey, int width, int height, int low, int high, std::uint8_t* out) {
  return run([&] {
    cv::Mat edges = wrap(out, width, height, CV_8U);
    cv::Canny(wrap(grey, width, height, CV_8U), edges, low, high);
  });
}

extern "C" int imgmill_corners(const std::uint8_t* grey, int width, int height, double threshold, std::uint8_t* out) {
  return run([&] {
    constexpr int kBlock = 2, kAperture = 3;
    cv::Mat response, largest;
    cv::cornerHarris(wrap(grey, width, height, CV_8U), response, kBlock, kAperture, 0.04);
    cv::dilate(response, largest, square(5));
    cv::Mat corners = wrap(out, width, height, CV_8U);
    cv::bitwise_and(response >= largest, response > threshold, corners);
  });
}

extern "C" int imgmill_count_regions(const std::uint8_t* mask, int width, int height, int least, int* count) {
  return run([&] {
    cv::Mat labels, figures, centres;
    const int all = cv::connectedComponentsWithStats(wrap(mask, width, height, CV_8U), labels, figures, centres, 4);
    *count = 0;
    for (int i = 1; i < all; ++i) *count += figures.at<int>(i, cv::CC_STAT_AREA) >= least;
  });
}
