// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/edges.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

namespace imgmill::trace {
namespace {

constexpr int kReach = 4;            // px from the crack to where the paint must be pure
constexpr float kBandContrast = 30;  // levels: more than two bands of one gradient differ by
constexpr int kAround = 3;  // cracks before and after that tell the edge's direction; their sum is even, so that one
                            // kind of crack wins on an exact diagonal too

// The pixels on a line through a crack, numbered from the inner pixel (0) outwards (1, 2, …) and inwards (−1, −2, …).
struct Line {
  Pixel inner;
  int dx, dy;
  Pixel operator[](int k) const { return {inner.x + k * dx, inner.y + k * dy}; }
};

class Profile {
 public:
  Profile(const PaintMap& map, const Parts& parts, const Raster& raster, const Crack& crack)
      : map_(map), parts_(parts), raster_(raster) {
    const Pixel in = inner_pixel(crack), out = outer_pixel(crack);
    line_ = {in, out.x - in.x, out.y - in.y};
  }

  // Distance of the edge from the centre of the inner pixel, outwards; 0.5 is the crack itself.
  double position(EdgePoint& point) const {
    float& contrast = point.contrast;
    const End in = walk(0, -1), out = walk(1, +1);
    contrast = std::sqrt(distance2(in.paint, out.paint));
    const bool meet_pure = in.pure && out.pure && in.last == 0 && out.last == 1;
    if (meet_pure && in.varies && out.varies && contrast < kBandContrast) return crossing(point);
    if (contrast < 6) return 0.5;
    point.hard = share(color(0), in.paint, out.paint) > 0.92f && share(color(1), in.paint, out.paint) < 0.08f;
    if (meet_pure) return 0.5;
    if (!in.pure && in.run <= kReach) return thin(in, out.paint, -1);
    if (!out.pure && out.run <= kReach) return thin(out, in.paint, +1);
    point.disturbed = leads_along(in, out);
    double sum = 0;
    for (int k = in.last; k <= out.last; ++k) sum += share(color(k), in.paint, out.paint);
    return in.last - 0.5 + sum;
  }

 private:
  struct End {
    int last = 0;  // number of the last pixel on this side that is looked at
    int run = 0;   // pixels of this side's part
    bool pure = false;
    bool varies = false;           // where it is pure
    bool varies_anywhere = false;  // its paint
    std::int32_t part = kOutside;
    Paint paint;
  };

  Paint color(int k) const {
    const Pixel p = line_[k];
    return to_paint(raster_(p.x, p.y));
  }
  std::int32_t part(int k) const {
    const Pixel p = line_[k];
    return parts_.at(p.x, p.y);
  }

  // From pixel `first` on, as far as its part goes, to the first pixel that is pure.
  End walk(int first, int step) const {
    End end;
    end.part = part(first);
    const Pixel from = line_[first];
    end.paint = map_.at_pixel(parts_.parts[end.part].paint, from.x, from.y);
    end.varies_anywhere = map_.paints[parts_.parts[end.part].paint].varies;
    for (int k = first; std::abs(k - first) <= kReach && part(k) == end.part; k += step) {
      end.last = k;
      ++end.run;
      const Pixel p = line_[k];
      const std::size_t i = static_cast<std::size_t>(p.y) * map_.width + p.x;
      if (map_.pure[i]) {
        end.pure = true;
        end.varies = map_.paints[map_.at[i]].varies;
        end.paint = map_.local(raster_, i);
        break;
      }
    }
    return end;
  }

  // Whether the line ends within the mixtures still, as next to a corner where it runs along the other edge.
  bool leads_along(const End& in, const End& out) const {
    const float clear = in.varies_anywhere || out.varies_anywhere ? 0.25f : 0.1f;
    return (!in.pure && share(color(in.last), in.paint, out.paint) < 1 - clear) ||
           (!out.pure && share(color(out.last), in.paint, out.paint) > clear);
  }

  // Between two bands of a gradient there is no edge but a level: halfway between their paints.
  double crossing(EdgePoint& point) const {
    const Pixel in = line_[0], out = line_[1];
    const Paint a = map_.at_pixel(parts_.parts[part(0)].paint, in.x, in.y),
                b = map_.at_pixel(parts_.parts[part(1)].paint, out.x, out.y);
    if (map_.shaded) {
      point.smooth = true;
      point.contrast = std::sqrt(distance2(a, b));
    }
    const float inside = unclamped_share(color(0), a, b), outside = unclamped_share(color(1), a, b);
    if (inside <= 0.5f || outside >= 0.5f) return 0.5;
    return (inside - 0.5f) / (inside - outside);
  }

  // A stroke so thin that no pixel of it is pure: its mass and centroid tell both edges. `side` is −1 where the inner
  // part is the stroke, +1 where the outer is; `near` is the paint across the crack.
  double thin(const End& stroke, const Paint& near, int side) const {
    const int beyond = stroke.last + side;
    Paint far = near;
    int last = stroke.last;
    if (const std::int32_t across = part(beyond); across != kOutside) {
      const End end = walk(beyond, side);
      far = end.paint;
      last = end.last;
    }
    const int from = side < 0 ? 0 : 1;  // the stroke's first pixel
    const int first = near_end(side);
    double mass = 0, moment = 0;
    for (int k = first;; k += side) {
      const bool far_half = (2 * k - from - stroke.last) * side > 0;
      const float own = share(color(k), stroke.paint, far_half ? far : near);
      mass += own;
      moment += own * k;
      if (k == last) break;
    }
    if (mass < 0.05) return 0.5;
    return moment / mass - side * mass / 2;
  }

  // The last pixel towards the near side that still may show the stroke.
  int near_end(int side) const {
    const int start = side < 0 ? 1 : 0;
    if (part(start) == kOutside) return start + side;
    return walk(start, -side).last;
  }

  const PaintMap& map_;
  const Parts& parts_;
  const Raster& raster_;
  Line line_{};
};

}  // namespace

EdgePoint EdgeFinder::glance(const Crack& crack) const {
  EdgePoint point;
  const Pixel in = inner_pixel(crack), out = outer_pixel(crack);
  const std::int32_t a = parts_.parts[parts_.at(in.x, in.y)].paint, b = parts_.parts[parts_.at(out.x, out.y)].paint;
  point.contrast = std::sqrt(distance2(map_.at_pixel(a, in.x, in.y), map_.at_pixel(b, out.x, out.y)));
  point.smooth = map_.shaded && map_.paints[a].varies && map_.paints[b].varies && point.contrast < kBandContrast;
  return point;
}

EdgePoint EdgeFinder::measure(const Crack& crack) const {
  EdgePoint point;
  const Pixel in = inner_pixel(crack), out = outer_pixel(crack);
  const double position = Profile(map_, parts_, raster_, crack).position(point);
  const double bounded = std::clamp(position, -2.5, 3.5);
  point.at = {in.x + 0.5 + (out.x - in.x) * bounded, in.y + 0.5 + (out.y - in.y) * bounded};
  const std::int32_t a = parts_.at(in.x, in.y), b = parts_.at(out.x, out.y);
  // Another part of the same paint, as on the other side of a hairline, misleads nobody.
  const auto paint = [&](std::int32_t part) { return parts_.parts[part].paint; };
  const int px = out.y - in.y, py = out.x - in.x;  // across the line of measurement
  for (const Pixel& p : {in, out}) {
    for (const int side : {-1, 1}) {
      const std::int32_t beside = parts_.at(p.x + side * px, p.y + side * py);
      point.disturbed |= beside != kOutside && paint(beside) != paint(a) && paint(beside) != paint(b);
    }
  }
  return point;
}

// How much of a pixel of a spot, or next to it, shows its paint; nothing where another part may show as well.
float EdgeFinder::share_of_spot(const Loop& loop, std::int32_t ground, Pixel pixel) const {
  const auto paint_at = [&](int x, int y) {
    const std::int32_t part = parts_.at(x, y);
    return part == kOutside || part == loop.part ? ground : parts_.parts[part].paint;
  };
  if (parts_.at(pixel.x, pixel.y) == kOutside || paint_at(pixel.x, pixel.y) != ground) return 0;
  if (parts_.at(pixel.x, pixel.y) != loop.part) {
    for (int side = 0; side < 4; ++side) {
      if (paint_at(pixel.x + kStepX[side], pixel.y + kStepY[side]) != ground) return 0;
    }
  }
  return share(to_paint(raster_(pixel.x, pixel.y)), map_.at_pixel(parts_.parts[loop.part].paint, pixel.x, pixel.y),
               map_.at_pixel(ground, pixel.x, pixel.y));
}

std::optional<vector::Contour> EdgeFinder::spot(const Loop& loop) const {
  constexpr std::size_t kMostCracks = 8;
  constexpr int kMostAcross = 5;  // px: three, and one more on each side
  if (loop.hole || loop.cracks.size() > kMostCracks) return std::nullopt;
  Pixel low = inner_pixel(loop.cracks[0]), high = low;
  const auto ground_of = [&](const Crack& crack) {
    const Pixel out = outer_pixel(crack);
    const std::int32_t part = parts_.at(out.x, out.y);
    return part == kOutside ? kNoPaint : parts_.parts[part].paint;
  };
  const std::int32_t ground = ground_of(loop.cracks[0]);
  for (const Crack& crack : loop.cracks) {
    if (ground_of(crack) != ground) return std::nullopt;
    const Pixel in = inner_pixel(crack);
    low = {std::min(low.x, in.x), std::min(low.y, in.y)}, high = {std::max(high.x, in.x), std::max(high.y, in.y)};
  }
  if (ground == kNoPaint) return std::nullopt;
  std::array<double, kMostAcross> columns{}, rows{};
  double mass = 0;
  vector::Point moment{0, 0};
  for (int y = low.y - 1; y <= high.y + 1; ++y) {
    for (int x = low.x - 1; x <= high.x + 1; ++x) {
      const double share = share_of_spot(loop, ground, {x, y});
      columns[static_cast<std::size_t>(x - low.x + 1)] += share, rows[static_cast<std::size_t>(y - low.y + 1)] += share;
      mass += share, moment = moment + vector::Point{x + 0.5, y + 0.5} * share;
    }
  }
  constexpr double kLeastMass = 0.1;  // px
  if (mass < kLeastMass) return std::nullopt;
  // No column shows more than its height, no row more than its width.
  const double tallest = *std::max_element(columns.begin(), columns.end());
  const double widest = *std::max_element(rows.begin(), rows.end());
  const vector::Point half = vector::Point{widest, tallest} * (0.5 * std::sqrt(mass / (widest * tallest)));
  const vector::Point middle = moment * (1 / mass);
  const vector::Point least = middle - half, most = middle + half;
  vector::Contour contour;
  contour.start = least;
  for (const vector::Point corner : {vector::Point{most.x, least.y}, most, vector::Point{least.x, most.y}, least}) {
    contour.segments.push_back(vector::line_to(corner));
  }
  return contour;
}

std::vector<EdgePoint> EdgeFinder::find(const Loop& loop, std::size_t first, std::size_t count) const {
  std::vector<EdgePoint> points;
  const std::size_t n = loop.cracks.size();
  points.reserve(count);
  const std::size_t around = std::min<std::size_t>(kAround, n / 2);
  const auto wrapped = [&](std::size_t i) { return i < n ? i : i - n; };
  for (std::size_t k = 0; k < count; ++k) {
    const std::size_t i = wrapped(first + k);
    const Crack& crack = loop.cracks[i];
    const Crack &before = loop.cracks[wrapped(i + n - around)], &after = loop.cracks[wrapped(i + around)];
    const int along_x = std::abs(after.x - before.x), along_y = std::abs(after.y - before.y);
    const bool horizontal = crack.direction % 2 == 0;
    if (horizontal ? along_x >= along_y : along_y > along_x) points.push_back(measure(crack));
  }
  mark_stairs(points, count == n);
  return points;
}

// Where a hard edge jumps by a whole pixel, what lies between two jumps are the steps of a slope that was never
// antialiased.
void EdgeFinder::mark_stairs(std::vector<EdgePoint>& points, bool closed) {
  const std::size_t n = points.size();
  if (n < 2) return;
  const auto jumps = [&](const EdgePoint& p, const EdgePoint& q) {
    const double dx = std::fabs(p.at.x - q.at.x), dy = std::fabs(p.at.y - q.at.y);
    return p.hard && q.hard && std::min(dx, dy) > 0.75 && std::max(dx, dy) < 2.5;
  };
  const auto level = [](const EdgePoint& p, const EdgePoint& q) {
    return p.hard && q.hard && std::min(std::fabs(p.at.x - q.at.x), std::fabs(p.at.y - q.at.y)) < 1e-6;
  };
  for (std::size_t k = 0; k + (closed ? 0 : 1) < n; ++k) {
    const std::size_t next = (k + 1) % n;
    if (!jumps(points[k], points[next])) continue;
    for (std::size_t i = k, steps = 0; steps < n; ++steps) {  // back to where this step begins
      points[i].stair = true;
      if ((i == 0 && !closed) || !level(points[(i + n - 1) % n], points[i])) break;
      i = (i + n - 1) % n;
    }
    for (std::size_t i = next, steps = 0; steps < n; ++steps) {
      points[i].stair = true;
      if ((i + 1 == n && !closed) || !level(points[i], points[(i + 1) % n])) break;
      i = (i + 1) % n;
    }
  }
}

}  // namespace imgmill::trace
