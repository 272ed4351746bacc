// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "score/score.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>
#include <sstream>

#include "base/error.h"
#include "score/pictures.h"

using namespace imgmill;

namespace {

image::Image constant(int width, int height, std::vector<std::uint8_t> pixel) {
  std::vector<std::uint8_t> samples;
  for (int i = 0; i < width * height; ++i) samples.insert(samples.end(), pixel.begin(), pixel.end());
  return image::Image(width, height, static_cast<int>(pixel.size()), std::move(samples));
}

}  // namespace

TEST_CASE("compare gives the numbers of scikit-image") {
  std::ifstream table(IMGMILL_TEST_DATA "/ssim_golden.tsv");
  REQUIRE(table);
  int cases = 0;
  for (std::string line; std::getline(table, line);) {
    if (line.empty() || line[0] == '#') continue;
    std::istringstream fields(line);
    std::string kind, change, psnr;
    int width = 0, height = 0, channels = 0;
    double ssim = 0, worst = 0;
    fields >> kind >> change >> width >> height >> channels >> ssim >> worst >> psnr;
    REQUIRE(fields);
    INFO(line);
    const auto [reference, result] = test::pictures(kind, change, width, height, channels);
    const score::Score score = score::compare(reference, result);
    CHECK(score.ssim == Approx(ssim).epsilon(0).margin(5e-5));
    CHECK(score.worst_block == Approx(worst).epsilon(0).margin(5e-5));
    if (psnr == "inf") {
      CHECK(std::isinf(score.psnr));
    } else {
      CHECK(score.psnr == Approx(std::stod(psnr)).margin(1e-5));
    }
    ++cases;
  }
  CHECK(cases >= 20);
}

TEST_CASE("compare of a picture with itself is 1 and infinite") {
  const auto [picture, same] = test::pictures("noise", "same", 50, 50, 4);
  const score::Score score = score::compare(picture, same);
  CHECK(score.ssim == 1);
  CHECK(score.worst_block == 1);
  CHECK(std::isinf(score.psnr));
}

TEST_CASE("compare takes the worse of white and black where the reference has alpha") {
  // A transparent picture drawn opaque white: perfect on white, as wrong as can be on black.
  const image::Image reference = constant(40, 40, {10, 20, 30, 0}), result = constant(40, 40, {255, 255, 255, 255});
  CHECK(score::compare(reference, result).ssim < 0.01);
  CHECK(score::compare(reference, result).psnr == Approx(0).margin(1e-9));
  // An opaque reference is judged on white only.
  CHECK(score::compare(constant(40, 40, {255, 255, 255}), constant(40, 40, {0, 0, 0, 0})).ssim == 1);
}

TEST_CASE("compare takes grey for RGB of equal values") {
  const image::Image grey = constant(40, 40, {90}), rgb = constant(40, 40, {90, 90, 90});
  CHECK(score::compare(grey, rgb).ssim == 1);
  CHECK(score::compare(rgb, constant(40, 40, {91})).ssim < 1);
}

TEST_CASE("compare refuses pictures of different sizes") {
  try {
    score::compare(constant(20, 20, {0}), constant(20, 21, {0}));
    FAIL("nothing was thrown");
  } catch (const base::Error& error) {
    CHECK(error.kind() == base::ErrorKind::internal);
    CHECK(std::string(error.what()).find("20×21") != std::string::npos);
  }
}
