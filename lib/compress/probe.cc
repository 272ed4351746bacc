// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "compress/probe.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "compress/closeness.h"
#include "compress/typical.h"

namespace imgmill::compress {
namespace {

using image::Image;

// Every other tile in both directions, or fewer of a large picture; the picture itself where it is small.
Image tiles_of(const Image& picture) {
  constexpr int kTile = 64, kMostTiles = 64;
  const int columns = picture.width() / kTile, rows = picture.height() / kTile;
  int step = 2;
  while (((columns + step - 1) / step) * ((rows + step - 1) / step) > kMostTiles) ++step;
  const int across = (columns + step - 1) / step, down = (rows + step - 1) / step;
  if (across * down < 6) return picture;
  const int width = across * kTile, height = down * kTile;
  const auto channels = static_cast<std::size_t>(picture.channels());
  std::vector<std::uint8_t> samples(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * channels);
  for (int y = 0; y < height; ++y) {
    const std::uint8_t* from = picture.row(y / kTile * step * kTile + y % kTile);
    for (int tile = 0; tile < across; ++tile) {
      std::memcpy(&samples[(static_cast<std::size_t>(y) * static_cast<std::size_t>(width) +
                            static_cast<std::size_t>(tile * kTile)) *
                           channels],
                  from + static_cast<std::size_t>(tile * step * kTile) * channels, kTile * channels);
    }
  }
  return Image(width, height, picture.channels(), std::move(samples));
}

codec::EncodeOptions fastest(codec::EncodeOptions options) {
  options.webp_method = 0;
  options.avif_speed = 10;
  options.avif_threads = 1;
  return options;
}

constexpr double kLeastError = 1e-6;

}  // namespace

Probe::Probe(const Image& picture, codec::Format format, const codec::EncodeOptions& options)
    : sample_(tiles_of(picture)),
      scale_(static_cast<double>(picture.pixels()) / static_cast<double>(sample_.pixels())),
      format_(format),
      options_(fastest(options)) {}

void Probe::measure(int quality) {
  options_.quality = quality;
  const codec::EncodedImage encoded = codec::encode(sample_, format_, options_, {});
  const double error = std::max(kLeastError, 1 - closeness(sample_, encoded.bytes, options_, nullptr).ssim);
  points_[quality] = {std::log(error), std::log(static_cast<double>(encoded.bytes.size()) * scale_)};
}

// Straight lines between what was measured, and a typical slope beyond.
double Probe::between(int quality, double Point::*value, double slope) const {
  const auto above = points_.lower_bound(quality);
  if (above == points_.end()) {
    const auto& [at, point] = *points_.rbegin();
    return point.*value + slope * (quality - at);
  }
  if (above->first == quality) return above->second.*value;
  if (above == points_.begin()) return above->second.*value + slope * (quality - above->first);
  const auto below = std::prev(above);
  const double part = static_cast<double>(quality - below->first) / (above->first - below->first);
  return (1 - part) * below->second.*value + part * above->second.*value;
}

double Probe::log_error(int quality) const {
  return between(quality, &Point::log_error, typical(format_).error_slope) + typical(format_).error_shift;
}

double Probe::log_bytes(int quality) const {
  return between(quality, &Point::log_bytes, typical(format_).bytes_slope) + typical(format_).bytes_shift;
}

int Probe::quality_for_ssim(double target) const {
  const double wanted = std::log(std::max(kLeastError, 1 - target));
  int quality = 0;
  while (quality < 100 && log_error(quality) > wanted) ++quality;
  return quality;
}

double Probe::log_bytes_for_ssim(double target) const {
  const double wanted = std::log(std::max(kLeastError, 1 - target));
  const int quality = quality_for_ssim(target);
  if (quality == 0) return log_bytes(0);
  const double above = log_error(quality), below = log_error(quality - 1);
  const double part = below > above ? std::clamp((below - wanted) / (below - above), 0.0, 1.0) : 1.0;
  return (1 - part) * log_bytes(quality - 1) + part * log_bytes(quality);
}

void Probe::aim_at_ssim(double target) {
  constexpr int kTimes = 3, kNear = 3;
  if (points_.empty()) measure(typical(format_).first_quality);
  for (int i = 1; i < kTimes; ++i) {
    const int next = quality_for_ssim(target);
    const auto near = std::any_of(points_.begin(), points_.end(),
                                  [&](const auto& point) { return std::abs(point.first - next) < kNear; });
    if (near) return;
    measure(next);
  }
}

void Probe::aim_at_bytes(double bytes) {
  constexpr int kTimes = 3, kNear = 3;
  if (points_.empty()) measure(typical(format_).first_quality);
  for (int i = 1; i < kTimes; ++i) {
    int next = 100;
    while (next > 0 && log_bytes(next) > std::log(bytes)) --next;
    const auto near = std::any_of(points_.begin(), points_.end(),
                                  [&](const auto& point) { return std::abs(point.first - next) < kNear; });
    if (near) return;
    measure(next);
  }
}

}  // namespace imgmill::compress
