// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/mixtures.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>

#include "trace/runs.h"

namespace imgmill::trace {
namespace {

constexpr float kGradientStep = 6;   // levels from one pixel of a gradient to the next

struct Offset {
  int dx, dy, d2;
};

// The 48 neighbours within 7 × 7, nearest first.
const std::vector<Offset>& neighbourhood() {
  static const std::vector<Offset> kOffsets = [] {
    std::vector<Offset> all;
    for (int dy = -3; dy <= 3; ++dy) {
      for (int dx = -3; dx <= 3; ++dx) {
        if (dx != 0 || dy != 0) all.push_back({dx, dy, dx * dx + dy * dy});
      }
    }
    std::stable_sort(all.begin(), all.end(), [](const Offset& x, const Offset& y) { return x.d2 < y.d2; });
    return all;
  }();
  return kOffsets;
}

struct Candidate {
  std::int32_t index = kNoPaint;
  Paint paint;
};

struct Candidates {
  std::array<Candidate, 6> list;
  int count = 0;

  void add(std::int32_t index, const Paint& paint) {
    for (int k = 0; k < count; ++k) {
      // Two bands of one gradient are one end of a mixture.
      if (list[k].index == index || distance2(list[k].paint, paint) < 25) return;
    }
    if (count < static_cast<int>(list.size())) list[count++] = {index, paint};
  }
};

struct Explanation {
  std::int32_t index = kNoPaint;  // the paint that covers most of the pixel
  float residual2 = 1e30f;        // squared distance of the colour from the mixture, levels²
  Candidate lesser;               // the other one of two
  float share = 0;                // of the lesser
};

Explanation explain(const Paint& color, const Candidates& near) {
  Explanation best;
  for (int i = 0; i < near.count; ++i) {
    const float d = distance2(color, near.list[i].paint);
    if (d < best.residual2) best = {near.list[i].index, d, {}, 0};
  }
  constexpr float kPairCost = 4;  // levels²: one paint is the simpler explanation
  for (int i = 0; i < near.count; ++i) {
    for (int j = i + 1; j < near.count; ++j) {
      const Paint &a = near.list[i].paint, &b = near.list[j].paint;
      const float alpha = share(color, a, b);
      const float residual = distance2(color, b + (a - b) * alpha) + kPairCost;
      if (residual >= best.residual2) continue;
      const bool first = alpha >= 0.5f;
      best = {near.list[first ? i : j].index, residual, near.list[first ? j : i], first ? 1 - alpha : alpha};
    }
  }
  return best;
}

// Where three paints meet, a pixel may mix all of them.
Explanation explain_by_three(const Paint& color, const Candidates& near) {
  Explanation best;
  for (int i = 0; i < near.count; ++i) {
    for (int j = i + 1; j < near.count; ++j) {
      for (int k = j + 1; k < near.count; ++k) {
        const Paint u = near.list[i].paint - near.list[k].paint, v = near.list[j].paint - near.list[k].paint;
        const Paint c = color - near.list[k].paint;
        const float uu = dot(u, u), vv = dot(v, v), uv = dot(u, v), cu = dot(c, u), cv = dot(c, v);
        const float det = uu * vv - uv * uv;
        if (det < 1) continue;
        const float p = (cu * vv - cv * uv) / det, q = (cv * uu - cu * uv) / det, r = 1 - p - q;
        if (p < -0.02f || q < -0.02f || r < -0.02f) continue;
        const float residual = distance2(c, u * p + v * q);
        if (residual >= best.residual2) continue;
        const int largest = p >= q && p >= r ? i : (q >= r ? j : k);
        best = {near.list[largest].index, residual, {}, 0};
      }
    }
  }
  return best;
}

class MixtureExplainer {
 public:
  MixtureExplainer(PaintMap& map, const Raster& raster, const TraceParams& params, const base::Stop& stop)
      : map_(map), raster_(raster), params_(params), stop_(stop), w_(map.width), h_(map.height) {
    const float levels = map.noisy ? 3.0f * map.tolerance : 10.0f;
    accepted2_ = levels * levels;
  }

  void run() {
    flood_pure(all_pure());
    match_palette();
    collect_open();
    explain_edges();
    for (int round = 0; round < 4 && !open_.empty(); ++round) {
      if (!explain_strokes()) break;
      explain_edges();
    }
    settle_rest();
  }

 private:
  std::size_t at(int x, int y) const { return static_cast<std::size_t>(y) * w_ + x; }
  bool inside(int x, int y) const { return x >= 0 && y >= 0 && x < w_ && y < h_; }

  // Those that have others beside them.
  std::vector<std::int32_t> all_pure() const {
    std::vector<std::int32_t> pure;
    for (int y = 0; y < h_; ++y) {
      if (y % 16 == 0) stop_.check();
      for (int x = 0; x < w_;) {
        const std::size_t i = at(x, y);
        if (std::endian::native == std::endian::little && x > 0 && y > 0 && y + 1 < h_ && x + 9 <= w_) {
          for (std::uint64_t rim = rim_of_eight(i); rim != 0; rim &= rim - 1) {
            pure.push_back(static_cast<std::int32_t>(i) + std::countr_zero(rim) / 8);
          }
          x += 8;
          continue;
        }
        const bool rim = (x > 0 && !map_.pure[i - 1]) || (x + 1 < w_ && !map_.pure[i + 1]) ||
                         (y > 0 && !map_.pure[i - w_]) || (y + 1 < h_ && !map_.pure[i + w_]);
        if (map_.pure[i] && rim) pure.push_back(static_cast<std::int32_t>(i));
        ++x;
      }
    }
    return pure;
  }

  // A byte for this pixel and each of the seven to its right: 1 where it is pure and one beside it is not.
  std::uint64_t rim_of_eight(std::size_t i) const {
    const auto eight = [&](std::size_t from) {
      std::uint64_t bytes;
      std::memcpy(&bytes, map_.pure.data() + from, sizeof(bytes));
      return bytes;
    };
    return eight(i) & ~(eight(i - 1) & eight(i + 1) & eight(i - w_) & eight(i + w_));
  }

  // Pixels that touch a pure one and equal its colour are pure as well.
  void flood_pure(std::vector<std::int32_t> front) {
    const float even2 = map_.tolerance * map_.tolerance, varying2 = std::max(even2, kGradientStep * kGradientStep);
    while (!front.empty()) {
      std::vector<std::int32_t> next;
      stop_.check();
      for (const std::int32_t i : front) {
        const Paint paint = map_.local(raster_, i);
        const float within2 = map_.paints[map_.at[i]].varies ? varying2 : even2;
        // Which sides are open and of that colour, all told before anything depends on it.
        const std::array<std::int32_t, 4> sides = sides_of(i);
        unsigned which = 0;
        for (std::size_t k = 0; k < sides.size(); ++k) {
          const bool open = map_.at[sides[k]] == kNoPaint;
          which |= static_cast<unsigned>(open & (distance2(to_paint(raster_.at[sides[k]]), paint) <= within2)) << k;
        }
        for (; which != 0; which &= which - 1) {
          const std::int32_t n = sides[static_cast<std::size_t>(std::countr_zero(which))];
          if (!leads_to(map_.at[i], static_cast<std::size_t>(n))) continue;
          map_.at[n] = map_.at[i];
          map_.pure[n] = 1;
          next.push_back(n);
        }
      }
      front = std::move(next);
    }
  }

  // The pixels beside one; itself where the picture ends.
  std::array<std::int32_t, 4> sides_of(std::int32_t i) const {
    const int x = i % w_, y = i / w_;
    return {x > 0 ? i - 1 : i, x + 1 < w_ ? i + 1 : i, y > 0 ? i - w_ : i, y + 1 < h_ ? i + w_ : i};
  }

  // Whether a paint shows what a pixel does: a gradient may flow on into pixels where it leads to another colour.
  bool leads_to(std::int32_t paint, std::size_t pixel) const {
    constexpr float kAstray = 36;  // levels
    if (!map_.shaded || !map_.paints[paint].varies) return true;
    return distance2(to_paint(raster_.at[pixel]), map_.at_pixel(paint, pixel)) <= kAstray * kAstray;
  }

  // Between its two opposite neighbours in colour, as the pixels of an edge are and those of a thin stroke are not.
  bool between(std::size_t before, std::size_t i, std::size_t after) const {
    const Paint a = to_paint(raster_.at[before]), b = to_paint(raster_.at[after]), c = to_paint(raster_.at[i]);
    const Paint axis = b - a;
    const float length2 = dot(axis, axis);
    if (length2 < 64) return false;
    const float t = dot(c - a, axis) / length2;
    return t > 0.06f && t < 0.94f;
  }

  bool extreme(int x, int y) const {
    const std::size_t i = at(x, y);
    if (x > 0 && x + 1 < w_ && between(i - 1, i, i + 1)) return false;
    if (y > 0 && y + 1 < h_ && between(i - w_, i, i + w_)) return false;
    return true;
  }

  // Strokes of two or three pixels in a colour that is flat elsewhere: exactly that colour, and no edge pixel.
  void match_palette() {
    std::vector<std::int32_t> known;  // paints large enough to be meant
    for (std::size_t k = 0; k < map_.paints.size() && known.size() < 64; ++k) {
      if (!map_.paints[k].varies && map_.paints[k].area >= kMeant) known.push_back(static_cast<std::int32_t>(k));
    }
    if (known.empty()) return;
    const float within2 = map_.tolerance * map_.tolerance;
    std::vector<std::int32_t> found;
    for (int y = 0; y < h_; ++y) {
      if (y % 16 == 0) stop_.check();
      // Where there is a paint it still shows pure.
      each_zero(map_.pure.data() + at(0, y), w_, [&](int x) {
        const std::size_t i = at(x, y);
        const Paint color = to_paint(raster_.at[i]);
        for (const std::int32_t k : known) {
          if (distance2(map_.paints[k].paint, color) > within2) continue;
          if (!extreme(x, y)) break;
          map_.at[i] = k;
          map_.pure[i] = 1;
          found.push_back(static_cast<std::int32_t>(i));
          break;
        }
      });
    }
    flood_pure(std::move(found));
  }

  void collect_open() {
    for (int y = 0; y < h_; ++y) {
      each_zero(map_.pure.data() + at(0, y), w_, [&](int x) { open_.push_back(static_cast<std::int32_t>(at(x, y))); });
    }
  }

  // Paints that pixels in reach show pure, nearest first; `reach2` in px².
  Candidates candidates(int x, int y, int reach2) const {
    Candidates near;
    add_candidates(x, y, reach2, 0, near);
    return near;
  }

  // From one of the neighbours on; the first that is out of reach.
  std::size_t add_candidates(int x, int y, int reach2, std::size_t first, Candidates& near) const {
    const std::vector<Offset>& all = neighbourhood();
    const bool amid = x >= 3 && y >= 3 && x + 3 < w_ && y + 3 < h_;
    const std::size_t i = at(x, y);
    for (; first < all.size() && all[first].d2 <= reach2; ++first) {
      const Offset& o = all[first];
      if (!amid && !inside(x + o.dx, y + o.dy)) continue;
      const std::size_t n = i + static_cast<std::ptrdiff_t>(o.dy) * w_ + o.dx;
      if (map_.pure[n]) near.add(map_.at[n], map_.local(raster_, n));
    }
    return first;
  }

  // All decisions of a round look at the pure pixels only, so their order doesn't matter.
  void explain_edges() {
    std::vector<std::int32_t> left;
    for (std::size_t k = 0; k < open_.size(); ++k) {
      if (k % 1024 == 0) stop_.check();
      const std::int32_t i = open_[k];
      const int x = i % w_, y = i / w_;
      const Paint color = to_paint(raster_.at[i]);
      bool done = false;
      Candidates near;
      std::size_t next = 0;
      for (const int reach2 : {2, 8, 18}) {
        const int before = near.count;
        next = add_candidates(x, y, reach2, next, near);
        if (near.count == before) continue;  // as little as there was
        Explanation found = explain(color, near);
        if (found.residual2 > accepted2_ && near.count >= 3) {
          const Explanation three = explain_by_three(color, near);
          if (three.residual2 < accepted2_) found = three;
        }
        if (found.residual2 > accepted2_) continue;
        constexpr float kHairline = 0.2f;  // share that it shows at least
        // Along a hairline no pixel may show most of it.
        const bool hairline = found.share > kHairline && ridge(i, found.lesser.paint);
        map_.at[i] = hairline ? found.lesser.index : found.index;
        done = true;
        break;
      }
      if (!done) left.push_back(i);
    }
    open_ = std::move(left);
  }

  // A patch of pixels that no paint in reach explains shows a paint of its own: the colour farthest from what surrounds
  // it. False when nothing was found.
  bool explain_strokes() {
    std::vector<std::uint8_t> is_open(map_.at.size());
    for (const std::int32_t i : open_) is_open[i] = 1;
    bool any = false;
    std::vector<std::int32_t> patch;
    for (const std::int32_t start : open_) {
      if (!is_open[start]) continue;
      stop_.check();
      patch.assign(1, start);
      is_open[start] = 0;
      for (std::size_t k = 0; k < patch.size(); ++k) {
        const int x = patch[k] % w_, y = patch[k] / w_;
        for (int dy = -1; dy <= 1; ++dy) {
          for (int dx = -1; dx <= 1; ++dx) {
            if (!inside(x + dx, y + dy)) continue;
            const std::size_t n = at(x + dx, y + dy);
            if (is_open[n]) is_open[n] = 0, patch.push_back(static_cast<std::int32_t>(n));
          }
        }
      }
      any |= explain_stroke(patch);
    }
    std::erase_if(open_, [&](std::int32_t i) { return map_.at[i] != kNoPaint; });
    return any;
  }

  bool explain_stroke(const std::vector<std::int32_t>& patch) {
    // What surrounds each pixel, and the pixel that stands out most.
    std::vector<Candidates> around(patch.size());
    std::size_t extreme_at = 0;
    float farthest = -1;
    for (std::size_t k = 0; k < patch.size(); ++k) {
      if (k % 1024 == 1023) stop_.check();
      around[k] = candidates(patch[k] % w_, patch[k] / w_, 18);
      const Paint color = to_paint(raster_.at[patch[k]]);
      const float d = around[k].count == 0 ? 1e9f : explain(color, around[k]).residual2;
      if (d > farthest) farthest = d, extreme_at = k;
    }
    const Paint extreme_color = to_paint(raster_.at[patch[extreme_at]]);
    const std::int32_t index = stroke_paint(extreme_color, around[extreme_at]);
    const Paint paint = map_.paints[index].paint;
    bool any = false;
    for (std::size_t k = 0; k < patch.size(); ++k) {
      if (k % 1024 == 1023) stop_.check();
      const std::int32_t i = patch[k];
      const Paint color = to_paint(raster_.at[i]);
      Candidates with = around[k];
      with.list[with.count < 6 ? with.count++ : 5] = {index, paint};
      const Explanation found = explain(color, with);
      if (found.residual2 > accepted2_ && distance2(color, paint) > accepted2_) continue;
      if (found.index != index && !ridge(i, paint)) continue;
      map_.at[i] = index;
      if (distance2(color, paint) <= map_.tolerance * map_.tolerance) map_.pure[i] = 1;
      any = true;
    }
    if (any) stroke_edges(patch, index);
    return any;
  }

  // The rest of a stroke's patch mixes its paint with what surrounds it, and mostly shows the latter.
  void stroke_edges(const std::vector<std::int32_t>& patch, std::int32_t index) {
    std::size_t steps = 0;
    for (const std::int32_t i : patch) {
      if (map_.at[i] != kNoPaint) continue;
      if (++steps % 1024 == 0) stop_.check();
      Candidates near = candidates(i % w_, i / w_, 18);
      near.add(index, map_.paints[index].paint);
      const Explanation found = explain(to_paint(raster_.at[i]), near);
      if (found.residual2 <= accepted2_) map_.at[i] = found.index;
    }
  }

  // A known paint that lies beyond the extreme colour, seen from what surrounds it, or else that colour itself.
  std::int32_t stroke_paint(const Paint& extreme_color, const Candidates& around) {
    std::int32_t best = kNoPaint;
    float nearest = 1e30f;
    bool meant = false;  // large enough somewhere to be no stroke's guess itself
    for (int c = 0; c < around.count; ++c) {
      const Paint ground = around.list[c].paint;
      for (std::size_t k = 0; k < map_.paints.size(); ++k) {
        if (map_.paints[k].varies) continue;
        const Paint axis = map_.paints[k].paint - ground;
        const float length2 = dot(axis, axis);
        if (length2 < 100) continue;
        const float t = dot(extreme_color - ground, axis) / length2;
        if (t < 0.35f || t > 1.03f) continue;
        if (distance2(extreme_color, ground + axis * t) > accepted2_ / 4) continue;
        const bool large = map_.paints[k].area >= kMeant;
        if (large != meant ? meant : length2 >= nearest) continue;
        nearest = length2, best = static_cast<std::int32_t>(k), meant = large;
      }
    }
    if (best != kNoPaint) return best;
    return intern_paint(map_.paints, extreme_color, 1, false, same_paint_levels(params_));
  }

  // On the crest of a hairline: it shows more of the stroke's paint than both neighbours across.
  bool ridge(std::int32_t i, const Paint& paint) const {
    constexpr float kClear = 1.3f;
    const int x = i % w_, y = i / w_;
    const float own = distance2(to_paint(raster_.at[i]), paint);
    const auto off = [&](int dx, int dy) {
      return inside(x + dx, y + dy) ? distance2(to_paint(raster_.at[at(x + dx, y + dy)]), paint) : 1e30f;
    };
    // Of two alike, as where the line runs between them, one is the crest.
    const auto falls = [&](int dx, int dy, bool wins_ties) {
      const float next = off(dx, dy);
      if (own * kClear < next) return true;
      return (wins_ties ? own <= next : own < next) && next * kClear < off(2 * dx, 2 * dy);
    };
    const auto crest = [&](int dx, int dy) { return falls(dx, dy, true) && falls(-dx, -dy, false); };
    return crest(1, 0) || crest(0, 1);
  }

  // Textures and leftovers: the nearest colour in reach; where nothing is in reach, a paint of their own.
  void settle_rest() {
    std::size_t steps = 0;
    for (const std::int32_t i : open_) {
      if (steps++ % 1024 == 0) stop_.check();
      const int x = i % w_, y = i / w_;
      const Paint color = to_paint(raster_.at[i]);
      Candidates near = candidates(x, y, 8);
      const Explanation found = explain(color, near);
      if (near.count > 0 && found.residual2 < 40 * 40) {
        map_.at[i] = found.index;
      } else {
        map_.at[i] = intern_paint(map_.paints, color, 1, false, 16);
      }
    }
    open_.clear();
  }

  PaintMap& map_;
  const Raster& raster_;
  const TraceParams& params_;
  const base::Stop& stop_;
  const int w_, h_;
  float accepted2_;
  std::vector<std::int32_t> open_;  // pixels without a paint, in order
};

}  // namespace

void explain_mixtures(PaintMap& map, const Raster& raster, const TraceParams& params, const base::Stop& stop) {
  MixtureExplainer(map, raster, params, stop).run();
}

}  // namespace imgmill::trace
