// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "score/ssim.h"

#include <catch2/catch.hpp>

#include "score/pictures.h"

using namespace imgmill;

namespace {

score::Ssim ssim(const std::pair<image::Image, image::Image>& pair, score::Isa isa) {
  const image::Image& a = pair.first;
  return score::ssim(a.data(), pair.second.data(), a.width(), a.height(), a.channels(), isa);
}

}  // namespace

TEST_CASE("SSIM is the same to the last bit with AVX2 and without") {
  if (!score::supported(score::Isa::avx2)) {
    WARN("this processor has no AVX2: nothing to compare");
    return;
  }
  for (const char* change : {"jitter", "patch", "shift", "posterise"}) {
    for (const auto& [width, height] : {std::pair{11, 11}, {83, 129}, {128, 64}, {300, 47}}) {
      for (const int channels : {1, 3}) {
        INFO(change << ' ' << width << '×' << height << '×' << channels);
        const auto pair = test::pictures("saw", change, width, height, channels);
        const score::Ssim baseline = ssim(pair, score::Isa::baseline), avx2 = ssim(pair, score::Isa::avx2);
        CHECK(baseline.mean == avx2.mean);
        CHECK(baseline.worst_block == avx2.worst_block);
      }
    }
  }
}

TEST_CASE("SSIM of pictures smaller than the window uses one window for all") {
  for (const auto& [width, height] : {std::pair{1, 1}, {10, 10}, {3, 200}, {500, 10}}) {
    INFO(width << '×' << height);
    CHECK(ssim(test::pictures("noise", "same", width, height, 3), score::Isa::best).mean == Approx(1));
    const score::Ssim jitter = ssim(test::pictures("noise", "jitter", width, height, 3), score::Isa::best);
    const score::Ssim inverse = ssim(test::pictures("noise", "inverse", width, height, 3), score::Isa::best);
    CHECK(jitter.mean > inverse.mean);
    CHECK(jitter.mean <= 1);
    CHECK(jitter.worst_block == jitter.mean);
  }
  // By hand: two flat pictures differ in the luminance term only.
  const std::vector<std::uint8_t> a(9, 100), b(9, 110);
  const double c1 = 2.55 * 2.55;
  CHECK(score::ssim(a.data(), b.data(), 3, 3, 1).mean ==
        Approx((2 * 100.0 * 110 + c1) / (100.0 * 100 + 110.0 * 110 + c1)));
}

TEST_CASE("SSIM finds the one bad block") {
  // 138 − 10 = 128: four blocks a side; the noise covers the window of one block only.
  const int size = 138;
  std::vector<std::uint8_t> a(size * size, 200), b = a;
  for (int y = 74; y < 96; ++y) {
    for (int x = 42; x < 64; ++x) b[y * size + x] = static_cast<std::uint8_t>(test::noise(x, y, 0, 3));
  }
  const score::Ssim s = score::ssim(a.data(), b.data(), size, size, 1);
  CHECK(s.worst_block < 0.5);
  CHECK(1 - s.mean == Approx((1 - s.worst_block) / 16).epsilon(1e-3));
}
