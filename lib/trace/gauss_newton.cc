// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/gauss_newton.h"

#include <algorithm>

namespace imgmill::trace {
namespace {

constexpr float kDamping = 0.1f;  // of a variable's own weight
constexpr float kPrior = 0.5f;    // the weight of staying where the points were measured
constexpr int kRounds = 6;        // of conjugate gradients
constexpr double kEnough = 1e-3;  // what is left of the gradient, squared, when another round is not worth it

// The normal equations. A pixel that follows one segment alone, as most do, adds to that segment's block of the matrix;
// where several segments meet in a pixel, the matrix is never built, but applied row by row.
class Equations {
 public:
  Equations(const std::vector<Row>& rows, const Coordinates& coordinates, const std::vector<Paint>& residuals)
      : coordinates_(coordinates),
        seen_(residuals.size()),
        gradient_(coordinates.variable.size() + 8),
        diagonal_(gradient_.size()),
        spread_(gradient_.size()),
        product_(gradient_.size()) {
    std::vector<std::uint8_t> met(residuals.size());
    for (const Row& row : rows) met[row.pixel] = static_cast<std::uint8_t>(met[row.pixel] == 0 ? 1 : 2);
    for (const Row& row : rows) {
      add(row, dot(row.color, residuals[row.pixel]), gradient_);
      met[row.pixel] == 1 ? add_to_block(row) : shared_.push_back(row);
    }
    for (Block& block : blocks_) {
      for (int j = 0; j < 4; ++j) {
        for (int i = 4; i < 8; ++i) block.at[8 * i + j] = block.at[8 * j + i];
      }
      for (int k = 0; k < 8; ++k) diagonal_[block.first + k] += block.at[9 * k];
    }
    for (const Row& row : shared_) {
      const float size = dot(row.color, row.color);
      for (int k = 0; k < 8; ++k) diagonal_[row.first + k] += size * row.cover[k] * row.cover[k];
    }
  }

  // Of the sum of squares, by variable.
  std::vector<float> gradient() const { return gathered(gradient_); }
  std::vector<float> diagonal() const { return gathered(diagonal_); }

  // The matrix by a vector.
  std::vector<float> product(const std::vector<float>& x) {
    scatter(x);
    std::fill(product_.begin(), product_.end(), 0.0f);
    for (const Block& block : blocks_) {
      const float* in = &spread_[block.first];
      float* out = &product_[block.first];
      for (int j = 0; j < 8; ++j) {
        for (int i = 0; i < 8; ++i) out[i] += block.at[8 * j + i] * in[j];
      }
    }
    for (const Row& row : shared_) seen_[row.pixel] = Paint{0, 0, 0, 0};
    for (const Row& row : shared_) {
      const float* by = row.cover.data();
      const float* at = &spread_[row.first];
      seen_[row.pixel] = seen_[row.pixel] + row.color * sum(four(by) * four(at) + four(by + 4) * four(at + 4));
    }
    for (const Row& row : shared_) add(row, dot(row.color, seen_[row.pixel]), product_);
    return gathered(product_);
  }

  std::vector<float> spread(const std::vector<float>& x) {
    scatter(x);
    return {spread_.begin(), spread_.begin() + static_cast<std::ptrdiff_t>(coordinates_.variable.size())};
  }

 private:
  struct Block {
    std::int32_t first;
    std::array<float, 64> at;  // symmetric
  };

  static void add(const Row& row, float by, std::vector<float>& to) {
    for (int k = 0; k < 8; ++k) to[row.first + k] += row.cover[k] * by;
  }
  // Rows of one segment come one after the other. A line has no more than the first quarter; the last but one is left
  // out, as it mirrors the second.
  void add_to_block(const Row& row) {
    if (blocks_.empty() || blocks_.back().first != row.first) blocks_.push_back({row.first, {}});
    const float size = dot(row.color, row.color);
    const std::array<float, 8>& by = row.cover;
    const bool line = by[4] == 0 && by[5] == 0 && by[6] == 0 && by[7] == 0;
    float* at = blocks_.back().at.data();
    for (int j = 0; j < 4; ++j) {
      for (int i = 0; i < 4; ++i) at[8 * j + i] += size * by[j] * by[i];
    }
    if (line) return;
    for (int j = 0; j < 8; ++j) {
      for (int i = 4; i < 8; ++i) at[8 * j + i] += size * by[j] * by[i];
    }
  }
  void scatter(const std::vector<float>& x) {
    const std::vector<std::int32_t>& variable = coordinates_.variable;
    for (std::size_t k = 0; k < variable.size(); ++k) spread_[k] = variable[k] < 0 ? 0 : x[variable[k]];
  }
  std::vector<float> gathered(const std::vector<float>& by_coordinate) const {
    const std::vector<std::int32_t>& variable = coordinates_.variable;
    std::vector<float> x(coordinates_.variables, 0);
    for (std::size_t k = 0; k < variable.size(); ++k) {
      if (variable[k] >= 0) x[variable[k]] += by_coordinate[k];
    }
    return x;
  }

  const Coordinates& coordinates_;
  std::vector<Block> blocks_;
  std::vector<Row> shared_;
  std::vector<Paint> seen_;  // per pixel
  // Per coordinate, and room for the zeros of the last line:
  std::vector<float> gradient_, diagonal_, spread_, product_;
};

}  // namespace

// Conjugate gradients, preconditioned by the diagonal (Hestenes & Stiefel 1952).
std::vector<float> gauss_newton_step(const std::vector<Row>& rows, const Coordinates& coordinates,
                                     const std::vector<Paint>& residuals, const base::Stop& stop) {
  Equations equations(rows, coordinates, residuals);
  const std::size_t n = static_cast<std::size_t>(coordinates.variables);
  std::vector<float> rest = equations.gradient(), step(n, 0), way(n), damping(n), scale(n);
  const std::vector<float> diagonal = equations.diagonal();
  double size = 0;
  for (std::size_t k = 0; k < n; ++k) {
    damping[k] = kDamping * diagonal[k] + kPrior;
    scale[k] = 1 / (diagonal[k] + damping[k]);
    way[k] = rest[k] * scale[k];
    size += double(rest[k]) * way[k];
  }
  const double enough = size * kEnough;
  for (int round = 0; round < kRounds && size > enough; ++round) {
    stop.check();
    std::vector<float> bent = equations.product(way);
    double curvature = 0;
    for (std::size_t k = 0; k < n; ++k) {
      bent[k] += damping[k] * way[k];
      curvature += double(bent[k]) * way[k];
    }
    if (curvature <= 0) break;
    const float far = static_cast<float>(size / curvature);
    double next = 0;
    for (std::size_t k = 0; k < n; ++k) {
      step[k] += far * way[k];
      rest[k] -= far * bent[k];
      next += double(rest[k]) * rest[k] * scale[k];
    }
    const float turn = static_cast<float>(next / size);
    for (std::size_t k = 0; k < n; ++k) way[k] = rest[k] * scale[k] + turn * way[k];
    size = next;
  }
  return equations.spread(step);
}

}  // namespace imgmill::trace
