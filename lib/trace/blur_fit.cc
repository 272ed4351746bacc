// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/blur_fit.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

#include "trace/linear_system.h"

namespace imgmill::trace {
namespace {

constexpr std::size_t kEach = 4;  // unknowns of a layer: its shift in x and y, sigma, its depth
constexpr std::size_t kMost = 2 * kEach;

// px around a shape from where a layer may fetch what it shows there.
int room_around(const std::vector<Blur>& layers) {
  double most = 0;
  for (const Blur& layer : layers) most = std::max({most, std::fabs(layer.shift.x), std::fabs(layer.shift.y)});
  return static_cast<int>(std::ceil(most));
}

using System = std::array<std::array<double, kMost + 1>, kMost>;

// In cells.
class Fit {
 public:
  Fit(const SoftShadow& shadow, int cell, const std::vector<Blur>& start)
      : room_(room_around(start) / cell + kMoreRoom),
        caster_(padded(shrunk(shadow.caster, cell), room_)),
        depth_(shrunk(shadow.depth, cell)),
        seen_(shrunk(shadow.seen, cell)),
        most_(shadow.most),
        step_(row_step(start, cell)) {
    for (const Blur& blur : start) layers_.push_back({blur.sigma / cell, blur.shift * (1.0 / cell), blur.depth});
  }

  // What is left of what is seen, and the equations of the next step.
  double sum_up(System& system) const {
    const std::size_t unknowns = kEach * layers_.size();
    std::vector<Field> soft;
    for (const Blur& layer : layers_) soft.push_back(blurred(caster_, layer.sigma, rows_around(layer)));
    double squares = 0, seen = 0;
    std::array<double, kMost> slope{};
    for (int y = step_ / 2; y < depth_.height; y += step_) {
      for (int x = 0; x < depth_.width; ++x) {
        if (seen_(x, y) < 1 || (depth_(x, y) == 0 && soft[0](x + room_, y + room_) == 0)) continue;
        const double off = depth_(x, y) - look(soft, x, y, slope);
        squares += off * off, seen += double{depth_(x, y)} * depth_(x, y);
        for (std::size_t r = 0; r < unknowns; ++r) {
          for (std::size_t c = 0; c < unknowns; ++c) system[r][c] += slope[r] * slope[c];
          system[r][kMost] += slope[r] * off;
        }
      }
    }
    return seen > 0 ? squares / seen : 1;
  }

  // False where the unknowns can't be told from one another, or lead nowhere.
  bool step(System system, double damping) {
    std::array<double, kMost> by{};
    const std::size_t unknowns = kEach * layers_.size();
    for (std::size_t k = 0; k < unknowns; ++k) system[k][k] *= 1 + damping;
    if (!solve(system, unknowns, by)) return false;
    for (std::size_t k = 0; k < layers_.size(); ++k) {
      Blur& layer = layers_[k];
      const double* const change = &by[kEach * k];
      const double most = layer.sigma + 0.5;
      layer.shift = layer.shift + vector::Point{std::clamp(change[0], -most, most), std::clamp(change[1], -most, most)};
      layer.sigma = std::clamp(layer.sigma + change[2], 0.6 * layer.sigma, 1.6 * layer.sigma);
      layer.depth += change[3];
      if (layer.sigma < 0.3 || layer.sigma > std::max(depth_.width, depth_.height) || layer.depth <= 0) return false;
    }
    return true;
  }

  const std::vector<Blur>& layers() const { return layers_; }
  void set(const std::vector<Blur>& layers) { layers_ = layers; }

 private:
  // Of many cells, one row in so many is looked at, but none of the shadow's sides is stepped over.
  int row_step(const std::vector<Blur>& layers, int cell) const {
    constexpr std::size_t kEnough = 20000;  // cells
    double finest = 1e9;
    for (const Blur& layer : layers) finest = std::min(finest, layer.sigma / cell);
    return std::clamp(static_cast<int>(depth_.at.size() / kEnough), 1, std::max(static_cast<int>(1.5 * finest), 1));
  }

  static constexpr int kMoreRoom = 6;  // cells by which a layer may come to be moved more than it is at first

  // The rows that are asked of a layer.
  Rows rows_around(const Blur& layer) const {
    constexpr int kBeside = 2;  // for slopes, and what lies between two rows
    Rows rows(caster_.height);
    for (int y = step_ / 2; y < depth_.height; y += step_) {
      const int at = y + room_ - static_cast<int>(std::floor(layer.shift.y));
      for (int v = std::max(at - kBeside, 0); v <= std::min(at + kBeside, caster_.height - 1); ++v) rows[v] = 1;
    }
    return rows;
  }

  // The depth at a cell, and how it follows each unknown.
  double look(const std::vector<Field>& soft, int x, int y, std::array<double, kMost>& slope) const {
    std::array<double, 2> depths{};
    for (std::size_t k = 0; k < layers_.size(); ++k) {
      const auto& [sigma, shift, depth] = layers_[k];
      const double u = x + room_ - shift.x, v = y + room_ - shift.y;
      const auto [here, left, right, above, below] = soft[k].around(u, v);
      double* const to = &slope[kEach * k];
      to[0] = depth * (double{left} - right) / 2, to[1] = depth * (double{above} - below) / 2;
      to[2] = depth * sigma * (double{left} + right + above + below - 4 * double{here});
      to[3] = here;
      depths[k] = depth * here;
    }
    if (layers_.size() == 1) return depths[0];
    for (std::size_t k = 0; k < 2; ++k) {  // each through the other
      for (std::size_t n = kEach * k; n < kEach * (k + 1); ++n) slope[n] *= 1 - depths[1 - k] / most_;
    }
    return depths[0] + depths[1] - depths[0] * depths[1] / most_;
  }

  int room_;  // cells around the others that the caster's field has
  Field caster_, depth_, seen_;
  double most_;
  int step_;  // rows
  std::vector<Blur> layers_;
};

}  // namespace

BlurFit fit_blur(const SoftShadow& shadow, const std::vector<Blur>& start, int cell, int steps,
                 const base::Stop& stop) {
  constexpr double kSame = 0.01;  // of what was left before
  Fit fit(shadow, cell, start);
  double damping = 1e-3;
  System best_system{};
  BlurFit best{fit.layers(), fit.sum_up(best_system)};
  for (int k = 0; k < steps; ++k) {
    stop.check();
    fit.set(best.layers);
    double left = 1e30;
    System system{};
    if (fit.step(best_system, damping)) left = fit.sum_up(system);
    const bool is_there = std::fabs(left - best.left) <= kSame * best.left;
    if (left < best.left) {
      best = {fit.layers(), left}, best_system = system;
      damping /= 4;
    } else {
      damping *= 16;
    }
    if (is_there) break;
  }
  for (Blur& layer : best.layers) layer.sigma *= cell, layer.shift = layer.shift * cell;
  return best;
}

Field cast(const Field& caster, const std::vector<Blur>& layers, double most) {
  const int room = room_around(layers) + 1;
  const Field roomy = padded(caster, room);
  Field out(caster.width, caster.height);
  for (const Blur& layer : layers) {
    const Field soft = stretched(blurred(roomy, layer.sigma), 1, caster.width, caster.height, layer.shift.x - room,
                                 layer.shift.y - room);
    const auto depth = static_cast<float>(layer.depth), through = static_cast<float>(layer.depth / most);
    for (std::size_t i = 0; i < out.at.size(); ++i) {
      out.at[i] += depth * soft.at[i] - through * soft.at[i] * out.at[i];
    }
  }
  return out;
}

}  // namespace imgmill::trace
