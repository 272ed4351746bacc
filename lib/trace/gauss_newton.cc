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

class Equations {
 public:
  Equations(const std::vector<Row>& rows, const Coordinates& coordinates, std::size_t pixels)
      : rows_(rows), coordinates_(coordinates), seen_(pixels), spread_(coordinates.variable.size() + 8) {}

  // Of the sum of squares, by variable.
  std::vector<float> gradient(const std::vector<Paint>& residuals) {
    std::fill(spread_.begin(), spread_.end(), 0.0f);
    for (const Row& row : rows_) add(row, dot(row.color, residuals[row.pixel]));
    return gathered();
  }

  std::vector<float> diagonal() {
    std::fill(spread_.begin(), spread_.end(), 0.0f);
    for (const Row& row : rows_) {
      const float size = dot(row.color, row.color);
      for (int k = 0; k < 8; ++k) spread_[row.first + k] += size * row.cover[k] * row.cover[k];
    }
    return gathered();
  }

  // The matrix of the normal equations by a vector.
  std::vector<float> product(const std::vector<float>& x) {
    scatter(x);
    std::fill(seen_.begin(), seen_.end(), Paint{0, 0, 0, 0});
    for (const Row& row : rows_) {
      float sum = 0;
      for (int k = 0; k < 8; ++k) sum += row.cover[k] * spread_[row.first + k];
      seen_[row.pixel] = seen_[row.pixel] + row.color * sum;
    }
    std::fill(spread_.begin(), spread_.end(), 0.0f);
    for (const Row& row : rows_) add(row, dot(row.color, seen_[row.pixel]));
    return gathered();
  }

  std::vector<float> spread(const std::vector<float>& x) {
    scatter(x);
    return {spread_.begin(), spread_.begin() + static_cast<std::ptrdiff_t>(coordinates_.variable.size())};
  }

 private:
  void add(const Row& row, float by) {
    for (int k = 0; k < 8; ++k) spread_[row.first + k] += row.cover[k] * by;
  }
  void scatter(const std::vector<float>& x) {
    const std::vector<std::int32_t>& variable = coordinates_.variable;
    for (std::size_t k = 0; k < variable.size(); ++k) spread_[k] = variable[k] < 0 ? 0 : x[variable[k]];
  }
  std::vector<float> gathered() const {
    const std::vector<std::int32_t>& variable = coordinates_.variable;
    std::vector<float> x(coordinates_.variables, 0);
    for (std::size_t k = 0; k < variable.size(); ++k) {
      if (variable[k] >= 0) x[variable[k]] += spread_[k];
    }
    return x;
  }

  const std::vector<Row>& rows_;
  const Coordinates& coordinates_;
  std::vector<Paint> seen_;    // per pixel
  std::vector<float> spread_;  // per coordinate, and room for the zeros of the last line
};

}  // namespace

// Conjugate gradients, preconditioned by the diagonal (Hestenes & Stiefel 1952).
std::vector<float> gauss_newton_step(const std::vector<Row>& rows, const Coordinates& coordinates,
                                     const std::vector<Paint>& residuals, const base::Stop& stop) {
  Equations equations(rows, coordinates, residuals.size());
  const std::size_t n = static_cast<std::size_t>(coordinates.variables);
  std::vector<float> rest = equations.gradient(residuals), step(n, 0), way(n), damping(n), scale(n);
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
