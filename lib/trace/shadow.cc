// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/shadow.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "trace/shadow_scene.h"

namespace imgmill::trace {
namespace {

constexpr double kExact = 1.5;        // levels: how far a shadow may be from what is seen, root of the mean square,
constexpr double kExactShare = 0.01;  // or of its depth: viewers blur by boxes, which only come near a Gaussian
constexpr double kMostLeft = 0.03;    // of the squares of what is seen, that isn't explained;
constexpr double kUnsure = 2;         // so many times as much before the shape is known to the pixel

// Finds out how what casts a shadow does so.
class Lifter {
 public:
  Lifter(const Raster& raster, const Cores& cores, const ShadedGround& ground, const Cast& cast, const Window& window)
      : scene_(raster, cores, ground, cast, window), cast_(cast), window_(window) {}

  // False where what is seen isn't what blurred shapes leave.
  bool explain(const base::Stop& stop) {
    const Blur start = guess();
    const int cell = std::max(1, static_cast<int>(start.sigma));
    try_casters({start}, cell, stop);
    if (left_ > kUnsure * kMostLeft) return false;
    if (refine(stop)) return true;
    add_layer(cell, stop);
    return left_ <= kUnsure * kMostLeft && refine(stop);
  }

  Shadow shadow() const {
    Shadow out;
    out.caster = scene_.shape();
    out.at = {static_cast<double>(window_.left), static_cast<double>(window_.top)};
    for (const Blur& layer : layers_) out.layers.push_back({layer, paint(layer)});
    out.ground = scene_.shade().ground;
    place(out);
    out.bare = scene_.is_bare();
    return out;
  }

  // The part of the picture without it.
  Raster clear() const { return scene_.clear(model_, far()); }

 private:
  // From how far it is seen on each side.
  Blur guess() const {
    constexpr double kReach = 2.2;  // σ: about as far as that
    const Window &shape = cast_.shape, &all = cast_.all;
    const double left = shape.left - all.left, right = all.right - shape.right;
    const double above = shape.top - all.top, below = all.bottom - shape.bottom;
    const Field& depth = scene_.depth();
    return {std::max((left + right + above + below) / 4 / kReach, 1.0),
            {(right - left) / 2, (below - above) / 2},
            *std::max_element(depth.at.begin(), depth.at.end())};
  }

  BlurFit fit(const std::vector<Blur>& from, int cell, int steps, const base::Stop& stop) const {
    return fit_blur({scene_.caster(), scene_.depth(), scene_.seen(), scene_.shade().most()}, from, cell, steps, stop);
  }
  void take(BlurFit found) { layers_ = std::move(found.layers), left_ = found.left; }

  // By all that may cast it, and if that isn't it, by what is large: small things lie in the shade of others.
  void try_casters(const std::vector<Blur>& start, int cell, const base::Stop& stop) {
    constexpr double kSure = 0.004;
    constexpr int kSteps = 12;
    take(fit(start, cell, kSteps, stop));
    if (left_ < kSure) return;
    ShadowScene all = scene_;
    if (!scene_.leave_out_small()) return;
    BlurFit by_large = fit(start, cell, kSteps, stop);
    if (by_large.left < left_) {
      take(std::move(by_large));
    } else {
      std::swap(scene_, all);
    }
  }

  // With holes in what casts it that there may be, or else only those that there must be.
  bool refine(const base::Stop& stop) {
    using Holes = ShadowScene::Holes;
    const ShadowScene scene = scene_;
    const BlurFit found{layers_, left_};
    const auto start_anew = [&] { scene_ = scene, take(found); };
    if (shape_and_fit(Holes::likely, stop)) return true;
    if (scene_.has_holes()) {
      start_anew();
      if (shape_and_fit(Holes::sure, stop)) return true;
    }
    start_anew();
    return false;
  }

  // Shape and blur, each told from the other. True where that comes to what is seen.
  bool shape_and_fit(ShadowScene::Holes holes, const base::Stop& stop) {
    constexpr int kRounds = 2;
    for (int k = 0; k < kRounds; ++k) {
      cast_model();
      scene_.open_holes(model_, holes);
      if (!fit_shape(stop)) return false;
    }
    cast_model();
    if (scene_.close_holes(model_, far())) {
      if (!fit_shape(stop)) return false;
      cast_model();
    }
    return is_exact() && is_possible();
  }

  bool fit_shape(const base::Stop& stop) {
    constexpr int kSteps = 3;
    constexpr double kFine = 4;  // cells of a sigma
    scene_.shape_casters(model_);
    double finest = 1e9;
    for (const Blur& layer : layers_) finest = std::min(finest, layer.sigma);
    take(fit(layers_, std::max(1, static_cast<int>(finest / kFine)), kSteps, stop));
    return left_ <= kMostLeft;
  }

  void cast_model() { model_ = cast(scene_.caster(), layers_, scene_.shade().most()); }

  // Many shadows are two: one close, one wide.
  void add_layer(int cell, const base::Stop& stop) {
    constexpr int kSteps = 24;
    const Blur one = layers_[0];
    take(fit({{0.5 * one.sigma, one.shift * 0.5, 0.5 * one.depth}, {1.3 * one.sigma, one.shift * 1.3, 0.6 * one.depth}},
             std::max(1, cell / 2), kSteps, stop));
  }

  // Levels that it may be off in the mean, and that hardly a pixel may be off.
  double exact() const {
    double depth = 0;
    for (const Blur& layer : layers_) depth += layer.depth;
    return std::max(kExact, kExactShare * depth);
  }
  double far() const { return 2 * exact(); }

  bool is_exact() const {
    constexpr double kMostFar = 0.02;
    constexpr float kFaint = 0.5f;  // levels
    const Field& depth = scene_.depth();
    double squares = 0;
    std::int64_t count = 0, off_far = 0;
    for (std::size_t i = 0; i < depth.at.size(); ++i) {
      if (!scene_.is_ground(i) || (depth.at[i] < kFaint && model_.at[i] < kFaint)) continue;
      const double off = depth.at[i] - model_.at[i];
      squares += off * off, ++count, off_far += std::fabs(off) > far();
    }
    return squares <= exact() * exact() * static_cast<double>(count) &&
           static_cast<double>(off_far) <= kMostFar * static_cast<double>(count);
  }

  // Whether there is a paint for it, and a clear ground isn't seen through what casts it.
  bool is_possible() const {
    constexpr double kSlack = 1.05;
    const Shade& shade = scene_.shade();
    return std::all_of(layers_.begin(), layers_.end(),
                       [&](const Blur& b) { return b.depth <= kSlack * shade.most(); }) &&
           !(shade.ground.a == 0 && scene_.is_bare());
  }

  // Premultiplied, so that it takes the ground to the shade's colour: black where that does, else what needs the least
  // of it.
  Paint paint(const Blur& layer) const {
    const Shade& shade = scene_.shade();
    const Paint by = shade.way * static_cast<float>(layer.depth), ground = shade.ground;
    float opacity = by.a / 255;
    if (ground.a > 0) {
      const Paint plain{ground.r, ground.g, ground.b, 0};
      opacity = -dot(by, plain) / std::max(dot(plain, plain), 1.0f);
      const Paint rest = by + plain * opacity;
      if (dot(rest, rest) > kSameShade * kSameShade) opacity = static_cast<float>(layer.depth) / shade.most();
    }
    opacity = std::clamp(opacity, 0.0f, 1.0f);
    const Paint mixed = by + ground * opacity;
    const auto within = [&](float v) { return std::clamp(v, 0.0f, 255 * opacity); };
    return {within(mixed.r), within(mixed.g), within(mixed.b), 255 * opacity};
  }

  // On the largest patch of ground; the others are holes.
  void place(Shadow& out) const {
    constexpr std::int64_t kLeast = 4;  // px
    const auto count = static_cast<std::int32_t>(scene_.depth().at.size());
    Open open{scene_.width(), scene_.height(), std::vector<std::uint8_t>(static_cast<std::size_t>(count))};
    for (std::int32_t i = 0; i < count; ++i) open.at[i] = scene_.is_ground(i) ? 1 : 0;
    std::int64_t largest = 0;
    for (std::int32_t i = 0; (i += find_byte(&open.at[i], 1, count - i)) < count;) {
      std::int64_t area = 0;
      Run longest{0, 0, 0};
      flood(open, i, [&](const Run& run) {
        area += run.end - run.begin;
        if (run.end - run.begin > longest.end - longest.begin) longest = run;
      });
      if (area < kLeast) continue;
      const Pixel inside{window_.left + (longest.begin + longest.end) / 2, window_.top + longest.y};
      if (area > largest && largest > 0) out.holes.push_back(out.on);
      if (area > largest) {
        largest = area, out.on = inside;
      } else {
        out.holes.push_back(inside);
      }
    }
  }

  ShadowScene scene_;
  const Cast& cast_;
  const Window window_;
  std::vector<Blur> layers_;
  double left_ = 1;  // of the squares of what is seen, the share that they don't explain
  Field model_;      // the shadow that they make
};

// A little more than what holds a shadow and what casts it.
Window window_of(const Cast& cast, const Raster& raster) {
  constexpr int kMore = 4;  // px
  const Window& w = cast.all;
  return {std::max(w.left - kMore, 0), std::max(w.top - kMore, 0), std::min(w.right + kMore, raster.width),
          std::min(w.bottom + kMore, raster.height)};
}

// What has changed.
void paste(const Raster& part, const Raster& before, const Window& window, Raster& into) {
  for (int y = 0; y < part.height; ++y) {
    for (int x = 0; x < part.width; ++x) {
      const std::size_t at = static_cast<std::size_t>(window.top + y) * into.width + window.left + x;
      if (!(part(x, y) == before.at[at])) into.at[at] = part(x, y);
    }
  }
}

}  // namespace

std::optional<Lifted> lift_shadows(const Raster& raster, const Cores& cores, const base::Stop& stop) {
  std::optional<Lifted> lifted;
  for (const ShadedGround& ground : find_shaded_grounds(raster, cores, stop)) {
    for (const Cast& cast : ground.casts) {
      const Window window = window_of(cast, raster);
      Lifter lifter(raster, cores, ground, cast, window);
      if (!lifter.explain(stop)) continue;
      if (!lifted) lifted = Lifted{raster, {}};
      lifted->shadows.push_back(lifter.shadow());
      paste(lifter.clear(), raster, window, lifted->raster);
    }
  }
  return lifted;
}

}  // namespace imgmill::trace
