// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What to expect of an encoder before it is run: a quarter of the picture, as tiles from all over it, goes through the
// same encoder at its fastest a few times. That gives the slope of quality against closeness and size well, and their
// height nearly.
#pragma once

#include <map>

#include "codec/encode.h"
#include "image/image.h"

namespace imgmill::compress {

class Probe {
 public:
  // `options` but for the quality. The picture must be as it will be encoded (JPEG: flattened).
  Probe(const image::Image& picture, codec::Format format, const codec::EncodeOptions& options);

  // Measures around the quality that will just reach `target` SSIM, three times at most, so that the forecasts are
  // good there.
  void aim_at_ssim(double target);
  // Likewise for a result of at most `bytes`.
  void aim_at_bytes(double bytes);

  // Forecasts for the whole picture with the real effort; log of 1 - SSIM, and log of bytes.
  double log_error(int quality) const;
  double log_bytes(int quality) const;
  // The lowest quality that should reach it, 0–100.
  int quality_for_ssim(double target) const;
  // What a result that just reaches it should take, between two qualities.
  double log_bytes_for_ssim(double target) const;

 private:
  struct Point {
    double log_error, log_bytes;
  };
  void measure(int quality);
  double between(int quality, double Point::*value, double slope) const;

  image::Image sample_;
  double scale_;  // pixels of the picture for one of the sample
  codec::Format format_;
  codec::EncodeOptions options_;
  std::map<int, Point> points_;
};

}  // namespace imgmill::compress
