// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/surface.h"

#include <algorithm>
#include <cmath>

namespace imgmill::trace {
namespace {

constexpr double kUnit = 64;  // px: keeps the terms alike in size

std::array<double, 4> channels(const Paint& p) { return {p.r, p.g, p.b, p.a}; }

}  // namespace

template <std::size_t kCount>
void Surface::row(const std::array<int, kCount>& which, const std::array<double, kCount>& terms, const Paint& color,
                  double w) {
  const std::array<double, 4> value = channels(color);
  for (std::size_t k = 0; k < kCount; ++k) {
    const int i = which[k];
    for (std::size_t n = 0; n <= k; ++n) matrix_[i * (i + 1) / 2 + which[n]] += w * terms[k] * terms[n];
    for (int c = 0; c < 4; ++c) right_[i * 4 + c] += w * terms[k] * value[c];
  }
  squares_ += w * dot(color, color);
}

void Surface::add(const GradientSample& s, vector::Point centre) {
  const double x = (s.at.x - centre.x) / kUnit, y = (s.at.y - centre.y) / kUnit, w = s.weight;
  row<6>({0, 1, 2, 3, 4, 5}, {1, x, y, x * x, x * y, y * y}, s.color, w);
  const std::array<double, 4> color = channels(s.color);
  for (int c = 0; c < 4; ++c) sum_[c] += w * color[c];
  weight_ += w;
  level_squares_ += w * dot(s.color, s.color);
  if (!s.sloped) return;
  const double steep = w * kSlopeWeight;
  row<3>({1, 3, 4}, {1, 2 * x, y}, s.slopes.x * float(kUnit), steep / (kUnit * kUnit));
  row<3>({2, 4, 5}, {1, x, 2 * y}, s.slopes.y * float(kUnit), steep / (kUnit * kUnit));
  level_squares_ += steep * (dot(s.slopes.x, s.slopes.x) + dot(s.slopes.y, s.slopes.y));
}

void Surface::add(const Surface& o) {
  for (std::size_t k = 0; k < matrix_.size(); ++k) matrix_[k] += o.matrix_[k];
  for (std::size_t k = 0; k < right_.size(); ++k) right_[k] += o.right_[k];
  for (std::size_t c = 0; c < sum_.size(); ++c) sum_[c] += o.sum_[c];
  squares_ += o.squares_, level_squares_ += o.level_squares_, weight_ += o.weight_;
}

Paint Surface::mean() const {
  const double k = 1 / std::max(weight_, 1e-9);
  return {float(sum_[0] * k), float(sum_[1] * k), float(sum_[2] * k), float(sum_[3] * k)};
}

double Surface::level_error() const {
  double error = level_squares_;
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
