// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/pixel_art.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <numeric>
#include <utility>
#include <vector>

#include "image/block_grid.h"

namespace imgmill::trace {
namespace {

constexpr std::int32_t kNone = -1;

// Whether `middle` could be an antialiased pixel between the other two.
bool is_mixture(Sample middle, Sample one, Sample other) {
  if (middle == one || middle == other || one == other) return false;
  const Paint from = to_paint(one), span = to_paint(other) - from, part = to_paint(middle) - from;
  const float t = dot(part, span) / dot(span, span);
  if (t <= 0 || t >= 1) return false;
  return distance2(part, span * t) <= std::max(36.0F, 0.01F * dot(span, span));
}

// Single pixels as blocks: a small sprite, full of detail, of few colours, without soft edges.
bool is_sprite(const Raster& raster) {
  constexpr int kLongestSide = 128, kLongestSideOfTwoColors = 32;
  constexpr std::size_t kColors = 64;
  constexpr double kLeastDetail = 0.06;  // of the pixels differ from the one beside or the one above
  constexpr double kMixtures = 0.04;     // of those may look antialiased
  const int side = std::max(raster.width, raster.height);
  if (side > kLongestSide) return false;
  const std::vector<Sample> colors = image::colors_of(raster, 1, kColors);
  if (colors.size() < 2 || (colors.size() == 2 && side > kLongestSideOfTwoColors)) return false;
  if (std::any_of(colors.begin(), colors.end(), [](Sample s) { return s.a != 0 && s.a != 255; })) return false;

  int edges = 0, mixtures = 0;
  for (int y = 0; y < raster.height; ++y) {
    for (int x = 0; x < raster.width; ++x) {
      const Sample s = raster(x, y);
      edges += (x > 0 && raster(x - 1, y) != s) || (y > 0 && raster(x, y - 1) != s);
      mixtures += (x > 0 && x + 1 < raster.width && is_mixture(s, raster(x - 1, y), raster(x + 1, y))) ||
                  (y > 0 && y + 1 < raster.height && is_mixture(s, raster(x, y - 1), raster(x, y + 1)));
    }
  }
  return edges >= kLeastDetail * static_cast<double>(raster.at.size()) && mixtures <= kMixtures * edges;
}

// The picture with one cell for each block.
struct Cells {
  int width = 0, height = 0;
  std::vector<std::int32_t> color, patch;  // by cell
  std::int32_t at(const std::vector<std::int32_t>& of, int x, int y) const {
    return x < 0 || y < 0 || x >= width || y >= height ? kNone : of[static_cast<std::size_t>(y) * width + x];
  }
};

// A closed walk along cell edges with the patch on its right. Outer loops go clockwise, holes the other way.
struct Loop {
  std::int32_t patch = 0;
  bool hole = false;
  bool filled = true;  // a hole where only opaque patches lie: it needn't be cut out, they cover it
  std::vector<std::pair<int, int>> corners;
};

// A connected patch of one colour; the first one to be met comes first.
struct Patch {
  std::int32_t color = 0;
  std::int32_t first_cell = 0;
  std::int32_t around = kNone;  // the hole that it lies in
  std::vector<std::int32_t> loops;
};

class PixelArt {
 public:
  PixelArt(const Raster& raster, int scale) : raster_(raster), scale_(scale) {
    read_cells();
    find_patches();
    trace_loops();
    nest();
  }

  vector::Document draw(const base::Stop& stop) const {
    vector::Document document;
    document.width = raster_.width;
    document.height = raster_.height;
    // Of a picture that cuts its last blocks off, the sides must lie on the grid too.
    document.resolution = std::gcd(scale_, std::gcd(raster_.width, raster_.height));
    std::vector<std::vector<std::int32_t>> ready(colors_.size()), children(patches_.size());
    std::vector<int> waiting(colors_.size());
    for (std::size_t p = 0; p < patches_.size(); ++p) {
      if (patches_[p].around != kNone && loops_[patches_[p].around].filled) {
        children[loops_[patches_[p].around].patch].push_back(static_cast<std::int32_t>(p));
        ++waiting[patches_[p].color];
      } else {
        ready[patches_[p].color].push_back(static_cast<std::int32_t>(p));
      }
    }
    for (;;) {
      stop.check();
      const std::int32_t color = next_color(ready, waiting);
      if (color == kNone) return document;
      std::vector<std::int32_t> drawn = std::exchange(ready[color], {});
      std::sort(drawn.begin(), drawn.end());
      for (const std::int32_t patch : drawn) {
        for (const std::int32_t child : children[patch]) {
          ready[patches_[child].color].push_back(child);
          --waiting[patches_[child].color];
        }
      }
      if (colors_[color].a > 0) document.shapes.push_back(shape(drawn, color));
    }
  }

 private:
  void read_cells() {
    cells_.width = (raster_.width + scale_ - 1) / scale_;
    cells_.height = (raster_.height + scale_ - 1) / scale_;
    cells_.color.reserve(static_cast<std::size_t>(cells_.width) * cells_.height);
    for (int y = 0; y < cells_.height; ++y) {
      for (int x = 0; x < cells_.width; ++x) {
        const Sample sample = raster_(x * scale_, y * scale_);
        if (x > 0 && sample == colors_[cells_.color.back()]) {
          cells_.color.push_back(cells_.color.back());
          continue;
        }
        auto found = std::find(colors_.begin(), colors_.end(), sample);
        if (found == colors_.end()) found = colors_.insert(found, sample);
        cells_.color.push_back(static_cast<std::int32_t>(found - colors_.begin()));
      }
    }
  }

  void find_patches() {
    cells_.patch.assign(cells_.color.size(), kNone);
    std::vector<std::int32_t> open;
    for (std::size_t start = 0; start < cells_.patch.size(); ++start) {
      if (cells_.patch[start] != kNone) continue;
      const auto patch = static_cast<std::int32_t>(patches_.size());
      const std::int32_t color = cells_.color[start];
      patches_.push_back({color, static_cast<std::int32_t>(start), kNone, {}});
      const auto enter = [&](int x, int y) {
        if (cells_.at(cells_.color, x, y) != color || cells_.at(cells_.patch, x, y) != kNone) return;
        open.push_back(y * cells_.width + x);
        cells_.patch[open.back()] = patch;
      };
      const int width = cells_.width;
      enter(static_cast<int>(start) % width, static_cast<int>(start) / width);
      while (!open.empty()) {
        const std::int32_t cell = open.back();
        open.pop_back();
        const int x = cell % width, y = cell / width;
        enter(x - 1, y), enter(x + 1, y), enter(x, y - 1), enter(x, y + 1);
      }
    }
  }

  // Every loop has an edge towards +x, the upper edge of a cell, and is found by the first of these.
  void trace_loops() {
    std::vector<bool> walked(cells_.patch.size());
    loop_below_.assign(cells_.patch.size(), kNone);
    for (int y = 0; y < cells_.height; ++y) {
      for (int x = 0; x < cells_.width; ++x) {
        const std::size_t cell = static_cast<std::size_t>(y) * cells_.width + x;
        const std::int32_t patch = cells_.patch[cell];
        if (walked[cell] || cells_.at(cells_.patch, x, y - 1) == patch) continue;
        const auto number = static_cast<std::int32_t>(loops_.size());
        loops_.push_back({});
        Loop& loop = loops_.back();
        loop.patch = patch;
        loop.hole = !patches_[patch].loops.empty();  // the first cell of a patch lies on its outer loop
        patches_[patch].loops.push_back(number);
        walk(x, y, number, walked);
      }
    }
  }

  void walk(const int start_x, const int start_y, std::int32_t number, std::vector<bool>& walked) {
    // By direction +x, +y, −x, −y: the step, and from where a step starts to the cell on its right.
    constexpr std::array<int, 4> kStepX{1, 0, -1, 0}, kStepY{0, 1, 0, -1};
    constexpr std::array<int, 4> kCellX{0, -1, -1, 0}, kCellY{0, 0, -1, -1};
    Loop& loop = loops_[number];
    const auto inside = [&](int x, int y) { return cells_.at(cells_.patch, x, y) == loop.patch; };
    int x = start_x, y = start_y, direction = 0;
    do {
      const int cell_x = x + kCellX[direction], cell_y = y + kCellY[direction];
      const std::size_t cell = static_cast<std::size_t>(cell_y) * cells_.width + cell_x;
      if (direction == 0) walked[cell] = true;
      if (direction == 2) loop_below_[cell] = number;
      x += kStepX[direction];
      y += kStepY[direction];
      // Cells that touch at a corner only don't hold together, so a turn to the right comes first.
      const int left = (direction + 3) % 4;
      int turned = direction;
      if (!inside(cell_x + kStepX[direction], cell_y + kStepY[direction])) {
        turned = (direction + 1) % 4;
      } else if (inside(cell_x + kStepX[direction] + kStepX[left], cell_y + kStepY[direction] + kStepY[left])) {
        turned = left;
      }
      if (turned != direction) loop.corners.emplace_back(x, y);
      direction = turned;
    } while (x != start_x || y != start_y || direction != 0);
  }

  // Which patch lies in which hole, and which holes are covered from edge to edge.
  void nest() {
    for (Patch& patch : patches_) {
      const std::int32_t above = patch.first_cell - cells_.width;
      if (above < 0) continue;
      const std::int32_t loop = loop_below_[above];
      patch.around = loops_[loop].hole ? loop : patches_[loops_[loop].patch].around;
    }
    // What lies in a hole has a later first cell than what is around it.
    for (std::size_t p = patches_.size(); p-- > 0;) {
      const Patch& patch = patches_[p];
      if (patch.around == kNone) continue;
      const bool covers = colors_[patch.color].a == 255 &&
                          std::all_of(patch.loops.begin(), patch.loops.end(),
                                      [&](std::int32_t l) { return !loops_[l].hole || loops_[l].filled; });
      if (!covers) loops_[patch.around].filled = false;
    }
  }

  // A colour of which nothing has to wait any more, if there is one, else the one with the most patches to draw.
  std::int32_t next_color(const std::vector<std::vector<std::int32_t>>& ready, const std::vector<int>& waiting) const {
    std::int32_t best = kNone;
    for (std::size_t c = 0; c < ready.size(); ++c) {
      if (ready[c].empty()) continue;
      if (waiting[c] == 0) return static_cast<std::int32_t>(c);
      if (best == kNone || ready[c].size() > ready[best].size()) best = static_cast<std::int32_t>(c);
    }
    return best;
  }

  vector::Shape shape(const std::vector<std::int32_t>& patches, std::int32_t color) const {
    vector::Shape shape;
    shape.fill = vector::Solid{to_rgba(to_paint(colors_[color]))};
    for (const std::int32_t patch : patches) {
      for (const std::int32_t l : patches_[patch].loops) {
        const Loop& loop = loops_[l];
        if (loop.hole && loop.filled) continue;
        vector::Contour contour;
        contour.start = place(loop.corners.front());
        for (std::size_t i = 1; i < loop.corners.size(); ++i) {
          contour.segments.push_back(vector::line_to(place(loop.corners[i])));
        }
        shape.contours.push_back(std::move(contour));
      }
    }
    return shape;
  }

  // The last column and row of blocks may be cut off by the picture's edge.
  vector::Point place(std::pair<int, int> corner) const {
    return {static_cast<double>(std::min(corner.first * scale_, raster_.width)),
            static_cast<double>(std::min(corner.second * scale_, raster_.height))};
  }

  const Raster& raster_;
  int scale_;
  Cells cells_;
  std::vector<Sample> colors_;
  std::vector<Patch> patches_;
  std::vector<Loop> loops_;
  std::vector<std::int32_t> loop_below_;  // by cell: the loop that runs along its lower edge
};

}  // namespace

std::optional<int> pixel_art_scale(const Raster& raster) {
  const int side = image::block_side(raster);
  if (side > 1 || (side == 1 && is_sprite(raster))) return side;
  return std::nullopt;
}

vector::Document trace_pixel_art(const Raster& raster, int scale, const base::Stop& stop) {
  return PixelArt(raster, scale).draw(stop);
}

}  // namespace imgmill::trace
