// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/parts.h"

#include <algorithm>
#include <array>
#include <numeric>

#include "trace/label_runs.h"
#include "trace/runs.h"

namespace imgmill::trace {
namespace {

// Labels the 8-connected patches of equal paint by union-find over one scan.
class Labeller {
 public:
  Labeller(const PaintMap& map, const base::Stop& stop) : map_(map), stop_(stop), runs_(map.width) {}

  Parts run() {
    for (int y = 0; y < map_.height; ++y) {
      if (y % 16 == 0) stop_.check();
      scan_row(y);
    }
    stop_.check();
    const LabelRuns::Numbers numbers = runs_.numbers();
    Parts parts{map_.width, map_.height, runs_.written(numbers, map_.at.size()), std::vector<Part>(numbers.count)};
    std::size_t pixel = 0;
    for (std::size_t k = 0; k < runs_.count(); ++k) {
      const int length = runs_.end(k) - runs_.begin(k);
      Part& part = parts.parts[numbers.of[runs_.label(k)]];
      part.paint = map_.at[pixel];
      part.area += length;
      pixel += static_cast<std::size_t>(length);
    }
    return parts;
  }

 private:
  void join(std::int32_t& own, std::int32_t other) {
    other = runs_.root(other);
    own = own < 0 || own == other ? other : runs_.unite(own, other);
  }

  // A run is what shows one paint.
  void scan_row(int y) {
    const int w = map_.width;
    const std::size_t row = static_cast<std::size_t>(y) * w;
    const std::int32_t* paint = &map_.at[row];
    const std::size_t below = runs_.count();
    std::size_t above = above_;  // of that row, the first that does not end before this run
    for (int x = 0; x < w;) {
      const int end = x + 1 + alike(paint + x + 1, paint + x, w - x - 1);
      std::int32_t label = -1;
      while (above < below && runs_.end(above) < x) ++above;
      for (std::size_t k = above; k < below && runs_.begin(k) <= end; ++k) {
        if (touches(x, end, runs_.begin(k), runs_.end(k), row)) join(label, runs_.label(k));
      }
      runs_.add(x, label < 0 ? runs_.fresh_label() : label);
      x = end;
    }
    above_ = below;
  }
  // Whether a run and one above it are of one paint and share a side, or a corner between mixtures.
  bool touches(int begin, int end, int above_begin, int above_end, std::size_t row) const {
    const std::size_t up = row - map_.width;
    if (map_.at[row + begin] != map_.at[up + above_begin]) return false;
    if (above_end == begin) return !map_.pure[row + begin] && !map_.pure[up + above_end - 1];
    if (above_begin == end) return !map_.pure[row + end - 1] && !map_.pure[up + above_begin];
    return true;
  }

  const PaintMap& map_;
  const base::Stop& stop_;
  LabelRuns runs_;
  std::size_t above_ = 0;  // the first of the row before
};

constexpr std::int64_t kFaintArea = 160;    // px: larger patches stay, however faint
constexpr float kFaintEnergy = 8000;        // levels² · px: what a patch must add to the picture to be drawn
constexpr float kSpeckEnergy = 6250;        // … where it is a speckle, of a clean picture; times speckle²
constexpr float kShadeEnergy = 30000;       // … where the change is a smooth one, in a small picture
constexpr float kLargeShadeEnergy = 90000;  // … in one of 512 × 512 px and more; in proportion between

// Repaints the patches under `speckle` px that don't stand out, such as the dots of small text do, and small ones that
// hardly differ from what is beside them, with the closest paint beside them; they join the patch they take it from.
// True when there were any.
bool repaint_speckles(Parts& parts, PaintMap& map, int speckle, const base::Stop& stop) {
  const int w = parts.width;
  const std::int64_t largest = std::max<std::int64_t>(speckle, kFaintArea);
  const std::size_t count = parts.parts.size();
  std::vector<std::uint8_t> is_small(count);
  for (std::size_t k = 0; k < count; ++k) is_small[k] = parts.parts[k].area > 0 && parts.parts[k].area < largest;
  if (std::find(is_small.begin(), is_small.end(), 1) == is_small.end()) return false;
  std::vector<std::int32_t> to(count, -1);
  std::vector<float> nearest(count, 1e30f);
  const auto meet = [&](std::int32_t own, std::size_t n) {
    const std::int32_t other = parts.label[n];
    // A smaller patch never takes in a larger one, so that two speckles don't swap their paints for ever.
    if (own == other || parts.parts[other].area < parts.parts[own].area) return;
    if (parts.parts[other].area == parts.parts[own].area && other > own) return;
    // What is only faint goes to something larger, or a fine gradient would run together.
    if (parts.parts[own].area >= speckle && parts.parts[other].area < kFaintArea) return;
    const float d = distance2(map.at_pixel(parts.parts[own].paint, n), map.at_pixel(parts.parts[other].paint, n));
    if (d < nearest[own]) nearest[own] = d, to[own] = other;
  };
  for (int y = 0; y < parts.height; ++y) {
    if (y % 16 == 0) stop.check();
    const std::int32_t* label = parts.label.data() + static_cast<std::size_t>(y) * w;
    for (int x = 0; x < w; ++x) {
      const std::int32_t own = label[x];
      if (!is_small[own]) {
        x += alike(label + x + 1, label + x, w - x - 1);
        continue;
      }
      const std::size_t i = static_cast<std::size_t>(y) * w + x;
      if (x > 0) meet(own, i - 1);
      if (x + 1 < w) meet(own, i + 1);
      if (y > 0) meet(own, i - w);
      if (y + 1 < parts.height) meet(own, i + w);
    }
  }
  const float shade_energy =
      std::clamp(kLargeShadeEnergy * float(parts.label.size()) / (512 * 512), kShadeEnergy, kLargeShadeEnergy);
  bool any = false;
  for (std::size_t k = 0; k < count; ++k) {
    if (to[k] < 0) continue;
    const bool varies = map.paints[parts.parts[k].paint].varies || map.paints[parts.parts[to[k]].paint].varies;
    const float least = varies && map.shaded ? shade_energy : kFaintEnergy;
    constexpr float kRipple = 130;  // levels: more than ripples are off what is beside them
    const bool ripple = map.noisy && parts.parts[k].area < 4 * std::int64_t{speckle} && nearest[k] < kRipple * kRipple;
    const float energy = nearest[k] * float(parts.parts[k].area);
    const bool speck = parts.parts[k].area < speckle && (map.noisy || energy < kSpeckEnergy * float(speckle * speckle));
    const bool dropped = speck || ripple || energy < least;
    if (!dropped) to[k] = -1;
    any |= to[k] >= 0;
  }
  if (!any) return false;
  // A speckle may go to one that goes itself; areas only grow along the way, so it ends.
  for (std::size_t k = 0; k < count; ++k) {
    if (to[k] < 0) continue;
    while (to[to[k]] >= 0) to[k] = to[to[k]];
    parts.parts[to[k]].area += parts.parts[k].area;
    parts.parts[k].area = 0;
  }
  for (int y = 0; y < parts.height; ++y) {
    if (y % 16 == 0) stop.check();
    const std::size_t row = static_cast<std::size_t>(y) * w;
    std::int32_t* label = parts.label.data() + row;
    for (int x = 0; x < w;) {
      const int n = 1 + alike(label + x + 1, label + x, w - x - 1);
      if (const std::int32_t into = to[label[x]]; into >= 0) {
        std::fill_n(label + x, n, into);
        std::fill_n(map.at.data() + row + x, n, parts.parts[into].paint);
        std::fill_n(map.pure.data() + row + x, n, std::uint8_t{0});
      }
      x += n;
    }
  }
  return true;
}

// Whether two pixels that touch at a corner belong together: along a hairline, but not where two plain areas meet.
bool linked(const PaintMap& map, Pixel a, Pixel b) {
  const auto pure = [&](Pixel p) { return map.pure[static_cast<std::size_t>(p.y) * map.width + p.x] != 0; };
  return !pure(a) && !pure(b);
}

}  // namespace

Parts find_parts(PaintMap& map, int speckle, const base::Stop& stop) {
  Parts parts = Labeller(map, stop).run();
  bool any = false;
  for (int round = 0; round < 3 && repaint_speckles(parts, map, speckle, stop); ++round) any = true;
  return any ? Labeller(map, stop).run() : parts;
}

std::vector<Loop> trace_loops(Parts& parts, const PaintMap& map, const base::Stop& stop) {
  const int w = parts.width, h = parts.height;
  std::vector<Loop> loops;
  std::vector<std::uint8_t> seen(parts.label.size());  // the pixel's upper crack, walked with the pixel inside
  for (int y = 0; y < h; ++y) {
    if (y % 16 == 0) stop.check();
    for (int x = 0; x < w; ++x) {
      const std::size_t i = static_cast<std::size_t>(y) * w + x;
      if (y > 0) {
        const std::int32_t* label = parts.label.data() + i;
        if (const int n = alike(label, label - w, w - x); n > 0) {
          x += n - 1;
          continue;
        }
      }
      if (seen[i]) continue;
      const std::int32_t part = parts.label[i];
      Loop loop{part, false, 0, {}};
      Crack crack{x, y, 0};
      double twice_area = 0;
      do {
        if (crack.direction == 0) seen[static_cast<std::size_t>(crack.y) * w + crack.x] = 1;
        loop.cracks.push_back(crack);
        if (loop.cracks.size() % 65536 == 0) stop.check();
        const int nx = crack.x + kStepX[crack.direction], ny = crack.y + kStepY[crack.direction];
        twice_area += double(crack.x) * ny - double(nx) * crack.y;
        const int left = (crack.direction + 3) % 4, right = (crack.direction + 1) % 4;
        const Pixel ahead_left = outer_pixel({nx, ny, crack.direction}),
                    ahead_right = inner_pixel({nx, ny, crack.direction});
        int turn = right;
        const bool on_right = parts.at(ahead_right.x, ahead_right.y) == part;
        if (parts.at(ahead_left.x, ahead_left.y) == part && (on_right || linked(map, ahead_left, inner_pixel(crack)))) {
          turn = left;
        } else if (on_right) {
          turn = crack.direction;
        }
        crack = {nx, ny, turn};
      } while (crack.x != x || crack.y != y || crack.direction != 0);
      loop.hole = twice_area < 0;
      loop.area = std::abs(twice_area) / 2;
      if (!loop.hole) parts.parts[part].filled_area = loop.area;
      loops.push_back(std::move(loop));
    }
  }
  return loops;
}

}  // namespace imgmill::trace
