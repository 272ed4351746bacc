// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Separable, down the columns first, in bands of kLanes result rows. A band's columns are made block by block, from a
// tile of the source that stays in the first-level cache; turned by 90°, its rows stand side by side, so that the
// second direction is the same loop as the first, for any number of channels.
#include "image/lanczos.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <utility>
#include <vector>

#include "image/light.h"
#include "image/taps.h"

namespace imgmill::image {

namespace {

constexpr int kStep = LightTables::kStep, kFull = LightTables::kFull;
constexpr int kGroup = 16;  // result pixels of a row that are stored at a time

// What the filter sees of a sample: its value, or its light or what alpha leaves of them in steps of kStep.
template <int kChannels, bool kLinear>
struct Pixels {
  static constexpr bool kPlain = kChannels != 4 && !kLinear;
  // From what the filter saw to steps: plain values grow by kStep, the rest has that already.
  static constexpr int kShift = kPlain ? Taps::kBits - 6 : Taps::kBits;
  static_assert(kStep == 1 << 6);

  static std::int16_t steps(std::uint8_t value, const LightTables& tables) {
    if constexpr (kLinear) return tables.light[value];
    return static_cast<std::int16_t>(value * kStep);
  }

  // Two rows, sample by sample side by side.
  static void widen(const std::uint8_t* upper, const std::uint8_t* lower, int width, std::int16_t* out) {
    const LightTables& tables = light_tables();
    if constexpr (kPlain) {
      image::widen(upper, lower, width * kChannels, out);
    } else if constexpr (kChannels != 4) {
      for (int i = 0; i < width * kChannels; ++i) {
        out[2 * i] = steps(upper[i], tables);
        out[2 * i + 1] = steps(lower[i], tables);
      }
    } else {
      for (const std::uint8_t* in : {upper, lower}) {
        std::int16_t* to = out++;
        for (int x = 0; x < width; ++x, in += 4, to += 8) {
          const float alpha = static_cast<float>(in[3]) / 255.0F;
          for (int c = 0; c < 3; ++c) {
            to[2 * c] = static_cast<std::int16_t>(static_cast<float>(steps(in[c], tables)) * alpha + 0.5F);
          }
          to[6] = static_cast<std::int16_t>(in[3] * kStep);
        }
      }
    }
  }

  static std::uint8_t value_of(int steps, const LightTables& tables) {
    if constexpr (kLinear) return tables.value[static_cast<std::size_t>(std::clamp(steps, 0, kFull))];
    return static_cast<std::uint8_t>(std::clamp((steps + kStep / 2) >> 6, 0, 255));
  }

  static std::uint8_t value_of_alpha(int steps) {
    return static_cast<std::uint8_t>(std::min((steps + kStep / 2) >> 6, 255));
  }

  // One row of the result.
  static void store(const std::int16_t* in, int width, std::uint8_t* out) {
    const LightTables& tables = light_tables();
    if constexpr (kChannels != 4) {
      for (int i = 0; i < width * kChannels; ++i) out[i] = value_of(in[i], tables);
    } else {
      for (int x = 0; x < width; ++x, in += 4, out += 4) {
        const int alpha = std::max<int>(in[3], 0);  // may overshoot as the colours do; what counts is their relation
        out[3] = value_of_alpha(alpha);
        for (int c = 0; c < 3; ++c) {
          const int covered = std::clamp<int>(in[c], 0, alpha);
          out[c] = out[3] == 0 ? 0 : value_of((covered * kFull + alpha / 2) / alpha, tables);
        }
      }
    }
  }
};

template <int kChannels, bool kLinear>
class Resampler {
 public:
  Resampler(const Image& image, int width, int height, Isa isa)
      : image_(image),
        columns_(image.width(), width),
        rows_(image.height(), height),
        weigh_(weigh_for(isa)),
        tall_(static_cast<std::size_t>(kBlockSamples) * kLanes),
        turned_(tall_.size()),
        band_((static_cast<std::size_t>(image.width()) + 1) / 2 * kPair),
        samples_(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * kChannels) {}

  std::vector<std::uint8_t> run(const base::Stop& stop) && {
    for (int y = 0; y < rows_.size(); y += kLanes) {
      stop.check();
      const int end = std::min(y + kLanes, rows_.size());
      for (int x = 0; x < image_.width(); x += kBlock) make_columns(y, end, x);
      store_rows(y, end);
    }
    return std::move(samples_);
  }

 private:
  using Samples = Pixels<kChannels, kLinear>;
  static constexpr int kBlock = kChannels == 1 ? 256 : 64;  // columns; even
  static constexpr int kBlockSamples = kBlock * kChannels;
  // Of the band: two neighbouring columns, kLanes rows, their samples side by side.
  static constexpr std::ptrdiff_t kPair = std::ptrdiff_t{2} * kLanes * kChannels;

  // Columns x… of result rows y…end, at the source's width still.
  void make_columns(int y, int end, int x) {
    const int width = std::min(kBlock, image_.width() - x);
    const int first = rows_.first_pair(y), last = rows_.end_pair(end - 1);
    tile_.resize(static_cast<std::size_t>(last - first) * 2 * kBlockSamples);
    for (int pair = first; pair < last; ++pair) {
      const int upper = 2 * pair, lower = std::min(upper + 1, image_.height() - 1);
      Samples::widen(image_.row(upper) + std::ptrdiff_t{x} * kChannels,
                     image_.row(lower) + std::ptrdiff_t{x} * kChannels, width,
                     &tile_[static_cast<std::size_t>(pair - first) * 2 * kBlockSamples]);
    }
    const int samples = (width * kChannels + kLanes - 1) / kLanes * kLanes;
    for (int row = y; row < end; ++row) {
      weigh_(&tile_[static_cast<std::size_t>(rows_.first_pair(row) - first) * 2 * kBlockSamples], 2 * kBlockSamples,
             rows_.weights(row), rows_.end_pair(row) - rows_.first_pair(row), Samples::kShift,
             &tall_[static_cast<std::size_t>(row - y) * kBlockSamples], samples);
    }
    turn(tall_.data(), kBlockSamples, samples, turned_.data());
    put_into_band(x, width);
  }

  // From a row a sample to the band's pairs.
  void put_into_band(int x, int width) {
    constexpr std::ptrdiff_t kColumn = std::ptrdiff_t{kLanes} * kChannels;
    std::int16_t* to = &band_[static_cast<std::size_t>(x / 2 * kPair)];
    for (int i = 0; i < width; i += 2, to += kPair) {
      const std::int16_t* left = turned_.data() + i * kColumn;
      interleave(left, left + kColumn, kColumn, to);
    }
  }

  void store_rows(int y, int end) {
    constexpr int kSamples = kGroup * kChannels;
    std::int16_t group[kSamples * kLanes] = {}, rows[kSamples * kLanes];
    for (int x = 0; x < columns_.size(); x += kGroup) {
      const int width = std::min(kGroup, columns_.size() - x);
      for (int i = 0; i < width; ++i) {
        weigh_(&band_[static_cast<std::size_t>(columns_.first_pair(x + i) * kPair)], kPair, columns_.weights(x + i),
               columns_.end_pair(x + i) - columns_.first_pair(x + i), Taps::kBits,
               group + std::ptrdiff_t{i} * kChannels * kLanes, kChannels * kLanes);
      }
      turn_back(group, kSamples, rows, kSamples);
      for (int row = y; row < end; ++row) {
        const std::size_t pixel =
            static_cast<std::size_t>(row) * static_cast<std::size_t>(columns_.size()) + static_cast<std::size_t>(x);
        Samples::store(rows + std::ptrdiff_t{row - y} * kSamples, width, &samples_[pixel * kChannels]);
      }
    }
  }

  const Image& image_;
  const Taps columns_, rows_;
  const Weigh weigh_;
  std::vector<std::int16_t> tile_;    // pairs of source rows × kBlockSamples × 2
  std::vector<std::int16_t> tall_;    // kLanes rows × kBlockSamples
  std::vector<std::int16_t> turned_;  // kBlockSamples × kLanes
  std::vector<std::int16_t> band_;    // pairs of columns × channels × kLanes × 2
  std::vector<std::uint8_t> samples_;
};

template <int kChannels>
std::vector<std::uint8_t> run(const Image& image, int width, int height, Light light, Isa isa, const base::Stop& stop) {
  if (light == Light::linear) return Resampler<kChannels, true>(image, width, height, isa).run(stop);
  return Resampler<kChannels, false>(image, width, height, isa).run(stop);
}

}  // namespace

Image lanczos(const Image& image, int width, int height, Light light, Isa isa, const base::Stop& stop) {
  std::vector<std::uint8_t> samples = image.channels() == 1   ? run<1>(image, width, height, light, isa, stop)
                                      : image.channels() == 3 ? run<3>(image, width, height, light, isa, stop)
                                                              : run<4>(image, width, height, light, isa, stop);
  return Image(width, height, image.channels(), std::move(samples));
}

}  // namespace imgmill::image
