// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/bands.h"

#include <algorithm>
#include <array>

#include "trace/merge.h"
#include "trace/runs.h"

namespace imgmill::trace {
namespace {

constexpr int kRounds = 16;
constexpr float kRagged = 14;  // levels²: what a neighbour of another band costs a pixel

// Moves the borders between bands; a pixel may only go to a band it touches.
class BorderSmoother {
 public:
  BorderSmoother(Regions& bands, const Raster& raster, const Shading& shading, const base::Stop& stop)
      : bands_(bands), raster_(raster), shading_(shading), stop_(stop), w_(bands.width), h_(bands.height) {}

  void run() {
    std::vector<std::int32_t> front = borders();
    for (int round = 0; round < kRounds && !front.empty(); ++round) front = sweep(front);
  }

 private:
  std::vector<std::int32_t> borders() const {
    std::vector<std::int32_t> front;
    for (int y = 1; y + 1 < h_; ++y) {
      if (y % 16 == 0) stop_.check();
      for (int x = 1; x + 1 < w_; ++x) {
        const std::size_t i = static_cast<std::size_t>(y) * w_ + x;
        const std::int32_t own = bands_.label[i];
        if (own < 0) continue;
        const std::int32_t* label = &bands_.label[i];
        int n = alike(label, label - 1, w_ - x);
        if (n > 1) n = alike(label, label - w_, n);
        if (n > 1) n = alike(label, label + w_, n);
        if (n > 1) {  // all but the last have their own on all sides
          x += n - 2;
          continue;
        }
        const auto other = [&](std::size_t n) { return bands_.label[n] >= 0 && bands_.label[n] != own; };
        if (other(i - 1) || other(i + 1) || other(i - w_) || other(i + w_))
          front.push_back(static_cast<std::int32_t>(i));
      }
    }
    return front;
  }

  // Gives each pixel its best label; returns those that are to be looked at again: what changed and its neighbours.
  std::vector<std::int32_t> sweep(const std::vector<std::int32_t>& front) {
    std::vector<std::int32_t> next;
    std::size_t steps = 0;
    for (const std::int32_t i : front) {
      if (steps++ % 4096 == 0) stop_.check();
      const std::int32_t best = best_label(i);
      if (best == bands_.label[i]) continue;
      bands_.label[i] = best;
      for (const int n : {-w_, -1, 1, w_}) {
        const int x = (i + n) % w_, y = (i + n) / w_;
        if (x > 0 && y > 0 && x + 1 < w_ && y + 1 < h_ && bands_.label[i + n] >= 0) next.push_back(i + n);
      }
    }
    std::sort(next.begin(), next.end());
    next.erase(std::unique(next.begin(), next.end()), next.end());
    return next;
  }

  std::int32_t best_label(std::int32_t i) const {
    const std::array<int, 8> around = {-w_ - 1, -w_, -w_ + 1, -1, 1, w_ - 1, w_, w_ + 1};
    Paint color = to_paint(raster_.at[i]) * 2;  // of the pixel and its neighbours in the gradient
    float weight = 2;
    for (const int n : around) {
      if (bands_.label[i + n] < 0) continue;
      color = color + to_paint(raster_.at[i + n]);
      weight += 1;
    }
    color = color * (1 / weight);
    std::int32_t best = bands_.label[i];
    float least = 1e30f;
    std::array<std::int32_t, 5> seen{};
    int count = 0;
    for (const int n : {0, -w_, -1, 1, w_}) {
      const std::int32_t label = bands_.label[i + n];
      if (label < 0 || std::find(seen.begin(), seen.begin() + count, label) != seen.begin() + count) continue;
      seen[count++] = label;
      int others = 0;
      for (const int m : around) others += bands_.label[i + m] >= 0 && bands_.label[i + m] != label;
      const float cost = distance2(color, paint_at(label, i)) + kRagged * float(others);
      if (cost < least) least = cost, best = label;
    }
    return best;
  }

  Paint paint_at(std::int32_t label, std::int32_t i) const {
    const Gradient* gradient = shading_.of(label);
    return gradient != nullptr ? gradient->at({i % w_ + 0.5, i / w_ + 0.5}) : bands_.regions[label].paint;
  }

  Regions& bands_;
  const Raster& raster_;
  const Shading& shading_;
  const base::Stop& stop_;
  const int w_, h_;
};

}  // namespace

void merge_bands(Regions& patches, const Raster& raster, float lambda, const base::Stop& stop) {
  MergeOptions merge;
  merge.lambda = lambda;
  merge_regions(patches, raster, merge, stop);
}

void smooth_borders(Regions& patches, const Raster& raster, const Shading& shading, const base::Stop& stop) {
  BorderSmoother(patches, raster, shading, stop).run();
}

}  // namespace imgmill::trace
