// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "compress/scale.h"

#include <catch2/catch.hpp>
#include <vector>

#include "image/scene.h"
#include "score/score.h"

using namespace imgmill;
using compress::Fit;
using compress::scaled_size;
using image::Size;

namespace {

compress::CompressParams with(const char* variants) {
  compress::CompressParams params;
  params.variants = compress::parse_variants(variants);
  return params;
}

Size size_of(const image::Image& picture) { return {picture.width(), picture.height()}; }

std::vector<image::Image> scaled(const image::Image& picture, const compress::CompressParams& params) {
  return compress::scale(picture, size_of(picture), params, [](const image::Image&, Size) { return std::pair(0, 0); });
}

Size size(const char* variant, Size picture, Fit general = Fit::inside) {
  return scaled_size(picture, compress::parse_variants(variant)[0], general);
}

bool same(const image::Image& a, const image::Image& b) {
  return size_of(a) == size_of(b) && std::equal(a.samples().begin(), a.samples().end(), b.samples().begin());
}

}  // namespace

TEST_CASE("scaled_size: inside keeps the proportion") {
  CHECK(size("a=100", {400, 200}) == Size{100, 50});
  CHECK(size("a=100", {200, 400}) == Size{50, 100});
  CHECK(size("a=100x20", {400, 200}) == Size{40, 20});
  CHECK(size("a=0", {400, 200}) == Size{400, 200});
  CHECK(size("a=0", {400, 200}, Fit::crop) == Size{400, 200});
}

TEST_CASE("scaled_size: cropping fills the box") {
  CHECK(size("a=100:crop", {400, 200}) == Size{100, 100});
  CHECK(size("a=100x20:attention", {400, 200}) == Size{100, 20});
  CHECK(size("a=100", {400, 200}, Fit::crop) == Size{100, 100});
  CHECK(size("a=100:inside", {400, 200}, Fit::crop) == Size{100, 50});
}

TEST_CASE("scaled_size: nothing is enlarged") {
  CHECK(size("a=100", {40, 20}) == Size{40, 20});
  CHECK(size("a=100:crop", {40, 20}) == Size{40, 20});
  CHECK(size("a=100:crop", {400, 20}) == Size{100, 20});
  CHECK(size("a=1", {1, 1}) == Size{1, 1});
}

TEST_CASE("scaled_size: no side vanishes") {
  CHECK(size("a=10", {20000, 1}) == Size{10, 1});
  CHECK(size("a=1", {3, 20000}) == Size{1, 1});
  CHECK(size("a=10x1", {640, 480}) == Size{1, 1});
}

TEST_CASE("needed_size: the largest variant, or all of the picture") {
  CHECK(compress::needed_size({400, 200}, with("a=100,b=50")) == Size{100, 50});
  CHECK(compress::needed_size({400, 200}, with("a=100:crop,b=150")) == Size{200, 100});
  CHECK(compress::needed_size({400, 200}, with("a=100,b=0")) == Size{});
  CHECK(compress::needed_size({400, 200}, with("a=100,b=500")) == Size{});
  CHECK(compress::needed_size({400, 200}, with("a=100x20,b=10x100")) == Size{40, 20});
}

TEST_CASE("scale: pictures in the order of the variants, of the sizes that scaled_size tells") {
  const image::Image picture = test::scene(400, 200);
  const auto params = with("small=30,full=0,middle=150:crop,large=300x90:attention,huge=5000");
  const std::vector<image::Image> made = scaled(picture, params);
  REQUIRE(made.size() == 5);
  for (std::size_t i = 0; i < made.size(); ++i) {
    CHECK(size_of(made[i]) == scaled_size({400, 200}, params.variants[i], params.fit));
  }
  CHECK(same(made[1], picture));
  CHECK(same(made[4], picture));
}

TEST_CASE("scale: a size is hardly different for being made from a larger variant") {
  const image::Image picture = test::scene(800, 600);
  const image::Image alone = scaled(picture, with("a=100"))[0];
  const image::Image beside = scaled(picture, with("a=100,b=400,c=200"))[0];
  CHECK(score::compare(alone, beside).ssim > .995);
}

TEST_CASE("scale: a crop is cut from the middle, or from where the eye goes") {
  const image::Image picture = test::scene(400, 200);
  const auto middle = scaled(picture, with("a=200:crop"))[0];
  CHECK(same(middle, image::crop(picture, 100, 0, 200, 200)));
  const auto chosen =
      compress::scale(picture, {400, 200}, with("a=200:attention"), [](const image::Image& whole, Size part) {
        CHECK(size_of(whole) == Size{400, 200});
        CHECK(part == Size{200, 200});
        return std::pair(150, 0);
      })[0];
  CHECK(same(chosen, image::crop(picture, 150, 0, 200, 200)));
}

TEST_CASE("scale: the sizes follow from the whole picture where a reduction of it was decoded") {
  // 401 × 201 at half: 201 × 101, whose proportion is a little different.
  const auto made = compress::scale(test::scene(201, 101), {401, 201}, with("a=100,b=201x101:crop"),
                                    [](const image::Image&, Size) { return std::pair(0, 0); });
  CHECK(size_of(made[0]) == scaled_size({401, 201}, with("a=100").variants[0], Fit::inside));
  CHECK(size_of(made[1]) == Size{201, 101});
}

TEST_CASE("scale: the light that is averaged is the one asked for") {
  std::vector<std::uint8_t> checks;
  for (int i = 0; i < 64 * 64; ++i) checks.push_back((i + i / 64) % 2 != 0 ? 255 : 0);
  const image::Image picture(64, 64, 1, std::move(checks));
  auto params = with("a=16");
  const auto middle = [&](compress::LightChoice light) {
    params.light = light;
    return int{scaled(picture, params)[0].row(8)[8]};
  };
  CHECK(middle(compress::LightChoice::srgb) == Approx(128).margin(3));
  CHECK(middle(compress::LightChoice::linear) == Approx(188).margin(3));
  CHECK(middle(compress::LightChoice::automatic) == Approx(188).margin(3));
}

TEST_CASE("route_to: from the picture, or from the nearest variant of twice the size") {
  const auto route = [](const char* variants, std::size_t index) {
    return compress::route_to({1000, 500}, with(variants), index);
  };
  CHECK(route("a=100", 0) == std::vector<Size>{{100, 50}});
  CHECK(route("a=100,b=150", 0) == std::vector<Size>{{100, 50}});
  CHECK(route("a=100,b=200,c=800", 0) == std::vector<Size>{{800, 400}, {200, 100}, {100, 50}});
  CHECK(route("a=100,b=200,c=800", 1) == std::vector<Size>{{800, 400}, {200, 100}});
  CHECK(route("a=100,b=200,c=800", 2) == std::vector<Size>{{800, 400}});
  CHECK(route("a=100x100:crop,b=0", 0) == std::vector<Size>{{1000, 500}, {200, 100}});
}
