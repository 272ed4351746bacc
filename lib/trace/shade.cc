// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/shade.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <optional>
#include <utility>

#include "trace/runs.h"

namespace imgmill::trace {
namespace {

int difference(Sample a, Sample b) {
  return std::max({std::abs(a.r - b.r), std::abs(a.g - b.g), std::abs(a.b - b.b), std::abs(a.a - b.a)});
}

// The colours that most of what is flat shows, opaque or clear, of pixels some way apart.
std::vector<Sample> ground_colors(const Raster& raster, const Cores& cores) {
  constexpr int kStep = 8;                // px
  constexpr std::size_t kLeastPart = 24;  // of what is looked at
  constexpr std::size_t kMostColors = 256, kMostGrounds = 3;
  struct Seen {
    Sample color;
    std::size_t count;
  };
  std::vector<Seen> seen;
  std::size_t looked = 0;
  for (int y = kStep / 2; y < raster.height; y += kStep) {
    for (int x = kStep / 2; x < raster.width; x += kStep) {
      ++looked;
      const std::size_t i = static_cast<std::size_t>(y) * raster.width + x;
      if (cores.range[i] > 0) continue;
      const Sample color = raster.at[i];
      const auto known = std::find_if(seen.begin(), seen.end(), [&](const Seen& s) { return s.color == color; });
      if (known != seen.end()) {
        ++known->count;
      } else if (seen.size() < kMostColors && (color.a == 0 || color.a == 255)) {
        seen.push_back({color, 1});
      }
    }
  }
  std::stable_sort(seen.begin(), seen.end(), [](const Seen& a, const Seen& b) { return a.count > b.count; });
  std::vector<Sample> colors;
  for (const Seen& s : seen) {
    if (s.count * kLeastPart >= looked && colors.size() < kMostGrounds) colors.push_back(s.color);
  }
  return colors;
}

// By colour: pixels that are hardly of another one, and next to others alike. So shadows end.
using Seeds = std::vector<std::vector<std::int32_t>>;
Seeds find_seeds(const Raster& raster, const Cores& cores, const std::vector<Sample>& colors) {
  constexpr int kFaint = 3, kGentle = 3;  // levels
  const int step = std::clamp(raster.height / 128, 1, 4);
  Seeds seeds(colors.size());
  for (int y = 0; y < raster.height; y += step) {
    const std::int32_t row = y * raster.width;
    each_from_1_to(kGentle, cores.range.data() + row, raster.width, [&](int x) {
      const std::int32_t i = row + x;
      if (!cores.core[i]) return;
      for (std::size_t k = 0; k < colors.size(); ++k) {
        const int off = difference(raster.at[i], colors[k]);
        if (off > 0 && off <= kFaint) seeds[k].push_back(i);
      }
    });
  }
  return seeds;
}

class ShadeFinder {
 public:
  ShadeFinder(const Raster& raster, const Cores& cores, Sample ground)
      : raster_(raster), cores_(cores), w_(raster.width), h_(raster.height) {
    found_.shade = {ground, to_paint(ground), {}};
  }

  std::optional<ShadedGround> find(const std::vector<std::int32_t>& seeds) {
    constexpr std::size_t kLeastSeeds = 48;
    if (seeds.size() < kLeastSeeds) return std::nullopt;
    found_.role.assign(raster_.at.size(), kUnknown);
    find_ground(seeds);
    // For most of what is no shadow, few pixels tell enough.
    if (!find_way(kFew) || !find_casters() || !find_way(1)) return std::nullopt;
    find_casts();
    return std::move(found_);
  }

 private:
  static constexpr int kFew = 8;  // px

  std::int32_t row(const Run& run) const { return run.y * w_; }
  void take(const Run& run, Role as) {
    std::fill(found_.role.begin() + row(run) + run.begin, found_.role.begin() + row(run) + run.end, as);
  }

  // All that changes smoothly from there on.
  void find_ground(const std::vector<std::int32_t>& seeds) {
    open_ = {w_, h_, cores_.core};
    for (const std::int32_t seed : seeds) {
      flood(open_, seed, [&](const Run& run) {
        take(run, kGround);
        ground_.push_back(run);
      });
    }
  }

  // Calls visit(index) for ground that is not of the ground's colour, each or every so many pixels.
  template <class Visit>
  void each_shaded(int step, Visit visit) const {
    std::int32_t skipped = 0;
    for (const Run& run : ground_) {
      std::int32_t i = row(run) + run.begin + skipped;
      const std::int32_t end = row(run) + run.end;
      for (; i < end; i += step) {
        if (!(raster_.at[i] == found_.shade.color)) visit(i);
      }
      skipped = i - end;
    }
  }

  // Whether all of its colours lead one way from the ground's.
  bool find_way(int step) {
    constexpr double kMostBeside = 0.01;
    constexpr double kLeast = 200;    // levels in all
    constexpr float kLeastDepth = 8;  // levels of the faintest shadow looked for
    Shade& shade = found_.shade;
    Channels sums{};
    std::int64_t count = 0, beside = 0;
    each_shaded(step, [&](std::int32_t i) {
      sums += __builtin_convertvector(four(to_paint(raster_.at[i]) - shade.ground), Channels);
      ++count;
    });
    const double size = std::sqrt(sums[0] * sums[0] + sums[1] * sums[1] + sums[2] * sums[2] + sums[3] * sums[3]);
    if (size * step < kLeast) return false;
    shade.way = to_paint(__builtin_convertvector(sums / Channels{size, size, size, size}, Four));
    float deepest = 0;
    double depth = 0;
    std::int64_t reached = 0;
    each_shaded(step, [&](std::int32_t i) {
      const float along = shade.along(raster_.at[i]);
      if (shade.reaches(raster_.at[i])) depth += along, ++reached;
      beside += along < -kSameShade || !shade.is_at(raster_.at[i], along);
      deepest = std::max(deepest, along);
    });
    mean_depth_ = depth / static_cast<double>(std::max<std::int64_t>(reached, 1));
    const double most_beside = (step == 1 ? 1 : 2) * kMostBeside * static_cast<double>(count);
    return deepest >= kLeastDepth && static_cast<double>(beside) <= most_beside;
  }

  // A connected patch of what is not ground.
  struct Patch {
    std::vector<Run> runs;
    Window window;
    std::int64_t area = 0;
    double depth = 0;  // levels of the shade next to it, summed up
    std::int64_t beside = 0;

    double mean_depth() const { return beside > 0 ? depth / static_cast<double>(beside) : 0; }
  };

  Patch patch_from(std::int32_t first) {
    Patch patch;
    const std::vector<Role>& role = found_.role;
    const auto look = [&](std::int32_t begin, std::int32_t end) {
      for (std::int32_t i = begin; (i += find_byte(&role[i], kGround, end - i)) < end; ++i) {
        patch.depth += found_.shade.along(raster_.at[i]);
        ++patch.beside;
      }
    };
    flood(open_, first, [&](const Run& run) {
      take(run, kOther);
      patch.runs.push_back(run);
      patch.window.add({run.begin, run.y, run.end, run.y + 1});
      patch.area += run.end - run.begin;
      const std::int32_t begin = row(run) + run.begin, end = row(run) + run.end;
      if (run.begin > 0) look(begin - 1, begin);
      if (run.end < w_) look(end, end + 1);
      if (run.y > 0) look(begin - w_, end - w_);
      if (run.y + 1 < h_) look(begin + w_, end + w_);
    });
    return patch;
  }

  // What is in the shade all around. False if there is none, if one goes on where it isn't seen, or if the shade isn't
  // deeper beside them than elsewhere, as all shadows are.
  bool find_casters() {
    constexpr double kBeside = 2;        // levels
    constexpr std::int64_t kLeast = 48;  // px
    const std::vector<Role>& role = found_.role;
    const auto count = static_cast<std::int32_t>(role.size());
    std::transform(role.begin(), role.end(), open_.at.begin(), [](Role r) { return r == kUnknown ? 1 : 0; });
    Patch all;
    for (std::int32_t i = 0; (i += find_byte(&open_.at[i], 1, count - i)) < count;) {
      const Patch patch = patch_from(i);
      if (patch.area < kLeast || patch.mean_depth() < kBeside) continue;
      const Window& w = patch.window;
      if (w.left == 0 || w.top == 0 || w.right == w_ || w.bottom == h_) return false;
      for (const Run& run : patch.runs) take(run, kCaster);
      all.depth += patch.depth, all.beside += patch.beside;
    }
    return all.beside > 0 && all.mean_depth() >= mean_depth_;
  }

  void find_casts() {
    const std::vector<Role>& role = found_.role;
    std::transform(role.begin(), role.end(), open_.at.begin(), [](Role r) { return r == kCaster ? 1 : 0; });
    each_shaded(1, [&](std::int32_t i) { open_.at[i] = found_.shade.reaches(raster_.at[i]) ? 1 : 0; });
    each_patch(open_, [&](std::int32_t i) {
      Cast cast;
      flood(open_, i, [&](const Run& run) {
        cast.runs.push_back(run);
        cast.all.add({run.begin, run.y, run.end, run.y + 1});
        const std::int32_t end = row(run) + run.end;
        const std::int32_t first =
            row(run) + run.begin + find_byte(&role[row(run) + run.begin], kCaster, run.end - run.begin);
        if (first == end) return;
        std::int32_t last = end - 1;
        while (role[last] != kCaster) --last;
        cast.shape.add({first - row(run), run.y, last + 1 - row(run), run.y + 1});
      });
      if (cast.shape.width() > 0) found_.casts.push_back(std::move(cast));
    });
  }

  const Raster& raster_;
  const Cores& cores_;
  const int w_, h_;
  Open open_;
  std::vector<Run> ground_;
  double mean_depth_ = 0;  // levels, of what is in the shade
  ShadedGround found_;
};

}  // namespace

float Shade::most() const {
  constexpr float kHardly = 0.02f;  // of a way: what changes that little bounds nothing
  float most = 1e9f;
  const auto bound = [&](float from, float by) {
    if (std::fabs(by) > kHardly) most = std::min(most, (by < 0 ? from : 255 - from) / std::fabs(by));
  };
  bound(ground.r, way.r), bound(ground.g, way.g), bound(ground.b, way.b), bound(ground.a, way.a);
  return most;
}

std::vector<ShadedGround> find_shaded_grounds(const Raster& raster, const Cores& cores, const base::Stop& stop) {
  std::vector<ShadedGround> grounds;
  const std::vector<Sample> colors = ground_colors(raster, cores);
  const Seeds seeds = find_seeds(raster, cores, colors);
  for (std::size_t k = 0; k < colors.size(); ++k) {
    stop.check();
    if (std::optional<ShadedGround> found = ShadeFinder(raster, cores, colors[k]).find(seeds[k]))
      grounds.push_back(std::move(*found));
  }
  return grounds;
}

}  // namespace imgmill::trace
