// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/patches.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <vector>

#include "trace/parts.h"
#include "trace/polyline.h"
#include "trace/runs.h"

namespace imgmill::trace {
namespace {

using vector::cross;
using vector::Point;

// The labels with a rim of kOutside, so that nobody has to ask where the picture ends.
class Labels {
 public:
  Labels(const Regions& regions, const Execution& execution)
      : stride_(regions.width + 2),
        at_(std::make_unique_for_overwrite<std::int32_t[]>(static_cast<std::size_t>(stride_) *
                                                           (static_cast<std::size_t>(regions.height) + 2))) {
    constexpr int kRows = 64;
    const int rows = regions.height + 2;
    execution.for_each((rows + kRows - 1) / kRows, [&](std::size_t strip) {
      const int first = static_cast<int>(strip) * kRows;
      for (int y = first; y < std::min(first + kRows, rows); ++y) {
        std::int32_t* row = at_.get() + static_cast<std::ptrdiff_t>(y) * stride_;
        if (y == 0 || y + 1 == rows) {
          std::fill_n(row, stride_, kOutside);
        } else {
          row[0] = row[stride_ - 1] = kOutside;
          std::copy_n(regions.label.data() + static_cast<std::size_t>(y - 1) * regions.width, regions.width, row + 1);
        }
      }
    });
  }
  std::ptrdiff_t stride() const { return stride_; }
  // Of pixel (x, y), from (−1, −1) to (width, height).
  const std::int32_t* pixel(int x, int y) const {
    return at_.get() + static_cast<std::ptrdiff_t>(y + 1) * stride_ + (x + 1);
  }

 private:
  int stride_;
  std::unique_ptr<std::int32_t[]> at_;
};

// The outer loop of a region, clockwise: where it begins, and its steps in the store of its chunk.
struct Ring {
  int x = -1, y = 0;
  std::size_t first = 0, count = 0;
  double area = 0;  // px enclosed
};

// What lies over what: larger regions lower, by what their outer loops enclose.
struct Stack {
  std::vector<std::int32_t> order;  // bottom first
  std::vector<std::int32_t> rank;   // by label + 1; what is outside the picture hides all that is beneath it

  bool hides(std::int32_t label, std::int32_t rank_below) const { return rank[label + 1] > rank_below; }
};

Stack stack_up(const std::vector<Ring>& rings) {
  Stack stack;
  stack.order.resize(rings.size());
  for (std::size_t k = 0; k < rings.size(); ++k) stack.order[k] = static_cast<std::int32_t>(k);
  std::stable_sort(stack.order.begin(), stack.order.end(),
                   [&](std::int32_t a, std::int32_t b) { return rings[a].area > rings[b].area; });
  stack.rank.resize(rings.size() + 1);
  stack.rank[0] = static_cast<std::int32_t>(rings.size());
  for (std::size_t k = 0; k < rings.size(); ++k) stack.rank[stack.order[k] + 1] = static_cast<std::int32_t>(k);
  return stack;
}

// From the first pixel of a region around it. `steps` are directions as those of Crack.
void walk(const Labels& labels, Ring& ring, std::vector<std::uint8_t>& steps) {
  const std::ptrdiff_t stride = labels.stride();
  // From the pixel right below a corner to those ahead of a step that ends there.
  const std::ptrdiff_t right[] = {0, -1, -1 - stride, -stride};
  const std::ptrdiff_t left[] = {-stride, 0, -1, -1 - stride};
  const std::ptrdiff_t by[] = {1, stride, -1, -stride};
  const std::int32_t* const start = labels.pixel(ring.x, ring.y);
  const std::int32_t own = *start;
  const std::int32_t* at = start;
  ring.first = steps.size();
  int direction = 0;
  std::int64_t area = 0, down = 0;  // rows below the start
  do {
    steps.push_back(static_cast<std::uint8_t>(direction));
    at += by[direction];
    area -= kStepX[direction] * down;
    down += kStepY[direction];
    if (at[right[direction]] != own) {
      direction = (direction + 1) & 3;
    } else if (at[left[direction]] == own) {
      direction = (direction + 3) & 3;
    }
  } while (at != start || direction != 0);
  ring.count = steps.size() - ring.first;
  ring.area = static_cast<double>(area);
}

// px that a way leads beneath what is above, where there is room; that may leave the pixels' edges a little.
constexpr double kDepth = 3;

// The polygon of one region.
class PatchOutline {
 public:
  PatchOutline(const Labels& labels, const Stack& stack, double tolerance)
      : labels_(labels), stack_(stack), simplify_(tolerance) {}

  // Empty where nothing of it shows.
  const std::vector<Point>& draw(std::int32_t region, const Ring& ring, const std::uint8_t* steps) {
    way_.clear();
    rank_ = stack_.rank[region + 1];
    area_ = ring.area;
    n_ = ring.count;
    cracks_.resize(n_);
    hidden_.resize(n_);
    int x = ring.x, y = ring.y;
    for (std::size_t i = 0; i < n_; ++i) {
      cracks_[i] = {x, y, steps[i]};
      const Pixel out = outer_pixel(cracks_[i]);
      hidden_[i] = stack_.hides(*labels_.pixel(out.x, out.y), rank_);
      x += kStepX[steps[i]], y += kStepY[steps[i]];
    }
    std::size_t begin = 0;  // of a run that shows
    while (begin < n_ && (hidden_[begin] || !hidden_[(begin + n_ - 1) % n_])) ++begin;
    if (begin < n_) {
      for (std::size_t i = begin; i < begin + n_;) i += run(i, begin + n_);
    } else if (hidden_[0]) {
      hidden_way(0, n_, std::max<std::size_t>(n_ / 3, 1));
    } else {
      visible_way(0, n_);
      way_.pop_back();
    }
    return way_;
  }

 private:
  Point corner(std::size_t i) const {
    const Crack& c = cracks_[i % n_];
    return {double(c.x), double(c.y)};
  }
  Point middle(const Crack& c) const { return {c.x + 0.5 * kStepX[c.direction], c.y + 0.5 * kStepY[c.direction]}; }

  std::size_t run(std::size_t first, std::size_t end) {
    const bool hidden = hidden_[first % n_];
    std::size_t count = 1;
    while (first + count < end && (hidden_[(first + count) % n_] != 0) == hidden) ++count;
    if (hidden) {
      hidden_way(first, count, count);
    } else {
      visible_way(first, count);
    }
    return count;
  }

  void visible_way(std::size_t first, std::size_t count) {
    points_.clear();
    points_.push_back(corner(first));
    for (std::size_t k = 0; k < count; ++k) points_.push_back(middle(cracks_[(first + k) % n_]));
    points_.push_back(corner(first + count));
    simplify_(points_, way_);
  }

  // Where a way may lead past a step that lies beneath something.
  Point beneath(const Crack& crack) const {
    const int right = kStepY[crack.direction], down = -kStepX[crack.direction];  // outwards
    const Pixel out = outer_pixel(crack);
    const std::int32_t* pixel = labels_.pixel(out.x, out.y);
    if (*pixel == kOutside) return middle(crack) + Point{0.5 * right, 0.5 * down};  // runs outside unseen
    const std::ptrdiff_t by = right + down * labels_.stride();
    double depth = 0.5;
    while (depth < kDepth) {
      pixel += by;
      if (*pixel == kOutside || !stack_.hides(*pixel, rank_)) break;
      depth += depth == 0.5 ? 0.5 : 1;
    }
    return middle(crack) + Point{double(right), double(down)} * depth;
  }

  // The fewest straight ways beneath what lies above, greedily; none goes past more than `most` steps.
  void hidden_way(std::size_t first, std::size_t count, std::size_t most) {
    points_.clear();
    for (std::size_t k = 0; k < count; ++k) points_.push_back(beneath(cracks_[(first + k) % n_]));
    if (way_.empty()) way_.push_back(points_[0]);
    for (std::size_t next = 0; next < count;) {
      const Point from = way_.back();
      const auto passes = [&](std::size_t last) {
        return last < count && last - next < most && passable(from, points_[last]) && !goes_around(from, next, last);
      };
      std::size_t reached = next, step = 1;
      while (passes(reached + step)) reached += step, step *= 2;
      for (; step > 0; step /= 2) {
        if (passes(reached + step)) reached += step;
      }
      way_.push_back(points_[reached]);
      next = reached + 1;
    }
  }

  bool passable(Point from, Point to) const {
    constexpr double kSamples = 1.5;  // per px
    const Point whole = to - from;
    const int samples = static_cast<int>(std::max(std::fabs(whole.x), std::fabs(whole.y)) * kSamples) + 1;
    const Point step = whole * (1.0 / samples);
    Point p = from + step * 0.5;
    for (int k = 0; k < samples; ++k, p = p + step) {
      // Nothing lies left of −0.5 or above it, and what lies right of the picture lies in its rim.
      const auto x = static_cast<int>(p.x + 1) - 1, y = static_cast<int>(p.y + 1) - 1;
      if (!stack_.hides(*labels_.pixel(x, y), rank_)) return false;
    }
    return true;
  }

  // Whether a way encloses more than the region, and so perhaps something that lies beneath it.
  bool goes_around(Point from, std::size_t first, std::size_t last) const {
    if (last - first < 8) return false;
    double twice = 0;
    for (std::size_t k = first; k < last; ++k) twice += cross(points_[k] - from, points_[k + 1] - from);
    return std::fabs(twice) > 2 * area_;
  }

  const Labels& labels_;
  const Stack& stack_;
  Polyline simplify_;
  // Of the region that is drawn:
  std::int32_t rank_ = 0;
  double area_ = 0;
  std::size_t n_ = 0;
  std::vector<Crack> cracks_;
  std::vector<std::uint8_t> hidden_;  // by crack: what is on its other side lies above
  std::vector<Point> points_, way_;
};

vector::Shape polygon(const std::vector<Point>& way, const Paint& paint) {
  vector::Shape shape{{{}}, vector::Solid{to_rgba({paint.r, paint.g, paint.b, 255})}};
  vector::Contour& contour = shape.contours[0];
  contour.start = way[0];
  contour.segments.reserve(way.size() - 1);
  for (std::size_t i = 1; i < way.size(); ++i) contour.segments.push_back(vector::line_to(way[i]));
  return shape;
}

// The whole picture in its mean: what a gap between patches, however small, shows.
vector::Shape ground(const Regions& regions) {
  Paint sum{0, 0, 0, 0};
  for (const Region& region : regions.regions) sum = sum + region.paint * static_cast<float>(region.area);
  const double width = regions.width, height = regions.height;
  return polygon({{0, 0}, {width, 0}, {width, height}, {0, height}}, sum * static_cast<float>(1 / (width * height)));
}

constexpr std::size_t kChunk = 256;  // regions that are drawn in one go

// The first pixel of each region, in rows.
std::vector<Ring> find_rings(const Regions& regions, const base::Stop& stop) {
  std::vector<Ring> rings(regions.regions.size());
  const int width = regions.width;
  for (int y = 0; y < regions.height; ++y) {
    if (y % 16 == 0) stop.check();
    const std::int32_t* row = regions.label.data() + static_cast<std::size_t>(y) * width;
    for (int x = 0; x < width; ++x, x += alike(row + x, row + x - 1, width - x)) {
      Ring& ring = rings[row[x]];
      if (ring.x < 0) ring.x = x, ring.y = y;
    }
  }
  return rings;
}

}  // namespace

vector::Document draw_patches(Regions regions, double tolerance, const Execution& execution) {
  const Labels labels(regions, execution);
  std::vector<Ring> rings = find_rings(regions, execution.stop);
  regions.label = {};
  const std::size_t chunks = (rings.size() + kChunk - 1) / kChunk;
  std::vector<std::vector<std::uint8_t>> steps(chunks);
  execution.for_each(chunks, [&](std::size_t c) {
    execution.stop.check();
    for (std::size_t k = c * kChunk; k < std::min((c + 1) * kChunk, rings.size()); ++k)
      walk(labels, rings[k], steps[c]);
  });
  const Stack stack = stack_up(rings);
  vector::Document document;
  document.width = regions.width;
  document.height = regions.height;
  document.resolution = std::clamp(std::exp2(std::round(std::log2(tolerance * 0.75))), 0.25, 1.0);
  document.shapes.push_back(ground(regions));
  if (rings.size() == 1) return document;
  document.shapes.resize(1 + rings.size());
  execution.for_each(chunks, [&](std::size_t c) {
    execution.stop.check();
    PatchOutline outline(labels, stack, tolerance);
    for (std::size_t k = c * kChunk; k < std::min((c + 1) * kChunk, rings.size()); ++k) {
      const std::int32_t region = stack.order[k];
      const std::vector<Point>& way =
          outline.draw(region, rings[region], steps[region / kChunk].data() + rings[region].first);
      if (way.size() >= 3) document.shapes[1 + k] = polygon(way, regions.regions[region].paint);
    }
  });
  std::erase_if(document.shapes, [](const vector::Shape& shape) { return shape.contours.empty(); });
  return document;
}

}  // namespace imgmill::trace
