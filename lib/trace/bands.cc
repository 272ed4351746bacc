// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/bands.h"

#include <algorithm>
#include <array>

#include "trace/four.h"
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
    // The pixel itself, the four beside it, the four at its corners.
    const std::array<int, 9> around = {0, -w_, -1, 1, w_, -w_ - 1, -w_ + 1, w_ - 1, w_ + 1};
    std::array<std::int32_t, 9> label;
    for (std::size_t k = 0; k < 5; ++k) label[k] = bands_.label[i + around[k]];
    const std::int32_t own = label[0];
    const auto alone = [&](std::int32_t other) { return other < 0 || other == own; };
    if (std::all_of(label.begin() + 1, label.begin() + 5, alone)) return own;
    for (std::size_t k = 5; k < around.size(); ++k) label[k] = bands_.label[i + around[k]];
    FourWhole sums = 2 * whole(raster_.at[i]);  // of the pixel, twice, and its neighbours in the gradient
    int neighbours = 0;
    for (std::size_t k = 1; k < around.size(); ++k) {
      if (label[k] < 0) continue;
      sums += whole(raster_.at[i + around[k]]);
      ++neighbours;
    }
    const Paint color = to_paint(fractional(sums) * (1 / float(neighbours + 2)));
    const vector::Point place{i % w_ + 0.5, i / w_ + 0.5};
    std::int32_t best = own;
    float least = 1e30f;
    for (std::size_t k = 0; k < 5; ++k) {
      if (label[k] < 0 || std::find(label.begin(), label.begin() + k, label[k]) != label.begin() + k) continue;
      int others = neighbours;
      for (std::size_t n = 1; n < around.size(); ++n) others -= label[n] == label[k];
      const float cost = distance2(color, paint_at(label[k], place)) + kRagged * float(others);
      if (cost < least) least = cost, best = label[k];
    }
    return best;
  }

  Paint paint_at(std::int32_t label, vector::Point place) const {
    const Gradient* gradient = shading_.of(label);
    return gradient != nullptr ? gradient->at(place) : bands_.regions[label].paint;
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
