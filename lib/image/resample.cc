// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Scaling down: a separable Lanczos-3 whose support grows with the reduction, in float and in a fixed order of
// additions, so that every machine gives the same bytes. Rows stream through a ring, so a huge source costs only
// the few rows that one output row looks at.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <utility>
#include <vector>

#include "base/error.h"
#include "image/resize.h"

namespace imgmill::image {

namespace {

constexpr double kLobes = 3;

double lanczos(double x) {
  if (x == 0) return 1;
  if (std::abs(x) >= kLobes) return 0;
  const double t = std::numbers::pi * x;
  return kLobes * std::sin(t) * std::sin(t / kLobes) / (t * t);
}

// Which source samples make one output sample, and by how much; the weights add up to 1.
struct Taps {
  int first = 0;
  std::vector<float> weights;
};

std::vector<Taps> make_taps(int from, int to) {
  const double ratio = static_cast<double>(from) / to;
  const double support = kLobes * ratio;
  std::vector<Taps> all(to);
  for (int i = 0; i < to; ++i) {
    const double center = (i + 0.5) * ratio;  // in source coordinates, where sample j covers j…j+1
    const int first = std::max(0, static_cast<int>(std::floor(center - support)));
    const int last = std::min(from - 1, static_cast<int>(std::ceil(center + support)));
    std::vector<double> weights;
    double sum = 0;
    for (int j = first; j <= last; ++j) {
      weights.push_back(lanczos((j + 0.5 - center) / ratio));
      sum += weights.back();
    }
    all[i].first = first;
    for (const double weight : weights) all[i].weights.push_back(static_cast<float>(weight / sum));
  }
  return all;
}

std::uint8_t to_byte(float value) { return static_cast<std::uint8_t>(std::clamp(value + 0.5F, 0.0F, 255.0F)); }

// One source row as floats, alpha multiplied in.
template <int kChannels>
void widen(const std::uint8_t* in, int width, float* out) {
  for (int x = 0; x < width; ++x, in += kChannels, out += kChannels) {
    if constexpr (kChannels == 4) {
      const float alpha = static_cast<float>(in[3]) / 255.0F;
      for (int c = 0; c < 3; ++c) out[c] = static_cast<float>(in[c]) * alpha;
      out[3] = in[3];
    } else {
      for (int c = 0; c < kChannels; ++c) out[c] = in[c];
    }
  }
}

template <int kChannels>
void narrow_row(const float* in, const std::vector<Taps>& columns, float* out) {
  for (const Taps& taps : columns) {
    const float* from = in + std::ptrdiff_t{taps.first} * kChannels;
    float sums[kChannels] = {};
    for (const float weight : taps.weights) {
      for (int c = 0; c < kChannels; ++c) sums[c] += weight * from[c];
      from += kChannels;
    }
    for (int c = 0; c < kChannels; ++c) *out++ = sums[c];
  }
}

// One output row from floats, alpha divided out again.
template <int kChannels>
void store(const float* in, int width, std::uint8_t* out) {
  for (int x = 0; x < width; ++x, in += kChannels, out += kChannels) {
    if constexpr (kChannels == 4) {
      const std::uint8_t alpha = to_byte(in[3]);
      const float factor = in[3] > 0 ? 255.0F / in[3] : 0.0F;
      for (int c = 0; c < 3; ++c) out[c] = alpha == 0 ? 0 : to_byte(in[c] * factor);
      out[3] = alpha;
    } else {
      for (int c = 0; c < kChannels; ++c) out[c] = to_byte(in[c]);
    }
  }
}

template <int kChannels>
std::vector<std::uint8_t> resample(const Image& image, int width, int height) {
  const std::vector<Taps> columns = make_taps(image.width(), width), rows = make_taps(image.height(), height);
  std::size_t ring_rows = 0;
  for (const Taps& taps : rows) ring_rows = std::max(ring_rows, taps.weights.size());
  const std::size_t row_size = static_cast<std::size_t>(width) * kChannels;
  std::vector<float> source_row(static_cast<std::size_t>(image.width()) * kChannels);
  std::vector<float> ring(ring_rows * row_size), sums(row_size);
  std::vector<std::uint8_t> samples(row_size * height);
  int narrowed = 0;  // source rows that have gone through the ring
  for (int y = 0; y < height; ++y) {
    const Taps& taps = rows[y];
    const int end = taps.first + static_cast<int>(taps.weights.size());
    for (; narrowed < end; ++narrowed) {
      if (narrowed < taps.first) continue;
      widen<kChannels>(image.row(narrowed), image.width(), source_row.data());
      narrow_row<kChannels>(source_row.data(), columns, &ring[narrowed % ring_rows * row_size]);
    }
    std::fill(sums.begin(), sums.end(), 0.0F);
    for (int source = taps.first; source < end; ++source) {
      const float weight = taps.weights[source - taps.first];
      const float* in = &ring[source % ring_rows * row_size];
      for (std::size_t i = 0; i < row_size; ++i) sums[i] += weight * in[i];
    }
    store<kChannels>(sums.data(), width, &samples[y * row_size]);
  }
  return samples;
}

}  // namespace

Size fitted(Size picture, Size box) {
  const std::int64_t w = picture.width, h = picture.height;
  if (w <= box.width && h <= box.height) return picture;
  // Divided by the side that limits: round(side × numerator / denominator).
  const auto scaled = [](std::int64_t side, std::int64_t numerator, std::int64_t denominator) {
    return static_cast<int>(std::max<std::int64_t>(1, (side * numerator * 2 + denominator) / (2 * denominator)));
  };
  if (w * box.height >= h * box.width) return {box.width, std::min(box.height, scaled(h, box.width, w))};
  return {std::min(box.width, scaled(w, box.height, h)), box.height};
}

Size covering(Size picture, Size box) {
  const std::int64_t w = picture.width, h = picture.height;
  if (w <= box.width || h <= box.height) return picture;
  const auto scaled = [](std::int64_t side, std::int64_t numerator, std::int64_t denominator) {
    return static_cast<int>(std::max<std::int64_t>(1, (side * numerator * 2 + denominator) / (2 * denominator)));
  };
  if (w * box.height >= h * box.width) return {std::max(box.width, scaled(w, box.height, h)), box.height};
  return {box.width, std::max(box.height, scaled(h, box.width, w))};
}

Light light_that_pays(const Image&, Size) { return Light::srgb; }

Image resize(const Image& image, int width, int height, Light) {
  if (width < 1 || height < 1 || width > image.width() || height > image.height()) {
    throw base::Error(base::ErrorKind::internal, "a picture can't be enlarged here");
  }
  if (width == image.width() && height == image.height()) return image;
  std::vector<std::uint8_t> samples = image.channels() == 1   ? resample<1>(image, width, height)
                                      : image.channels() == 3 ? resample<3>(image, width, height)
                                                              : resample<4>(image, width, height);
  return Image(width, height, image.channels(), std::move(samples));
}

Image crop(const Image& image, int left, int top, int width, int height) {
  const bool inside = left >= 0 && top >= 0 && width >= 1 && height >= 1 && left <= image.width() - width &&
                      top <= image.height() - height;
  if (!inside) throw base::Error(base::ErrorKind::internal, "a picture has nothing outside of it to cut out");
  if (width == image.width() && height == image.height()) return image;
  const std::size_t row = static_cast<std::size_t>(width) * static_cast<std::size_t>(image.channels());
  std::vector<std::uint8_t> samples(row * static_cast<std::size_t>(height));
  for (int y = 0; y < height; ++y) {
    const std::uint8_t* from = image.row(top + y) + std::ptrdiff_t{left} * image.channels();
    std::copy(from, from + row, samples.begin() + static_cast<std::ptrdiff_t>(row) * y);
  }
  return Image(width, height, image.channels(), std::move(samples));
}

Image fit_within(const Image& image, int longest_side) {
  if (image.empty() || longest_side < 1) return image;
  const Size to = fitted({image.width(), image.height()}, {longest_side, longest_side});
  return resize(image, to.width, to.height, Light::srgb);
}

}  // namespace imgmill::image
