// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/thin_groups.h"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <utility>

namespace imgmill::trace {
namespace {

class ThinFinder {
 public:
  ThinFinder(const PaintMap& map, const Parts& parts, const std::vector<Loop>& loops, const Layers& layers,
             const Raster& raster, const base::Stop& stop)
      : map_(map),
        parts_(parts),
        loops_(loops),
        layers_(layers),
        raster_(raster),
        stop_(stop),
        narrow_(parts.parts.size()) {}

  std::vector<ThinGroup> run() {
    if (!find_narrow()) return {};
    ground_.assign(parts_.parts.size(), kNoPaint);
    find_grounds();
    find_narrow_grounds();
    leave_out_translucent();
    find_depths();
    leave_out_others();
    leader_.resize(parts_.parts.size());
    std::iota(leader_.begin(), leader_.end(), 0);
    join_close();
    collect();
    find_enclosed();
    leave_out_covered();
    return std::move(groups_);
  }

 private:
  static constexpr std::int32_t kSeveral = -2;

  std::int32_t paint_of(std::int32_t part) const { return parts_.parts[part].paint; }
  bool is_thin(std::int32_t part) const { return part != kOutside && ground_[part] >= 0; }

  // Calls visit(part, part beside it) for the sides of the loops' cracks that lie in the picture.
  template <class Wanted, class Visit>
  void each_side(Wanted wanted, Visit visit) const {
    for (const Loop& loop : loops_) {
      if (!wanted(loop.part)) continue;
      stop_.check();
      for (const Crack& crack : loop.cracks) {
        const Pixel out = outer_pixel(crack);
        if (const std::int32_t other = parts_.at(out.x, out.y); other != kOutside) visit(loop.part, other);
      }
    }
  }

  bool find_narrow() {
    constexpr double kHalfWidth = 1.1;  // px
    std::vector<std::size_t> around(parts_.parts.size());
    for (const Loop& loop : loops_) around[loop.part] += loop.cracks.size();
    bool any = false;
    for (std::size_t k = 0; k < narrow_.size(); ++k) {
      const Part& part = parts_.parts[k];
      narrow_[k] = static_cast<double>(part.area) <= kHalfWidth * static_cast<double>(around[k]) &&
                   layers_.rank[k] >= 0 && !map_.paints[part.paint].varies;
      any |= narrow_[k] != 0;
    }
    return any;
  }

  // The paint of what is around a part and wider.
  void find_grounds() {
    each_side([&](std::int32_t part) { return narrow_[part] != 0; },
              [&](std::int32_t part, std::int32_t other) {
                if (narrow_[other]) return;
                std::int32_t& ground = ground_[part];
                if (ground == kNoPaint) ground = paint_of(other);
                if (ground != paint_of(other)) ground = kSeveral;
              });
  }

  // Where all that is around a part is narrow too, as between the lines of a small picture, the ground is what lies
  // lowest, unless that is ink itself.
  void find_narrow_grounds() {
    std::vector<std::int32_t> lowest(parts_.parts.size(), kOutside);
    each_side([&](std::int32_t part) { return narrow_[part] && ground_[part] == kNoPaint; },
              [&](std::int32_t part, std::int32_t other) {
                std::int32_t& low = lowest[part];
                if (low == kOutside || layers_.rank[other] < layers_.rank[low]) low = other;
              });
    for (const std::int32_t part : layers_.order) {
      const std::int32_t low = lowest[part];
      if (low == kOutside || layers_.rank[low] >= layers_.rank[part] || ground_[low] != kNoPaint) continue;
      ground_[part] = paint_of(low);
    }
  }

  // What shines through, ground or ink, may mix with what is beneath it; on clear ground that is how much of the ink
  // there is.
  void leave_out_translucent() {
    for (std::size_t k = 0; k < ground_.size(); ++k) {
      if (ground_[k] < 0) continue;
      const float alpha = map_.paints[ground_[k]].fill.a;
      if (alpha >= 1 && (alpha < kSolid || !layers_.solid[k])) ground_[k] = kSeveral;
    }
  }

  // What is beside them must be the ground, however narrow, or more of the ink: what touches others is none, nor is
  // what touches that.
  void leave_out_others() {
    std::vector<std::pair<std::int32_t, std::int32_t>> touching;  // of one ink, each pair both ways
    std::vector<std::int32_t> out;
    each_side([&](std::int32_t part) { return is_thin(part); },
              [&](std::int32_t part, std::int32_t other) {
                if (paint_of(other) == ground_[part]) return;
                const std::pair<std::int32_t, std::int32_t> pair{other, part};
                if (!is_alike(part, other)) {
                  out.push_back(part);
                } else if (touching.empty() || touching.back() != pair) {
                  touching.push_back(pair);
                }
              });
    std::sort(touching.begin(), touching.end());
    for (std::size_t k = 0; k < out.size(); ++k) {
      if (ground_[out[k]] == kSeveral) continue;
      ground_[out[k]] = kSeveral;
      auto at = std::lower_bound(touching.begin(), touching.end(), std::pair{out[k], std::int32_t{0}});
      for (; at != touching.end() && at->first == out[k]; ++at) out.push_back(at->second);
    }
  }

  // Whether both may be mixtures of one ink with one ground.
  bool are_one_ink(std::int32_t part, std::int32_t other) const {
    constexpr float kBeside = 10;  // levels
    if (!is_thin(part) || !is_thin(other) || ground_[part] != ground_[other]) return false;
    if (paint_of(part) == paint_of(other)) return true;
    const Paint ground = map_.paints[ground_[part]].paint;
    Paint more = map_.paints[paint_of(part)].paint, less = map_.paints[paint_of(other)].paint;
    if (distance2(more, ground) < distance2(less, ground)) std::swap(more, less);
    return distance2(less, ground + (more - ground) * share(less, more, ground)) <= kBeside * kBeside;
  }

  // How far from its ground a part shows a colour, levels²: at its rim, for hardly anything of it is elsewhere.
  void find_depths() {
    depth2_.assign(parts_.parts.size(), 0);
    for (const Loop& loop : loops_) {
      if (!is_thin(loop.part)) continue;
      const Paint ground = map_.paints[ground_[loop.part]].paint;
      for (const Crack& crack : loop.cracks) {
        const Pixel in = inner_pixel(crack);
        depth2_[loop.part] = std::max(depth2_[loop.part], distance2(to_paint(raster_(in.x, in.y)), ground));
      }
    }
  }

  // Faint lines beside writing are none of it, nor is what is large enough to be meant in its own colour.
  bool is_alike(std::int32_t part, std::int32_t other) const {
    constexpr float kAlike = 0.6f;
    const auto [least, most] = std::minmax(depth2_[part], depth2_[other]);
    if (least < kAlike * kAlike * most || !are_one_ink(part, other)) return false;
    return paint_of(part) == paint_of(other) ||
           std::min(map_.paints[paint_of(part)].area, map_.paints[paint_of(other)].area) < kMeant;
  }

  std::int32_t leader_of(std::int32_t part) {
    while (leader_[part] != part) part = leader_[part] = leader_[leader_[part]];
    return part;
  }

  void join_close() {
    constexpr int kClose = kMixedWithin + 1;
    for (const Loop& loop : loops_) {
      if (!is_thin(loop.part)) continue;
      stop_.check();
      for (const Crack& crack : loop.cracks) {
        const Pixel in = inner_pixel(crack);
        for (int y = in.y - kClose; y <= in.y + kClose; ++y) {
          for (int x = in.x - kClose; x <= in.x + kClose; ++x) {
            const std::int32_t other = parts_.at(x, y);
            if (other == loop.part || !is_thin(other) || !is_alike(loop.part, other)) continue;
            const std::int32_t a = leader_of(other), b = leader_of(loop.part);
            leader_[std::max(a, b)] = std::min(a, b);
          }
        }
      }
    }
  }

  void collect() {
    group_of_.assign(parts_.parts.size(), kNone);
    for (std::size_t k = 0; k < parts_.parts.size(); ++k) {
      const auto part = static_cast<std::int32_t>(k);
      if (!is_thin(part)) continue;
      const std::int32_t leader = leader_of(part);  // the first of its group
      if (leader == part) {
        group_of_[part] = static_cast<std::int32_t>(groups_.size());
        groups_.emplace_back().ground = ground_[part];
      }
      group_of_[part] = group_of_[leader];
      ThinGroup& group = groups_[group_of_[part]];
      group.ink.push_back(part);
      group.area += parts_.parts[part].area;
    }
    for (const Loop& loop : loops_) {
      if (!is_thin(loop.part)) continue;
      for (const Crack& crack : loop.cracks) {
        const Pixel in = inner_pixel(crack);
        groups_[group_of_[loop.part]].window.add({in.x, in.y, in.x + 1, in.y + 1});
      }
    }
  }

  // Ground that nothing but one group is beside.
  void find_enclosed() {
    std::vector<std::int32_t> within(parts_.parts.size(), kNone);
    for (const Loop& loop : loops_) {
      if (is_thin(loop.part)) continue;
      for (const Crack& crack : loop.cracks) {
        const Pixel out = outer_pixel(crack);
        const std::int32_t other = parts_.at(out.x, out.y);
        const std::int32_t group = other == kOutside ? kNone : group_of_[other];
        std::int32_t& now = within[loop.part];
        if (now == kNone) now = group;
        if (now != group || group == kNone) now = kSeveral;
        if (now == kSeveral) break;
      }
    }
    for (std::size_t k = 0; k < within.size(); ++k) {
      if (within[k] < 0 || parts_.parts[k].paint != groups_[within[k]].ground) continue;
      groups_[within[k]].enclosed.push_back(static_cast<std::int32_t>(k));
    }
  }

  // All of a group is drawn where its lowest part is, and what it encloses isn't. That is the same as long as there is
  // but one ground besides, beneath all of it and what it encloses.
  void leave_out_covered() {
    std::vector<std::int32_t> ground(groups_.size(), kOutside);
    std::vector<std::uint8_t> at_rim(groups_.size()), out(groups_.size());
    for (const Loop& loop : loops_) {
      if (!is_thin(loop.part)) continue;
      const std::int32_t group = group_of_[loop.part];
      const std::vector<std::int32_t>& enclosed = groups_[group].enclosed;
      for (const Crack& crack : loop.cracks) {
        const Pixel beyond = outer_pixel(crack);
        const std::int32_t other = parts_.at(beyond.x, beyond.y);
        if (other == kOutside) at_rim[group] = 1;
        if (other == kOutside || other == ground[group] || is_thin(other)) continue;
        if (std::binary_search(enclosed.begin(), enclosed.end(), other)) continue;
        if (ground[group] != kOutside || layers_.rank[other] > layers_.rank[loop.part]) out[group] = 1;
        ground[group] = other;
      }
    }
    std::vector<ThinGroup> kept;
    for (std::size_t k = 0; k < groups_.size(); ++k) {
      const bool is_clear = map_.paints[groups_[k].ground].fill.a < 1;  // and so are its holes
      const bool is_lost = out[k] || ground[k] == kOutside || (at_rim[k] && !groups_[k].enclosed.empty());
      if (is_clear || !is_lost) kept.push_back(std::move(groups_[k]));
    }
    groups_ = std::move(kept);
  }

  static constexpr std::int32_t kNone = -1;

  const PaintMap& map_;
  const Parts& parts_;
  const std::vector<Loop>& loops_;
  const Layers& layers_;
  const Raster& raster_;
  const base::Stop& stop_;
  std::vector<std::uint8_t> narrow_;    // by part
  std::vector<std::int32_t> ground_;    // by part, where it is thin: the paint around it
  std::vector<float> depth2_;           // by part
  std::vector<std::int32_t> leader_;    // by part: another one close to it, or itself
  std::vector<std::int32_t> group_of_;  // by part
  std::vector<ThinGroup> groups_;
};

}  // namespace

std::vector<ThinGroup> find_thin(const PaintMap& map, const Parts& parts, const std::vector<Loop>& loops,
                                 const Layers& layers, const Raster& raster, const base::Stop& stop) {
  return ThinFinder(map, parts, loops, layers, raster, stop).run();
}

}  // namespace imgmill::trace
