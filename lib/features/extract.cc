// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "features/extract.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <vector>

#include "base/module.h"
#include "features/vision_module.h"
#include "image/block_grid.h"

namespace imgmill::features {
namespace {

constexpr int kLongestSide = 800;
constexpr int kSteep = 8 * 8;  // in the units of imgmill_steepness

using Plane = std::vector<std::uint8_t>;

template <class Function>
Function* vision(const char* name) {
  return reinterpret_cast<Function*>(base::module_symbol("vision", name));
}

void check(int result) {
  if (result != 0) throw std::bad_alloc();
}

struct Picture {
  int width = 0, height = 0;
  Plane rgb, grey;

  std::int64_t pixels() const { return std::int64_t{width} * height; }
  double longest() const { return std::max(width, height); }
};

// By a whole number: any other takes many times as long for each pixel.
image::Image reduced(const image::Image& image) {
  const int times = (std::max(image.width(), image.height()) + kLongestSide - 1) / kLongestSide;
  if (times <= 1) return image;
  static const auto reduce = vision<decltype(imgmill_reduce)>("imgmill_reduce");
  const int width = std::max(1, image.width() / times), height = std::max(1, image.height() / times);
  Plane samples(static_cast<std::size_t>(width) * height * image.channels());
  check(reduce(image.data(), image.width(), image.height(), image.channels(), times, samples.data()));
  return {width, height, image.channels(), std::move(samples)};
}

int luma(const std::uint8_t* rgb) { return (77 * rgb[0] + 150 * rgb[1] + 29 * rgb[2] + 128) >> 8; }

// White drawings on nothing would vanish on white.
bool is_nearly_white(const image::Image& image) {
  std::int64_t sum = 0, weight = 0;
  for (std::int64_t i = 0; i < image.pixels(); ++i) {
    const std::uint8_t* p = image.data() + 4 * i;
    sum += p[3] * luma(p);
    weight += p[3];
  }
  return weight > 0 && sum >= 224 * weight;
}

Picture to_picture(const image::Image& image) {
  Picture picture{image.width(), image.height(), {}, {}};
  const auto pixels = static_cast<std::size_t>(picture.pixels());
  if (image.channels() == 1) {
    for (const std::uint8_t v : image.samples()) picture.rgb.insert(picture.rgb.end(), 3, v);
  } else if (image.channels() == 3) {
    picture.rgb.assign(image.samples().begin(), image.samples().end());
  } else {
    const std::uint8_t ground = is_nearly_white(image) ? 0 : 255;
    const image::Image opaque = image::flatten(image, {ground, ground, ground});
    picture.rgb.assign(opaque.samples().begin(), opaque.samples().end());
  }
  picture.grey.resize(pixels);
  for (std::size_t i = 0; i < pixels; ++i) picture.grey[i] = static_cast<std::uint8_t>(luma(&picture.rgb[3 * i]));
  return picture;
}

// Whatever hides below nothing doesn't count.
struct Pixels {
  explicit Pixels(const image::Image& image)
      : width(image.width()), height(image.height()), channels_(image.channels()), data_(image.data()) {}

  image::Rgba operator()(int x, int y) const {
    const std::uint8_t* p = data_ + (std::int64_t{y} * width + x) * channels_;
    if (channels_ == 3) return {p[0], p[1], p[2], 255};
    if (channels_ == 1) return {p[0], p[0], p[0], 255};
    return p[3] == 0 ? image::Rgba{0, 0, 0, 0} : image::Rgba{p[0], p[1], p[2], p[3]};
  }

  int width, height;

 private:
  int channels_;
  const std::uint8_t* data_;
};

double pixel_grid(const image::Image& image) {
  const int side = image::block_side(Pixels(image));
  return side > 1 ? std::log2(side) / std::log2(image::kLargestBlock) : 0;
}

double transparency(const image::Image& image) {
  if (!image.has_alpha()) return 0;
  std::int64_t sum = 0;
  for (std::int64_t i = 0; i < image.pixels(); ++i) sum += 255 - image.data()[4 * i + 3];
  return static_cast<double>(sum) / (255.0 * static_cast<double>(image.pixels()));
}

// take(value, how often it comes in a row): much of a drawing is one colour, and adding to one counter again and again
// waits for it each time.
template <class Iterator, class Take>
void for_runs(Iterator at, Iterator end, const Take& take) {
  while (at != end) {
    const Iterator start = at;
    while (at != end && *at == *start) ++at;
    take(*start, at - start);
  }
}

double entropy(const Picture& picture) {
  std::array<std::int64_t, 256> levels{};
  for_runs(picture.grey.begin(), picture.grey.end(), [&](std::uint8_t v, std::int64_t n) { levels[v] += n; });
  double bits = 0;
  for (const std::int64_t n : levels) {
    const double share = static_cast<double>(n) / static_cast<double>(picture.pixels());
    if (n > 0) bits -= share * std::log2(share);
  }
  return bits / 8;
}

// How steep the picture is at each pixel, and what lies beside an edge.
struct Relief {
  std::vector<std::uint16_t> steepness;
  Plane by_edge;  // not 0: something steep is in the 5 × 5 px around it
};

Relief relief_of(const Picture& picture) {
  static const auto measure = vision<decltype(imgmill_steepness)>("imgmill_steepness");
  static const auto widen = vision<decltype(imgmill_widen)>("imgmill_widen");
  const auto pixels = static_cast<std::size_t>(picture.pixels());
  Relief relief{std::vector<std::uint16_t>(pixels), Plane(pixels)};
  check(measure(picture.rgb.data(), picture.width, picture.height, relief.steepness.data()));
  Plane steep(pixels);
  for (std::size_t i = 0; i < pixels; ++i) steep[i] = relief.steepness[i] >= kSteep ? 255 : 0;
  check(widen(steep.data(), picture.width, picture.height, 2, relief.by_edge.data()));
  return relief;
}

double log_share(double count, double bits) { return std::clamp(std::log2(std::max(1.0, count)) / bits, 0.0, 1.0); }

void count_colors(const Picture& picture, const Relief& relief, Features& features) {
  constexpr std::size_t kColors = std::size_t{1} << 15;
  std::vector<std::int64_t> all(kColors), away(kColors);
  std::vector<std::uint16_t> colors(relief.steepness.size());  // the highest bit: beside an edge
  for (std::size_t i = 0; i < colors.size(); ++i) {
    const std::uint8_t* p = &picture.rgb[3 * i];
    colors[i] =
        static_cast<std::uint16_t>((relief.by_edge[i] & 0x80) << 8 | (p[0] >> 3) << 10 | (p[1] >> 3) << 5 | p[2] >> 3);
  }
  for_runs(colors.begin(), colors.end(), [&](std::uint16_t color, std::int64_t n) {
    all[color & 0x7fff] += n;
    if ((color & 0x8000) == 0) away[color] += n;
  });
  const double least = 0.0005 * static_cast<double>(picture.pixels());
  const auto many = [](auto begin, auto end, auto test) {
    return static_cast<double>(std::count_if(begin, end, test));
  };
  features.color_mixtures = log_share(many(all.begin(), all.end(), [](std::int64_t n) { return n > 0; }), 15);
  features.unique_colors = log_share(
      many(away.begin(), away.end(), [&](std::int64_t n) { return n > 0 && static_cast<double>(n) >= least; }), 8);
}

void measure_surfaces(const Relief& relief, Features& features) {
  std::int64_t flat = 0, ramps = 0;
  for (std::size_t i = 0; i < relief.steepness.size(); ++i) {
    flat += relief.steepness[i] == 0;
    ramps += relief.steepness[i] > 0 && relief.by_edge[i] == 0;
  }
  const auto pixels = static_cast<double>(relief.steepness.size());
  const double share = static_cast<double>(ramps) / pixels;
  features.flat_share = static_cast<double>(flat) / pixels;
  features.gradient_strength = share / (share + 0.05);
}

// The difference of two Laplacians is blind to ramps; its response to noise of σ has the deviation 6 σ, and a median of
// .6745 of that. Where edges are everywhere, 0.
double noise(const Picture& picture, const Relief& relief) {
  constexpr int kMost = 4 * 4 * 255;
  std::vector<std::int64_t> responses(kMost + 1);
  std::int64_t count = 0;
  const int w = picture.width;
  for (int y = 1; y + 1 < picture.height; ++y) {
    const std::uint8_t* row = picture.grey.data() + std::size_t(y) * w;
    const std::uint8_t* by_edge = relief.by_edge.data() + std::size_t(y) * w;
    for (int x = 1; x + 1 < w; ++x) {
      if (by_edge[x] != 0) continue;
      const std::uint8_t* p = row + x;
      const int response =
          std::abs(p[-w - 1] + p[-w + 1] + p[w - 1] + p[w + 1] - 2 * (p[-w] + p[-1] + p[1] + p[w]) + 4 * p[0]);
      ++count;
      if (response > 0) ++responses[static_cast<std::size_t>(response)];
    }
  }
  std::int64_t answers = 0;
  for (const std::int64_t n : responses) answers += n;
  responses[0] = count - answers;
  std::int64_t below = 0;
  int median = 0;
  while (median < kMost && (below += responses[static_cast<std::size_t>(median)]) * 2 < count) ++median;
  return std::min(1.0, median / (0.6745 * 6) / 16);
}

double region_count(const Picture& picture, const Relief& relief) {
  static const auto count_regions = vision<decltype(imgmill_count_regions)>("imgmill_count_regions");
  Plane flat(relief.steepness.size());
  for (std::size_t i = 0; i < flat.size(); ++i) flat[i] = relief.steepness[i] == 0 ? 255 : 0;
  int count = 0;
  check(count_regions(flat.data(), picture.width, picture.height, static_cast<int>((picture.pixels() + 16383) / 16384),
                      &count));
  return log_share(1.0 + count, 8);
}

// The share of the cells of a grid that have a mark, 255. Cells are `side` px wide (a fraction too), the last ones
// less.
double share_of_cells(const Plane& marks, int width, int height, double side) {
  const auto cells = [&](int length) { return std::max(1, static_cast<int>(std::ceil(length / side))); };
  const int columns = cells(width), rows = cells(height);
  std::vector<char> marked(static_cast<std::size_t>(columns) * rows);
  for (int y = 0; y < height; ++y) {
    const std::uint8_t* row = marks.data() + static_cast<std::size_t>(y) * width;
    const std::uint8_t* const end = row + width;
    for (const std::uint8_t* at = row; (at = std::find(at, end, 255)) != end; ++at) {
      marked[static_cast<std::size_t>(static_cast<int>(y / side) * columns + static_cast<int>((at - row) / side))] = 1;
    }
  }
  return static_cast<double>(std::count(marked.begin(), marked.end(), 1)) / static_cast<double>(marked.size());
}

void measure_edges(const Picture& picture, Features& features) {
  static const auto find = vision<decltype(imgmill_edges)>("imgmill_edges");
  Plane edges(picture.grey.size());
  check(find(picture.grey.data(), picture.width, picture.height, 100, 200, edges.data()));
  const auto count = static_cast<double>(edges.size()) - static_cast<double>(std::count(edges.begin(), edges.end(), 0));
  features.edge_density = std::min(1.0, count * picture.longest() / (100.0 * static_cast<double>(picture.pixels())));
  features.edge_spread = share_of_cells(edges, picture.width, picture.height, picture.longest() / 64);
}

double corner_density(const Picture& picture) {
  static const auto find = vision<decltype(imgmill_corners)>("imgmill_corners");
  Plane corners(picture.grey.size());
  check(find(picture.grey.data(), picture.width, picture.height, 1e-4, corners.data()));
  return share_of_cells(corners, picture.width, picture.height, picture.longest() / 16);
}

}  // namespace

Features extract(const image::Image& image, const base::Stop& stop) {
  Features features;
  features.pixel_grid = pixel_grid(image);  // of the picture as it is: reducing it blurs the blocks
  const image::Image small = reduced(image);
  stop.check();
  features.transparency = transparency(small);
  const Picture picture = to_picture(small);
  const Relief relief = relief_of(picture);
  measure_surfaces(relief, features);
  features.entropy = entropy(picture);
  count_colors(picture, relief, features);
  features.noise = noise(picture, relief);
  stop.check();
  features.region_count = region_count(picture, relief);
  measure_edges(picture, features);
  stop.check();
  features.corner_density = corner_density(picture);
  features.complexity_score = (features.unique_colors + features.entropy + features.edge_density +
                               features.corner_density + features.region_count) /
                              5;
  return features;
}

}  // namespace imgmill::features
