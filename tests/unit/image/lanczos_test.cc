// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "image/lanczos.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <numbers>
#include <random>

namespace imgmill {
namespace {

using image::Image;
using image::Isa;
using image::Light;
using Samples = std::vector<std::uint8_t>;

Image noise(int width, int height, int channels) {
  std::mt19937 random(static_cast<unsigned>(width * 31 + height * 7 + channels));
  Samples samples(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) *
                  static_cast<std::size_t>(channels));
  for (std::uint8_t& sample : samples) sample = static_cast<std::uint8_t>(random() >> 24);
  return Image(width, height, channels, std::move(samples));
}

bool same(const Image& a, const Image& b) {
  return a.width() == b.width() && a.height() == b.height() &&
         std::equal(a.samples().begin(), a.samples().end(), b.samples().begin(), b.samples().end());
}

// By the book: one direction of a grey picture, in doubles.
double by_the_book(const std::vector<double>& line, int to, int i) {
  const double ratio = static_cast<double>(line.size()) / to, center = (i + 0.5) * ratio - 0.5;
  const auto sinc = [](double x) { return x == 0 ? 1 : std::sin(std::numbers::pi * x) / (std::numbers::pi * x); };
  double sum = 0, weights = 0;
  for (std::size_t j = 0; j < line.size(); ++j) {
    const double x = (static_cast<double>(j) - center) / ratio;
    if (std::abs(x) >= 3) continue;
    const double weight = sinc(x) * sinc(x / 3);
    sum += weight * line[j];
    weights += weight;
  }
  return sum / weights;
}

TEST_CASE("lanczos: every instruction set gives the same bytes") {
  const int channels = GENERATE(1, 3, 4);
  const Light light = GENERATE(Light::srgb, Light::linear);
  for (const auto& [width, height, to_width, to_height] :
       {std::array{300, 200, 99, 67}, std::array{517, 41, 516, 17}, std::array{70, 300, 70, 33},
        std::array{1, 90, 1, 7}, std::array{33, 1, 2, 1}, std::array{3, 3, 2, 2}}) {
    const Image picture = noise(width, height, channels);
    const Image plain = image::lanczos(picture, to_width, to_height, light, Isa::baseline);
    CHECK(same(plain, image::lanczos(picture, to_width, to_height, light, Isa::avx2)));
    CHECK(same(plain, image::lanczos(picture, to_width, to_height, light)));
  }
}

TEST_CASE("lanczos: what the formula says, to a level") {
  const int from = GENERATE(64, 101, 1000), to = GENERATE(1, 7, 50, 63);
  const Image picture = noise(from, 3, 1);
  const Image across = image::lanczos(picture, to, 3, Light::srgb);
  std::vector<double> line(picture.row(1), picture.row(1) + from);
  for (int x = 0; x < to; ++x) REQUIRE(std::abs(across.row(1)[x] - std::clamp(by_the_book(line, to, x), 0., 255.)) < 1);

  Samples column(picture.row(1), picture.row(1) + from);
  const Image down = image::lanczos(Image(1, from, 1, column), 1, to, Light::srgb);
  for (int y = 0; y < to; ++y) REQUIRE(down.row(y)[0] == across.row(1)[y]);
}

TEST_CASE("lanczos: a flat picture stays flat, however far it is reduced") {
  const int channels = GENERATE(1, 3, 4);
  const Light light = GENERATE(Light::srgb, Light::linear);
  for (int value = 0; value < 256; value += channels == 3 ? 1 : 17) {
    const Samples flat(std::size_t{97} * 53 * static_cast<std::size_t>(channels), static_cast<std::uint8_t>(value));
    const Image small = image::lanczos(Image(97, 53, channels, flat), 31, 17, light);
    // Where alpha is the smallest there is, nothing is left of the colour.
    for (const std::uint8_t sample : small.samples()) REQUIRE(sample == value);
  }
  const Image wide(200000, 2, 1, Samples(400000, 77));
  CHECK(image::lanczos(wide, 1, 1, light).data()[0] == 77);
}

TEST_CASE("lanczos: in linear light a pattern keeps its brightness") {
  Samples checks;
  for (int i = 0; i < 128 * 128; ++i) checks.push_back((i / 128 + i) % 2 == 0 ? 0 : 255);
  const Image picture(128, 128, 1, checks);
  // Half of the light has the sRGB value 188.
  CHECK(image::lanczos(picture, 32, 32, Light::linear).row(16)[16] == 188);
  CHECK(std::abs(image::lanczos(picture, 32, 32, Light::srgb).row(16)[16] - 128) <= 1);
}

TEST_CASE("lanczos: alpha decides how much a colour counts") {
  // Opaque red beside nearly transparent green.
  Samples samples;
  for (int i = 0; i < 64 * 64; ++i) {
    if (i % 2 == 0) {
      samples.insert(samples.end(), {200, 0, 0, 255});
    } else {
      samples.insert(samples.end(), {0, 200, 0, 1});
    }
  }
  for (const Light light : {Light::srgb, Light::linear}) {
    const Image small = image::lanczos(Image(64, 64, 4, samples), 16, 16, light);
    const std::uint8_t* pixel = small.row(8) + 8 * 4;
    CHECK(std::abs(pixel[0] - 200) <= 2);
    CHECK(pixel[1] <= (light == Light::srgb ? 2 : 16));
    CHECK(pixel[3] == 128);
  }
  const Image hidden = image::lanczos(Image(64, 64, 4, Samples(std::size_t{64} * 64 * 4, 0)), 16, 16, Light::linear);
  for (const std::uint8_t sample : hidden.samples()) REQUIRE(sample == 0);
}

}  // namespace
}  // namespace imgmill
