// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "features/vision_module.h"

#include <algorithm>
#include <cmath>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <vector>

#include "image/opencv_one_thread.h"

namespace {

cv::Mat wrap(const void* samples, int width, int height, int type) {
  return {height, width, type, const_cast<void*>(samples)};  // OpenCV has no view of what is const
}

// Nothing unwinds through C.
template <class Work>
int run(const Work& work) {
  try {
    work();
    return 0;
  } catch (...) {
    return 1;
  }
}

cv::Mat square(int side) { return cv::getStructuringElement(cv::MORPH_RECT, {side, side}); }

}  // namespace

extern "C" int imgmill_reduce(const std::uint8_t* samples, int width, int height, int channels, int times,
                              std::uint8_t* out) {
  return run([&] {
    const cv::Mat whole = wrap(samples, width, height, CV_8UC(channels));
    const cv::Size size(std::max(1, width / times), std::max(1, height / times));
    cv::Mat reduced = wrap(out, size.width, size.height, CV_8UC(channels));
    const cv::Rect used(0, 0, std::min(width, size.width * times), std::min(height, size.height * times));
    cv::resize(whole(used), reduced, size, 0, 0, cv::INTER_AREA);
  });
}

extern "C" int imgmill_steepness(const std::uint8_t* rgb, int width, int height, std::uint16_t* out) {
  return run([&] {
    // A plane at a time: OpenCV's gradient of three interleaved channels takes six times as long.
    cv::Mat planes[3], dx, dy;
    cv::split(wrap(rgb, width, height, CV_8UC3), planes);
    const std::size_t pixels = static_cast<std::size_t>(width) * height;
    std::vector<std::int32_t> longest(pixels);
    for (const cv::Mat& plane : planes) {
      cv::spatialGradient(plane, dx, dy);
      const auto* x = dx.ptr<std::int16_t>();
      const auto* y = dy.ptr<std::int16_t>();
      for (std::size_t i = 0; i < pixels; ++i) longest[i] = std::max(longest[i], x[i] * x[i] + y[i] * y[i]);
    }
    for (std::size_t i = 0; i < pixels; ++i) {
      out[i] = static_cast<std::uint16_t>(std::sqrt(static_cast<float>(longest[i])));
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

namespace {

// Harris' response, det − k · trace² of the structure tensor over 2 × 2 px, with the scale of cv::cornerHarris, which
// takes ten times as long.
cv::Mat harris(const cv::Mat& grey) {
  constexpr float kScale = 1.0f / (4 * 2 * 255), kK = 0.04f;
  cv::Mat dx, dy, response = cv::Mat::zeros(grey.size(), CV_32F);
  cv::spatialGradient(grey, dx, dy);
  std::vector<float> sums[3];  // of the products in a column of two pixels
  for (std::vector<float>& sum : sums) sum.resize(static_cast<std::size_t>(grey.cols));
  float *xx = sums[0].data(), *xy = sums[1].data(), *yy = sums[2].data();
  for (int y = 1; y < grey.rows; ++y) {
    const std::int16_t *x0 = dx.ptr<std::int16_t>(y - 1), *x1 = dx.ptr<std::int16_t>(y);
    const std::int16_t *y0 = dy.ptr<std::int16_t>(y - 1), *y1 = dy.ptr<std::int16_t>(y);
    for (int x = 0; x < grey.cols; ++x) {
      xx[x] = static_cast<float>(x0[x] * x0[x] + x1[x] * x1[x]);
      xy[x] = static_cast<float>(x0[x] * y0[x] + x1[x] * y1[x]);
      yy[x] = static_cast<float>(y0[x] * y0[x] + y1[x] * y1[x]);
    }
    float* out = response.ptr<float>(y);
    for (int x = 1; x < grey.cols; ++x) {
      const float a = (xx[x - 1] + xx[x]) * (kScale * kScale), b = (xy[x - 1] + xy[x]) * (kScale * kScale);
      const float c = (yy[x - 1] + yy[x]) * (kScale * kScale);
      out[x] = a * c - b * b - kK * (a + c) * (a + c);
    }
  }
  return response;
}

}  // namespace

extern "C" int imgmill_corners(const std::uint8_t* grey, int width, int height, double threshold, std::uint8_t* out) {
  return run([&] {
    const cv::Mat response = harris(wrap(grey, width, height, CV_8U));
    cv::Mat largest;
    cv::dilate(response, largest, square(5));
    cv::Mat corners = wrap(out, width, height, CV_8U);
    cv::bitwise_and(response >= largest, response > threshold, corners);
  });
}

extern "C" int imgmill_count_regions(const std::uint8_t* mask, int width, int height, int least, int* count) {
  return run([&] {
    cv::Mat labels;
    const int all = cv::connectedComponents(wrap(mask, width, height, CV_8U), labels, 4, CV_32S);
    std::vector<int> areas(static_cast<std::size_t>(all));
    const int* label = labels.ptr<int>();
    const int* const end = label + labels.total();
    while (label != end) {  // by runs: they are long
      const int* next = label;
      while (next != end && *next == *label) ++next;
      areas[static_cast<std::size_t>(*label)] += static_cast<int>(next - label);
      label = next;
    }
    *count = static_cast<int>(std::count_if(areas.begin() + 1, areas.end(), [&](int area) { return area >= least; }));
  });
}
