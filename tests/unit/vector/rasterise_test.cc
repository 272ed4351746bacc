// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "vector/rasterise.h"

#include <catch2/catch.hpp>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/error.h"

using namespace imgmill;

namespace {

base::ByteView bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

image::Rgba pixel(const image::Image& image, int x, int y) {
  const std::uint8_t* p = image.row(y) + x * 4;
  return {p[0], p[1], p[2], p[3]};
}

base::ErrorKind error_of(std::string_view svg, int width, int height) {
  try {
    vector::rasterise(bytes(svg), width, height);
  } catch (const base::Error& error) {
    CHECK(std::string_view(error.what()).find('\n') == std::string_view::npos);
    CHECK(std::string_view(error.what()).size() > 10);
    return error.kind();
  }
  FAIL("nothing was thrown");
  return base::ErrorKind::internal;
}

constexpr std::string_view kQuarters =
    R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 4" width="4" height="4">)"
    R"(<path fill="#f00" d="M0 0h2v2H0z"/><path fill="#00f" fill-opacity=".5" d="M2 2h2v2H2z"/></svg>)";

}  // namespace

TEST_CASE("rasterise draws with straight alpha") {
  const image::Image image = vector::rasterise(bytes(kQuarters), 4, 4);
  REQUIRE(image.width() == 4);
  REQUIRE(image.height() == 4);
  REQUIRE(image.channels() == 4);
  CHECK(pixel(image, 0, 0) == image::Rgba{255, 0, 0, 255});
  CHECK(pixel(image, 3, 0) == image::Rgba{0, 0, 0, 0});
  const image::Rgba translucent = pixel(image, 3, 3);
  CHECK(translucent.b == 255);
  CHECK(translucent.r == 0);
  CHECK(int{translucent.a} == Approx(128).margin(1));
}

TEST_CASE("rasterise fills the size it is given, whatever the file says") {
  for (const std::string_view size :
       {R"(width="4" height="4")", R"(width="100%" height="100%")", "", R"(width="1in")"}) {
    INFO(size);
    const std::string svg = R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 4" )" + std::string(size) +
                            R"(><path fill="#0a0" d="M0 0h4v4H0z"/></svg>)";
    const image::Image image = vector::rasterise(bytes(svg), 40, 20);
    for (const auto& [x, y] : {std::pair{0, 0}, {39, 0}, {0, 19}, {39, 19}}) {
      CHECK(pixel(image, x, y) == image::Rgba{0, 170, 0, 255});
    }
  }
}

TEST_CASE("rasterise names what it can't draw in one line") {
  CHECK(error_of("", 4, 4) == base::ErrorKind::input);
  CHECK(error_of("not an image", 4, 4) == base::ErrorKind::input);
  CHECK(error_of("<html/>", 4, 4) == base::ErrorKind::input);
  CHECK(error_of(kQuarters.substr(0, 150), 4, 4) == base::ErrorKind::input);
  CHECK(error_of(kQuarters, 40000, 1) == base::ErrorKind::limit);
  CHECK(error_of(kQuarters, 0, 4) == base::ErrorKind::internal);
}

TEST_CASE("rasterise takes a path of more than 10 MB") {
  std::string svg = R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 4"><path fill="#f00" d="M0 0h4v4H0z)";
  while (svg.size() < 12u << 20) svg += "m0 0h0z                                                         ";
  svg += R"("/></svg>)";
  CHECK(pixel(vector::rasterise(bytes(svg), 4, 4), 2, 2) == image::Rgba{255, 0, 0, 255});
}

TEST_CASE("rasterise works on several threads at once") {
  const image::Image expected = vector::rasterise(bytes(kQuarters), 64, 64);
  std::vector<int> equal(4, 0);
  std::vector<std::thread> threads;
  for (int& count : equal) {
    threads.emplace_back([&expected, &count] {
      for (int i = 0; i < 20; ++i) {
        const image::Image image = vector::rasterise(bytes(kQuarters), 64, 64);
        count += std::equal(image.samples().begin(), image.samples().end(), expected.samples().begin()) ? 1 : 0;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(equal == std::vector<int>(4, 20));
}
