// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/shadow.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include "trace/shadow_scene.h"

namespace imgmill::trace {
namespace {

constexpr double kExact = 1.5;        // levels: how far a shadow may be from what is seen, root of the mean square,
constexpr double kExactShare = 0.01;  // or of its depth: viewers blur by boxes, which only come near a Gaussian
constexpr double kMostLeft = 0.03;    // of the squares of what is seen, that isn't explained;
constexpr double kUnsure = 2;         // so many times as much before the shape is known to the pixel
constexpr double kHopeless = 0.15;    // of that, where it is no shadow whatever casts it

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
    if (left_ > kHopeless) return false;
    const Attempt one{scene_, casts_, left_};
    if (is_likely() && refine(stop)) return true;
    if (is_likely() && (add_layer(cell, stop), is_likely()) && refine(stop)) return true;
    start_anew(one);
    return split(cell, stop) && refine(stop);
  }

  Shadow shadow() const {
    Shadow out;
    for (int k = 0; k < scene_.casters(); ++k) {
      Shadow::Caster caster{scene_.shape(k), {}, scene_.is_bare(k)};
      for (const Blur& layer : casts_[k]) caster.layers.push_back({layer, paint(layer)});
      out.casters.push_back(std::move(caster));
    }
    out.at = {static_cast<double>(window_.left), static_cast<double>(window_.top)};
    out.ground = scene_.shade().ground;
    place(out);
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

  using Layers = std::vector<Blur>;

  // What is known so far.
  struct Attempt {
    ShadowScene scene;
    std::vector<Layers> casts;
    double left;
  };
  void start_anew(const Attempt& from) { scene_ = from.scene, casts_ = from.casts, left_ = from.left; }

  bool is_likely() const { return left_ <= kUnsure * kMostLeft; }

  // The depth without what the other casters make of it.
  Field depth_of(int k) const {
    Field out = scene_.depth();
    const auto most = static_cast<float>(scene_.shade().most());
    for (int other = 0; other < scene_.casters(); ++other) {
      if (other == k) continue;
      const Field& model = models_[other];
      for (std::size_t i = 0; i < out.at.size(); ++i) {
        if (scene_.is_ground(i)) out.at[i] = most - (most - out.at[i]) / std::max(1 - model.at[i] / most, 0.05f);
      }
    }
    return out;
  }

  // Each caster's layers, the others given; in cells of so many px, or as fine as its sigma needs.
  void fit(std::optional<int> cell, int steps, const base::Stop& stop) {
    constexpr double kFine = 4;  // cells of a sigma
    left_ = 0;
    for (int k = 0; k < scene_.casters(); ++k) {
      double finest = 1e9;
      for (const Blur& layer : casts_[k]) finest = std::min(finest, layer.sigma);
      const int fine = std::max(1, static_cast<int>(finest / kFine));
      const Field caster = scene_.caster(k), depth = depth_of(k);
      BlurFit found =
          fit_blur({caster, depth, scene_.seen(), scene_.shade().most()}, casts_[k], cell.value_or(fine), steps, stop);
      casts_[k] = std::move(found.layers);
      left_ = std::max(left_, found.left);
    }
  }

  // By all that may cast it, and if that isn't it, by what is large: small things lie in the shade of others.
  void try_casters(const Layers& start, int cell, const base::Stop& stop) {
    constexpr double kSure = 0.004;
    constexpr int kSteps = 12;
    casts_ = {start};
    fit(cell, kSteps, stop);
    if (left_ < kSure || !scene_.has_small()) return;
    const Attempt all{scene_, casts_, left_};
    scene_.leave_out_small();
    casts_ = {start};
    fit(cell, kSteps, stop);
    if (left_ > all.left) start_anew(all);
  }

  // With holes in what casts it that there may be, or else only those that there must be.
  bool refine(const base::Stop& stop) {
    using Holes = ShadowScene::Holes;
    const Attempt found{scene_, casts_, left_};
    if (shape_and_fit(Holes::likely, stop)) return true;
    if (scene_.has_holes()) {
      start_anew(found);
      if (shape_and_fit(Holes::sure, stop)) return true;
    }
    start_anew(found);
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
    scene_.shape_casters(model_);
    fit(std::nullopt, kSteps, stop);
    return left_ <= kMostLeft;
  }

  // What each makes, and all of them, each through the others.
  void cast_model() {
    const auto most = static_cast<float>(scene_.shade().most());
    models_.clear();
    for (int k = 0; k < scene_.casters(); ++k) {
      models_.push_back(cast(scene_.caster(k), casts_[k], most));
      if (k == 0) model_ = models_[0];
      for (std::size_t i = 0; k > 0 && i < model_.at.size(); ++i) {
        model_.at[i] += models_[k].at[i] - models_[k].at[i] * model_.at[i] / most;
      }
    }
  }

  // Many shadows are two: one close, one wide.
  void add_layer(int cell, const base::Stop& stop) {
    constexpr int kSteps = 24;
    const Blur one = casts_[0][0];
    casts_ = {
        {{0.5 * one.sigma, one.shift * 0.5, 0.5 * one.depth}, {1.3 * one.sigma, one.shift * 1.3, 0.6 * one.depth}}};
    fit(std::max(1, cell / 2), kSteps, stop);
  }

  // Shadows of several kinds may meet. False where it isn't that.
  bool split(int cell, const base::Stop& stop) {
    constexpr int kRounds = 5, kSteps = 4;
    constexpr double kSame = 0.05;  // of what was left before
    const Layers together = casts_[0];
    if (!scene_.split()) return false;
    casts_.assign(static_cast<std::size_t>(scene_.casters()), together);
    for (int k = 0; k < kRounds; ++k) {
      const double before = left_;
      cast_model();
      fit(std::max(1, cell / 2), kSteps, stop);
      if (k > 0 && left_ > (1 - kSame) * before) break;
    }
    return is_likely();
  }

  // Levels that it may be off in the mean, and that hardly a pixel may be off.
  double exact() const {
    double deepest = 0;
    for (const Layers& layers : casts_) {
      double depth = 0;
      for (const Blur& layer : layers) depth += layer.depth;
      deepest = std::max(deepest, depth);
    }
    return std::max(kExact, kExactShare * deepest);
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
    for (int k = 0; k < scene_.casters(); ++k) {
      for (const Blur& layer : casts_[k]) {
        if (layer.depth > kSlack * shade.most()) return false;
      }
      if (shade.ground.a == 0 && scene_.is_bare(k)) return false;
    }
    return true;
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

  // On the largest patch of ground that leads out of the window; those that don't are holes.
  void place(Shadow& out) const {
    constexpr std::int64_t kLeast = 4;  // px
    const auto count = static_cast<std::int32_t>(scene_.depth().at.size());
    const int width = scene_.width(), height = scene_.height();
    Open open{width, height, std::vector<std::uint8_t>(static_cast<std::size_t>(count))};
    for (std::int32_t i = 0; i < count; ++i) open.at[i] = scene_.is_ground(i) ? 1 : 0;
    std::int64_t largest = 0;
    each_patch(open, [&](std::int32_t first) {
      std::int64_t area = 0;
      bool leads_out = false;
      Run longest{0, 0, 0};
      flood(open, first, [&](const Run& run) {
        area += run.end - run.begin;
        leads_out |= run.y == 0 || run.y + 1 == height || run.begin == 0 || run.end == width;
        if (run.end - run.begin > longest.end - longest.begin) longest = run;
      });
      const Pixel inside{window_.left + (longest.begin + longest.end) / 2, window_.top + longest.y};
      if (leads_out && area > largest) {
        largest = area, out.on = inside;
      } else if (!leads_out && area >= kLeast) {
        out.holes.push_back(inside);
      }
    });
  }

  ShadowScene scene_;
  const Cast& cast_;
  const Window window_;
  std::vector<Layers> casts_;  // by caster
  double left_ = 1;            // of the squares of what is seen, the share that they don't explain
  std::vector<Field> models_;  // the shadow that each makes,
  Field model_;                // and all of them
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
