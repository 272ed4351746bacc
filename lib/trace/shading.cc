// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/shading.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>
#include <queue>
#include <utility>

#include "trace/bands.h"
#include "trace/gradient_fit.h"
#include "trace/merge.h"
#include "trace/patch_samples.h"
#include "trace/runs.h"
#include "trace/surface.h"

namespace imgmill::trace {
namespace {

using vector::Point;

constexpr double kBorderBytes = 0.4;  // per px of an outline
constexpr double kPatchBytes = 70;    // of a path without its outline
// In the first merging, under even slopes, patches are kept apart that the second may still join.
constexpr double kSplitBytes = 0.1;  // per px of an outline
constexpr float kAlike = 64;         // squared error per px of border under which levels are merged before
constexpr float kSplitRegion = 270;  // px of outline that a patch counts as
constexpr double kShared = 12;       // bytes a shared gradient must save
constexpr std::size_t kMostPatches = 2000;
constexpr int kSamples = 80;             // of a patch, about; fewer where there are many patches
constexpr int kNoisySamples = 100;       // … in noisy pictures; unions have half as many more at most
constexpr std::size_t kMostPoints = 24;  // of a border
constexpr std::size_t kHub = 256;        // a patch with more neighbours takes no more of them in
constexpr std::size_t kGivers = 32;      // gradients that others are tried with
constexpr float kFaintest = 5;           // levels: a gradient of less is one colour
constexpr double kLeastBytes = 190;      // of a gradient with two stops
constexpr double kStepWeight = 26;  // what a step of a level costs by pixel of border, as squared error of the colour

class Shader {
 public:
  Shader(Regions& regions, const Raster& raster, double price, bool noisy, const base::Stop& stop)
      : regions_(regions),
        raster_(raster),
        price_(price),
        samples_(noisy ? kNoisySamples : kSamples),
        stop_(stop),
        w_(regions.width),
        h_(regions.height) {}

  // The gradients anew, after the patches' borders have moved; each stays with its patches.
  void refit(Shading& shading) {
    patches_.resize(regions_.regions.size());
    collect_samples([&](std::int32_t label) { return shading.index[label] >= 0; });
    std::vector<Patch> together(shading.gradients.size());
    for (std::size_t k = 0; k < patches_.size(); ++k) {
      const Patch& patch = patches_[k];
      const std::int32_t gradient = shading.index[k];
      if (gradient < 0) continue;
      together[gradient].samples.add(patch.samples);
      together[gradient].surface.add(patch.surface);
    }
    for (std::size_t k = 0; k < together.size(); ++k) {
      stop_.check();
      Gradient& now = shading.gradients[k];
      const auto cost = [&](const Gradient& gradient, double error) {
        return error + price_ * kStopBytes * double(gradient.stops.size());
      };
      const double before = cost(now, gradient_error(now, together[k].samples));
      settle(together[k], Effort::full);
      const std::optional<FittedGradient>& fitted = together[k].fitted;
      if (fitted && cost(fitted->gradient, fitted->error) < before) now = fitted->gradient;
    }
  }

  Shading run() {
    patches_.resize(regions_.regions.size());
    collect_samples([&](std::int32_t label) { return drawn(label); });
    for (Patch& patch : patches_) stop_.check(), settle(patch, Effort::quick);
    merge();
    share();
    return finish();
  }

 private:
  struct Patch {
    GradientSamples samples;
    double area = 0;
    Paint mean;
    Surface surface;
    std::optional<FittedGradient> fitted;
    double cost = 0;  // error and bytes of its fill
    std::int32_t version = 0;
    std::int32_t shares = -1;  // the patch whose gradient it shows
  };
  // What a patch has in common with another: the length, and some points of it.
  struct Border {
    std::int32_t to;
    double length = 0;
    std::vector<Point> points;

    void add(const Border& other) {
      length += other.length;
      points.insert(points.end(), other.points.begin(), other.points.end());
      if (points.size() <= kMostPoints) return;
      std::size_t kept = 0;
      for (std::size_t k = 0; k < points.size(); k += 2) points[kept++] = points[k];
      points.resize(kept);
    }
  };

  bool drawn(std::int32_t label) const { return regions_.regions[label].paint.a >= 1; }

  // Takes samples of the patches for which that holds.
  template <class Wanted>
  void collect_samples(const Wanted& wanted) {
    std::vector<std::uint8_t> asked(patches_.size());
    for (std::size_t k = 0; k < asked.size(); ++k) asked[k] = wanted(static_cast<std::int32_t>(k));
    std::vector<GradientSamples> samples = sample_patches(regions_, raster_, asked, samples_, stop_);
    for (std::size_t k = 0; k < patches_.size(); ++k) {
      Patch& patch = patches_[k];
      patch.area = regions_.regions[k].area;
      patch.mean = regions_.regions[k].paint;
      patch.samples = std::move(samples[k]);
      patch.surface.add(patch.samples, {w_ / 2.0, h_ / 2.0});
    }
  }

  // The most by which a channel of a stop is off the first.
  static float range(const Gradient& gradient) {
    float most = 0;
    for (const GradientStop& u : gradient.stops) {
      const Paint off = u.color - gradient.stops.front().color;
      most = std::max({most, std::fabs(off.r), std::fabs(off.g), std::fabs(off.b), std::fabs(off.a)});
    }
    return most;
  }

  // One colour, or the gradient that is better.
  void settle(Patch& patch, Effort effort) const {
    if (patch.samples.empty()) return;
    patch.mean = patch.surface.mean();
    patch.cost = patch.surface.level_error();
    patch.fitted.reset();
    if (patch.cost < price_ * kLeastBytes) return;
    std::optional<FittedGradient> fitted = fit_gradient(patch.samples, patch.surface.error(), price_, effort);
    if (!fitted || range(fitted->gradient) < kFaintest) return;
    const double cost = fitted->error + price_ * fitted->bytes;
    if (cost >= patch.cost) return;
    patch.cost = cost;
    patch.fitted = std::move(fitted);
  }

  void find_borders() {
    struct Side {
      std::int32_t a, b, pixel;
    };
    std::vector<Side> sides;
    const auto meet = [&](std::int32_t i, std::int32_t n) {
      const std::int32_t a = regions_.label[n], b = regions_.label[i];
      if (a != b && a >= 0 && b >= 0 && drawn(a) && drawn(b)) sides.push_back({std::min(a, b), std::max(a, b), i});
    };
    for (int y = 0; y < h_; ++y) {
      if (y % 16 == 0) stop_.check();
      const std::int32_t* row = regions_.label.data() + static_cast<std::size_t>(y) * w_;
      for (int x = 0; x < w_; ++x) {
        if (x > 0) {  // what is as at its left and above
          int n = alike(row + x, row + x - 1, w_ - x);
          if (y > 0) n = alike(row + x, row + x - w_, n);
          x += n;
          if (x == w_) break;
        }
        const std::int32_t i = y * w_ + x;
        if (x > 0) meet(i, i - 1);
        if (y > 0) meet(i, i - w_);
      }
    }
    std::stable_sort(sides.begin(), sides.end(),
                     [](const Side& x, const Side& y) { return x.a != y.a ? x.a < y.a : x.b < y.b; });
    neighbours_.resize(patches_.size());
    for (std::size_t k = 0; k < sides.size();) {
      std::size_t end = k;
      while (end < sides.size() && sides[end].a == sides[k].a && sides[end].b == sides[k].b) ++end;
      Border border{sides[k].b, double(end - k), {}};
      const std::size_t step = (end - k + kMostPoints - 1) / kMostPoints;
      for (std::size_t j = k; j < end; j += step) {
        border.points.push_back({sides[j].pixel % w_ + 0.5, double(sides[j].pixel / w_)});
      }
      neighbours_[sides[k].a].push_back(border);
      border.to = sides[k].a;
      neighbours_[sides[k].b].push_back(std::move(border));
      k = end;
    }
  }

  static Paint color_of(const Patch& patch, Point p) {
    return patch.fitted ? patch.fitted->gradient.at(p) : patch.mean;
  }

  // What the steps along a border cost.
  static double step_cost(const Patch& a, const Patch& b, const Border& border) {
    if (!a.fitted && !b.fitted) return kStepWeight * distance2(a.mean, b.mean) * border.length;
    double sum = 0;
    for (const Point& p : border.points) sum += distance2(color_of(a, p), color_of(b, p));
    return kStepWeight * sum * border.length / double(std::max<std::size_t>(border.points.size(), 1));
  }

  GradientSamples joined_samples(const Patch& a, const Patch& b) const {
    GradientSamples samples = a.samples;
    samples.add(b.samples);
    if (samples.size() > 3 * static_cast<std::size_t>(samples_) / 2) samples.thin();
    return samples;
  }

  Patch joined(const Patch& a, const Patch& b) const {
    Patch both;
    both.area = a.area + b.area;
    both.surface = a.surface;
    both.surface.add(b.surface);
    both.samples = joined_samples(a, b);
    settle(both, Effort::quick);
    return both;
  }

  struct Step {
    double gain;
    std::int32_t a, b, version_a, version_b;
    std::shared_ptr<Patch> both;  // without its samples; null: the gain is what it may be at most
    friend bool operator<(const Step& x, const Step& y) {
      return x.gain != y.gain ? x.gain < y.gain : (x.a != y.a ? x.a > y.a : x.b > y.b);
    }
  };

  // The pair whose union saves most, while one does.
  void merge() {
    find_borders();
    parent_.resize(patches_.size());
    std::iota(parent_.begin(), parent_.end(), 0);
    for (std::size_t k = 0; k < patches_.size(); ++k) {
      for (const Border& border : neighbours_[k]) {
        if (border.to > static_cast<std::int32_t>(k)) consider(static_cast<std::int32_t>(k), border);
      }
    }
    while (!steps_.empty()) {
      const Step step = steps_.top();
      steps_.pop();
      if (patches_[step.a].version != step.version_a || patches_[step.b].version != step.version_b) continue;
      if (step.both == nullptr) {
        auto both = std::make_shared<Patch>(joined(patches_[step.a], patches_[step.b]));
        const double now = gain(step.a, step.b, *both);
        if (now <= 0) continue;
        both->samples = {};
        put(step.a, step.b, now, std::move(both));
      } else {
        unite(step.a, step.b, std::move(*step.both));
      }
    }
  }

  // What a union would save at most, put in line.
  void consider(std::int32_t a, const Border& border) {
    stop_.check();
    const std::int32_t b = border.to;
    const Patch &u = patches_[a], &v = patches_[b];
    if (u.samples.empty() || v.samples.empty()) return;
    const double gain = saved(u, v, border) - least_cost(u, v);
    if (gain > 0) put(a, b, gain, nullptr);
  }

  // What the fill of both as one costs at least, or hardly less.
  double least_cost(const Patch& u, const Patch& v) const {
    constexpr double kBelowSurface = 0.85;
    Surface both = u.surface;
    both.add(v.surface);
    return std::min(both.level_error(), kBelowSurface * both.error() + price_ * kLeastBytes);
  }

  double saved(const Patch& u, const Patch& v, const Border& border) const {
    return u.cost + v.cost + price_ * (kPatchBytes + kBorderBytes * border.length) + step_cost(u, v, border);
  }

  void put(std::int32_t a, std::int32_t b, double gain, std::shared_ptr<Patch> both) {
    if (a > b) std::swap(a, b);
    steps_.push({gain, a, b, patches_[a].version, patches_[b].version, std::move(both)});
  }

  // What it saves, with all the steps to others.
  double gain(std::int32_t a, std::int32_t b, const Patch& both) const {
    const Patch &u = patches_[a], &v = patches_[b];
    double gain = -both.cost;
    for (const Border& other : neighbours_[a]) {
      if (other.to == b) {
        gain += saved(u, v, other);
      } else {
        gain += step_cost(u, patches_[other.to], other) - step_cost(both, patches_[other.to], other);
      }
    }
    for (const Border& other : neighbours_[b]) {
      if (other.to != a) gain += step_cost(v, patches_[other.to], other) - step_cost(both, patches_[other.to], other);
    }
    return gain;
  }

  void unite(std::int32_t a, std::int32_t b, Patch both) {
    const std::int32_t version = std::max(patches_[a].version, patches_[b].version) + 1;
    both.samples = joined_samples(patches_[a], patches_[b]);
    patches_[a] = std::move(both);
    patches_[a].version = version;
    patches_[b] = {};
    patches_[b].version = -1;
    parent_[b] = a;
    // Neighbours of both, each once, and they know of it.
    for (Border& border : neighbours_[b]) {
      if (border.to == a) continue;
      std::vector<Border>& theirs = neighbours_[border.to];
      std::erase_if(theirs, [&](const Border& x) { return x.to == b; });
      add_border(theirs, border, a);
      add_border(neighbours_[a], border, border.to);
    }
    neighbours_[b].clear();
    std::erase_if(neighbours_[a], [&](const Border& x) { return x.to == b; });
    if (neighbours_[a].size() > kHub) return;
    for (const Border& border : neighbours_[a]) consider(a, border);
  }

  static void add_border(std::vector<Border>& list, const Border& border, std::int32_t to) {
    for (Border& own : list) {
      if (own.to == to) return own.add(border);
    }
    list.push_back(border);
    list.back().to = to;
  }

  std::int32_t find(std::int32_t node) {
    while (parent_[node] != node) node = parent_[node] = parent_[parent_[node]];
    return node;
  }

  // Patches apart from each other that one gradient explains, as an outline may cut one into several. The largest give
  // theirs first.
  void share() {
    std::vector<std::int32_t> order;
    for (std::size_t k = 0; k < patches_.size(); ++k) {
      if (!patches_[k].samples.empty()) order.push_back(static_cast<std::int32_t>(k));
    }
    std::stable_sort(order.begin(), order.end(),
                     [&](std::int32_t x, std::int32_t y) { return patches_[x].area > patches_[y].area; });
    std::size_t givers = 0;
    for (std::size_t i = 0; i < order.size() && givers < kGivers; ++i) {
      Patch& giver = patches_[order[i]];
      if (!giver.fitted || giver.shares >= 0) continue;
      ++givers;
      for (std::size_t j = i + 1; j < order.size(); ++j) {
        stop_.check();
        Patch& taker = patches_[order[j]];
        if (taker.shares < 0 && taker.cost > price_ * kShared && give(giver, taker)) taker.shares = order[i];
      }
    }
  }

  // The gradient as it is, or one fitted to both.
  bool give(Patch& giver, const Patch& taker) const {
    const double error = gradient_error(giver.fitted->gradient, taker.samples, taker.cost);
    if (error + price_ * kShared < taker.cost) {
      giver.samples.add(taker.samples);
      giver.surface.add(taker.surface);
      giver.cost += error;
      return true;
    }
    const double apart = giver.cost + taker.cost - price_ * kShared;
    if (!taker.fitted || least_cost(giver, taker) >= apart) return false;
    Patch both = joined(giver, taker);
    if (!both.fitted || both.cost >= apart) return false;
    both.area = giver.area;
    both.version = giver.version;
    giver = std::move(both);
    return true;
  }

  Shading finish() {
    Shading shading;
    std::vector<std::int32_t> label(patches_.size());
    std::vector<Region> regions;
    std::vector<std::int32_t> shares, gradient_of(patches_.size(), -1);
    for (std::size_t k = 0; k < patches_.size(); ++k) {
      if (parent_[k] != static_cast<std::int32_t>(k)) {
        label[k] = label[find(static_cast<std::int32_t>(k))];  // a parent always comes before its children
        continue;
      }
      label[k] = static_cast<std::int32_t>(regions.size());
      const Patch& patch = patches_[k];
      Region region = regions_.regions[k];
      region.area = static_cast<std::int32_t>(patch.area);
      if (patch.version > 0) region.paint = patch.mean;
      regions.push_back(region);
      shares.push_back(patch.shares >= 0 ? patch.shares : static_cast<std::int32_t>(k));
    }
    for (const std::int32_t giver : shares) {
      const Patch& patch = patches_[giver];
      if (patch.fitted && gradient_of[giver] < 0) {
        gradient_of[giver] = static_cast<std::int32_t>(shading.gradients.size());
        shading.gradients.push_back(patch.fitted->gradient);
      }
      shading.index.push_back(gradient_of[giver]);
    }
    for (int y = 0; y < h_; ++y) {
      std::int32_t* row = regions_.label.data() + static_cast<std::size_t>(y) * w_;
      for (int x = 0; x < w_;) {
        const int n = 1 + alike(row + x + 1, row + x, w_ - x - 1);
        if (row[x] >= 0) std::fill_n(row + x, n, label[row[x]]);
        x += n;
      }
    }
    regions_.regions = std::move(regions);
    return shading;
  }

  Regions& regions_;
  const Raster& raster_;
  const double price_;
  const int samples_;
  const base::Stop& stop_;
  const int w_, h_;
  std::vector<Patch> patches_;
  std::vector<std::int32_t> parent_;
  std::vector<std::vector<Border>> neighbours_;
  std::priority_queue<Step> steps_;
};

}  // namespace

Shading shade(Regions& patches, const Raster& raster, double price, bool noisy, const base::Stop& stop) {
  // Steep or busy pictures have more patches than it takes to tell a slope.
  if (patches.regions.size() > patches.label.size() / 96) merge_bands(patches, raster, kAlike, stop);
  MergeOptions merge;
  merge.slopes = true;
  merge.lambda = float(price * kSplitBytes);
  merge.per_region = kSplitRegion;
  merge.pinned.reserve(patches.regions.size());
  for (const Region& region : patches.regions) merge.pinned.push_back(region.paint.a < 1);
  merge_regions(patches, raster, merge, stop);
  // Of what has no end of patches, coarser ones: it is texture rather than a drawing.
  const std::size_t most = std::max<std::size_t>(kMostPatches, patches.label.size() / 512);
  for (int round = 0; round < 6 && patches.regions.size() > most; ++round) {
    merge.lambda *= 3;
    merge.pinned.clear();
    for (const Region& region : patches.regions) merge.pinned.push_back(region.paint.a < 1);
    merge_regions(patches, raster, merge, stop);
  }
  Shading shading = Shader(patches, raster, price, noisy, stop).run();
  smooth_borders(patches, raster, shading, stop);
  Shader(patches, raster, price, noisy, stop).refit(shading);
  return shading;
}

}  // namespace imgmill::trace
