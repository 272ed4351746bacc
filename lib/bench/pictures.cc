// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench/pictures.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <utility>

#include "base/bytes.h"
#include "base/error.h"
#include "codec/codec.h"
#include "codec/encode.h"
#include "image/image.h"
#include "image/resize.h"
#include "vector/rasterise.h"

namespace imgmill::bench {
namespace {

constexpr int kLongestSide = 256;     // px, of a picture on the page
constexpr int kDifferenceFactor = 4;  // what is 64 levels off is black

std::string base64(base::ByteView bytes) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k) group = group << 8 | (k < count ? bytes[i + k] : 0U);
    for (std::size_t k = 0; k < 4; ++k) text += k <= count ? kDigits[group >> (18 - 6 * k) & 63U] : '=';
  }
  return text;
}

std::string data_uri(const image::Image& picture) {
  codec::EncodeOptions options;
  options.quality = 85;
  const codec::EncodedImage file = codec::encode(picture, codec::Format::webp, options, {});
  return "data:image/webp;base64," + base64(file.bytes);
}

// On white: equal pixels are white, and the more they differ the darker they are.
image::Image difference(const image::Image& a, const image::Image& b) {
  std::vector<std::uint8_t> samples(a.samples().size());
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const int off = std::abs(a.samples()[i] - b.samples()[i]) * kDifferenceFactor;
    samples[i] = static_cast<std::uint8_t>(255 - std::min(off, 255));
  }
  return {a.width(), a.height(), a.channels(), std::move(samples)};
}

image::Image small(const image::Image& picture) {
  constexpr image::Rgba kWhite{255, 255, 255, 255};
  return image::fit_within(image::flatten(picture, kWhite), kLongestSide);
}

const std::filesystem::path& largest_result(const pipeline::Job& job) {
  const auto size = [](const pipeline::Destination& output) {
    std::error_code error;
    const auto bytes = std::filesystem::file_size(output.path, error);
    return error ? 0 : bytes;
  };
  return std::max_element(job.outputs.begin(), job.outputs.end(),
                          [&](const auto& a, const auto& b) { return size(a) < size(b); })
      ->path;
}

std::optional<Pictured> pictured(const pipeline::Job& job, const image::Limits& limits) {
  try {
    image::Image original = small(codec::decode(base::read_file(job.input), limits).image);
    const base::Bytes file = base::read_file(largest_result(job));
    const bool is_svg = codec::sniff(file) == codec::Format::svg;
    const image::Image result = small(is_svg ? vector::rasterise(file, original.width(), original.height())
                                             : codec::decode(file, limits).image);
    // Results may be smaller than their originals (--max-dimension, a variant), and cut to another shape.
    if (result.width() > original.width() || result.height() > original.height()) return std::nullopt;
    original = image::resize(original, result.width(), result.height(), image::Light::srgb);
    return Pictured{0, 0, data_uri(original), data_uri(result), data_uri(difference(original, result))};
  } catch (const base::Error&) {
    return std::nullopt;
  }
}

}  // namespace

std::vector<Pictured> worst_images(const Results& results, const Plan& plan, std::size_t count,
                                   const image::Limits& limits) {
  std::vector<Pictured> all;
  for (std::size_t entrant = 0; entrant < results.entrants.size(); ++entrant) {
    std::vector<std::pair<double, std::size_t>> scored;
    for (std::size_t image = 0; image < results.images.size(); ++image) {
      const auto& made = results.cell(entrant, image).made;
      if (made && made->ssim) scored.emplace_back(*made->ssim, image);
    }
    std::sort(scored.begin(), scored.end());
    scored.resize(std::min(scored.size(), count));
    for (const auto& [ssim, image] : scored) {
      std::optional<Pictured> one = pictured(plan.runners[entrant].jobs[image], limits);
      if (!one) continue;
      one->entrant = entrant;
      one->image = image;
      all.push_back(std::move(*one));
    }
  }
  return all;
}

}  // namespace imgmill::bench
