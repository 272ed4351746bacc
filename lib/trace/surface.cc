// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/surface.h"

#include <algorithm>
#include <cmath>

namespace imgmill::trace {
namespace {

constexpr double kUnit = 64;  // px: keeps the terms alike in size

// Sums of the products of the powers of places.
struct Powers {
  std::array<double, 15> at{};  // 1, x, y, x², xy, y², x³ …

  static constexpr int index(int x, int y) { return (x + y) * (x + y + 1) / 2 + y; }
  double operator()(int x, int y) const { return at[index(x, y)]; }
};

}  // namespace

void Surface::add(const GradientSamples& samples, vector::Point centre) {
  if (samples.empty()) return;
  Powers level, steep;  // of the samples, and of those whose slopes are known, up to the second
  std::array<Channels, kTerms> right{};
  Channels sum{};
  double squares = 0, slope_squares = 0;
  for (const GradientSamples::Block& b : samples.blocks()) {
    for (int lane = 0; lane < 4; ++lane) {
      const double x = (b.x[lane] - centre.x) / kUnit, y = (b.y[lane] - centre.y) / kUnit;
      const double xx = x * x, xy = x * y, yy = y * y;
      const double w = b.weight[lane], wxx = w * xx, wxy = w * xy, wyy = w * yy;
      const std::array<double, 15> level_powers{w,        w * x,    w * y,    wxx,      wxy,
                                                wyy,      wxx * x,  wxx * y,  wyy * x,  wyy * y,
                                                wxx * xx, wxx * xy, wxx * yy, wyy * xy, wyy * yy};
      for (std::size_t k = 0; k < level_powers.size(); ++k) level.at[k] += level_powers[k];
      const Channels color = __builtin_convertvector(b.color[lane], Channels);
      const Channels weighed = color * w;
      sum += weighed;
      right[0] += weighed, right[1] += weighed * x, right[2] += weighed * y;
      right[3] += weighed * xx, right[4] += weighed * xy, right[5] += weighed * yy;
      squares += w * trace::sum(b.color[lane] * b.color[lane]);
      if (b.steep[lane] == 0) continue;
      const double s = b.steep[lane] / (kUnit * kUnit);
      const std::array<double, 6> steep_powers{s, s * x, s * y, s * xx, s * xy, s * yy};
      for (std::size_t k = 0; k < steep_powers.size(); ++k) steep.at[k] += steep_powers[k];
      const Channels by_x = __builtin_convertvector(b.slope_x[lane], Channels) * (s * kUnit);
      const Channels by_y = __builtin_convertvector(b.slope_y[lane], Channels) * (s * kUnit);
      right[1] += by_x, right[2] += by_y;
      right[3] += by_x * (2 * x), right[4] += by_x * y + by_y * x, right[5] += by_y * (2 * y);
      slope_squares += b.steep[lane] * (b.xx[lane] + b.yy[lane]);
    }
  }
  // Colours are rows of 1, x, y, x², xy, y²; slopes of 0, 1, 0, 2x, y, 0 and 0, 0, 1, 0, x, 2y.
  constexpr std::array<std::array<int, 2>, kTerms> kPowers{{{0, 0}, {1, 0}, {0, 1}, {2, 0}, {1, 1}, {0, 2}}};
  const auto entry = [&](int i, int j) -> double& { return matrix_[i * (i + 1) / 2 + j]; };
  for (int i = 0; i < kTerms; ++i) {
    for (int j = 0; j <= i; ++j) entry(i, j) += level(kPowers[i][0] + kPowers[j][0], kPowers[i][1] + kPowers[j][1]);
  }
  entry(1, 1) += steep(0, 0), entry(2, 2) += steep(0, 0);
  entry(3, 1) += 2 * steep(1, 0), entry(3, 3) += 4 * steep(2, 0);
  entry(4, 1) += steep(0, 1), entry(4, 2) += steep(1, 0), entry(4, 3) += 2 * steep(1, 1);
  entry(4, 4) += steep(0, 2) + steep(2, 0);
  entry(5, 2) += 2 * steep(0, 1), entry(5, 4) += 2 * steep(1, 1), entry(5, 5) += 4 * steep(0, 2);
  for (int i = 0; i < kTerms; ++i) {
    for (int c = 0; c < 4; ++c) right_[i * 4 + c] += right[i][c];
  }
  for (int c = 0; c < 4; ++c) sum_[c] += sum[c];
  weight_ += level(0, 0);
  squares_ += squares + slope_squares;
}

void Surface::add(const Surface& o) {
  for (std::size_t k = 0; k < matrix_.size(); ++k) matrix_[k] += o.matrix_[k];
  for (std::size_t k = 0; k < right_.size(); ++k) right_[k] += o.right_[k];
  for (std::size_t c = 0; c < sum_.size(); ++c) sum_[c] += o.sum_[c];
  squares_ += o.squares_, weight_ += o.weight_;
}

Paint Surface::mean() const {
  const double k = 1 / std::max(weight_, 1e-9);
  return {float(sum_[0] * k), float(sum_[1] * k), float(sum_[2] * k), float(sum_[3] * k)};
}

double Surface::level_error() const {
  double error = squares_;
  for (const double v : sum_) error -= v * v / std::max(weight_, 1e-9);
  return std::max(error, 0.0);
}

// By Cholesky's decomposition, with a little on the diagonal to make it regular.
double Surface::error() const {
  std::array<Terms, kTerms> low{};
  std::array<std::array<double, 4>, kTerms> z{};
  double error = squares_;
  for (int i = 0; i < kTerms; ++i) {
    for (int j = 0; j <= i; ++j) {
      double v = matrix_[i * (i + 1) / 2 + j];
      if (i == j) v += 1e-6 * weight_ + 1e-9;
      for (int k = 0; k < j; ++k) v -= low[i][k] * low[j][k];
      low[i][j] = i == j ? std::sqrt(std::max(v, 1e-12)) : v / low[j][j];
    }
    for (int c = 0; c < 4; ++c) {
      double v = right_[i * 4 + c];
      for (int k = 0; k < i; ++k) v -= low[i][k] * z[k][c];
      z[i][c] = v / low[i][i];
      error -= z[i][c] * z[i][c];
    }
  }
  return std::max(error, 0.0);
}

}  // namespace imgmill::trace
