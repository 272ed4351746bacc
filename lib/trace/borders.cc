// SPDX-FileCopyrightText: imgmill authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trace/borders.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <vector>

namespace imgmill::trace {
namespace {

// What each side shared with a region counts, where being as far from one colour as from the other is 0 and being the
// other colour 1.
constexpr float kPerSide = 0.25f;

// Where colours differ by little, noise would tell which one a pixel is: levels² that count as no difference.
constexpr float kNoise = 100;

constexpr int kStrip = 64;  // rows that are gone through in one go

// The ring around a pixel, clockwise from above; even ones share a side with it. By which of them are of its region:
// whether that hangs together around the pixel without it.
constexpr std::array<bool, 256> find_removable() {
  std::array<bool, 256> removable{};
  for (unsigned mask = 0; mask < 256; ++mask) {
    int groups = 0;
    for (unsigned k = 0; k < 8; k += 2) {
      const bool own = mask >> k & 1, corner = mask >> (k + 1) & 1, next = mask >> ((k + 2) & 7) & 1;
      groups += own && !(corner && next);
    }
    removable[mask] = groups == 1;
  }
  return removable;
}
constexpr std::array<bool, 256> kRemovable = find_removable();

struct Move {
  std::int32_t from, to;
  Sample sample;
};

// Goes through rows. Those of two strips can be gone through side by side as long as two rows lie between them.
class Sweep {
 public:
  Sweep(Regions& regions, const Raster& raster, std::vector<Move>& moves)
      : regions_(regions), raster_(raster), moves_(moves), stride_(regions.width), differs_(regions.width + 8) {}

  void forwards(int first, int last) {
    for (int y = first; y < last; ++y) {
      find_borders(y);
      for (int x = 1; x + 1 < regions_.width; ++x) {
        x = next_border(x);
        if (x + 1 < regions_.width && visit(x, y)) differs_[x + 1] = 1;
      }
    }
  }
  void backwards(int first, int last) {
    for (int y = last; y-- > first;) {
      find_borders(y);
      for (int x = regions_.width - 2; x > 0; --x) {
        if (differs_[x] && visit(x, y)) differs_[x - 1] = 1;
      }
    }
  }

 private:
  std::int32_t* row(int y) { return regions_.label.data() + y * stride_; }

  // Which pixels of a row have others beside them.
  void find_borders(int y) {
    const std::int32_t *at = row(y), *above = at - stride_, *below = at + stride_;
    for (std::ptrdiff_t x = 1; x + 1 < stride_; ++x) {
      differs_[x] = ((at[x] ^ at[x - 1]) | (at[x] ^ at[x + 1]) | (at[x] ^ above[x]) | (at[x] ^ below[x])) != 0;
    }
  }

  int next_border(int x) const {
    std::uint64_t eight = 0;
    while (x + 8 < regions_.width) {
      std::memcpy(&eight, differs_.data() + x, sizeof(eight));
      if (eight != 0) break;
      x += 8;
    }
    while (x + 1 < regions_.width && !differs_[x]) ++x;
    return x;
  }

  // Whether the pixel goes over.
  bool visit(int x, int y) {
    std::int32_t* at = row(y) + x;
    const std::int32_t own = *at;
    const std::int32_t sides[] = {at[-stride_], at[1], at[stride_], at[-1]};
    const unsigned ring = (sides[0] == own) | (at[1 - stride_] == own) << 1 | (sides[1] == own) << 2 |
                          (at[1 + stride_] == own) << 3 | (sides[2] == own) << 4 | (at[stride_ - 1] == own) << 5 |
                          (sides[3] == own) << 6 | (at[-1 - stride_] == own) << 7;
    if (!kRemovable[ring]) return false;
    const Sample sample = raster_(x, y);
    const Paint twice = to_paint(sample) * 2, mine = regions_.regions[own].paint;
    const auto shared = [&](std::int32_t label) {
      return (sides[0] == label) + (sides[1] == label) + (sides[2] == label) + (sides[3] == label);
    };
    const int kept = shared(own);
    float most = 0;
    std::int32_t to = own, tried = own;
    for (const std::int32_t other : sides) {
      if (other == own || other == tried) continue;
      tried = other;
      const Paint theirs = regions_.regions[other].paint;
      // |c − mine|² − |c − theirs|², as a share of |mine − theirs|².
      const Paint way = theirs - mine;
      const float nearer = dot(way, twice - (mine + theirs)) / (dot(way, way) + kNoise);
      const float gain = std::clamp(nearer, -1.0f, 1.0f) + kPerSide * static_cast<float>(shared(other) - kept);
      if (gain > most) most = gain, to = other;
    }
    if (to == own) return false;
    *at = to;
    moves_.push_back({own, to, sample});
    return true;
  }

  Regions& regions_;
  const Raster& raster_;
  std::vector<Move>& moves_;
  const std::ptrdiff_t stride_;
  std::vector<std::uint8_t> differs_;  // by column
};

// Areas and means after the moves.
void follow(Regions& regions, const std::vector<std::vector<Move>>& moves) {
  struct Change {
    std::int64_t r = 0, g = 0, b = 0, a = 0, area = 0;
    void add(Sample s, int times) {
      r += times * s.r, g += times * s.g, b += times * s.b, a += times * s.a, area += times;
    }
  };
  std::vector<Change> changes(regions.regions.size());
  for (const std::vector<Move>& some : moves) {
    for (const Move& move : some) changes[move.from].add(move.sample, -1), changes[move.to].add(move.sample, 1);
  }
  for (std::size_t k = 0; k < changes.size(); ++k) {
    Region& region = regions.regions[k];
    const Change& by = changes[k];
    const double area = region.area, scale = 1 / (area + static_cast<double>(by.area));
    const auto mean = [&](float old, std::int64_t more) {
      return static_cast<float>((old * area + static_cast<double>(more)) * scale);
    };
    region.paint = {mean(region.paint.r, by.r), mean(region.paint.g, by.g), mean(region.paint.b, by.b),
                    mean(region.paint.a, by.a)};
    region.area += static_cast<std::int32_t>(by.area);
  }
}

}  // namespace

void settle_borders(Regions& regions, const Raster& raster, const Execution& execution) {
  const int strips = (regions.height + kStrip - 1) / kStrip;
  std::vector<std::vector<Move>> moves(strips);
  // The rows [first, last) of a strip; of the picture only those that have rows beside them.
  const auto sweep = [&](bool forwards, std::size_t strip, int first, int last) {
    execution.stop.check();
    Sweep sweep(regions, raster, moves[strip]);
    const int top = static_cast<int>(strip) * kStrip;
    first = std::max(top + first, 1), last = std::min(top + last, regions.height - 1);
    forwards ? sweep.forwards(first, last) : sweep.backwards(first, last);
  };
  for (const bool forwards : {true, false}) {
    execution.for_each(moves.size(), [&](std::size_t k) { sweep(forwards, k, 1, kStrip - 1); });
    execution.for_each(moves.size(), [&](std::size_t k) { sweep(forwards, k, kStrip - 1, kStrip + 1); });
  }
  follow(regions, moves);
}

}  // namespace imgmill::trace
